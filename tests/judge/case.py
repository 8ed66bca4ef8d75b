"""One question to both sides: a few layers in a row, their arguments, and the inputs that the first is called on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Raw = Any
"""Arguments as a spec would hold them: scalars, tuples, mappings."""


class Input(NamedTuple):
    """An input of the model; `shape` is without the batch dimension."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"
    batch: int | None = None


class Item(NamedTuple):
    """A layer and its arguments."""

    layer: str
    args: Mapping[str, Raw]


Fed = Input | tuple["Input | tuple[Any, ...]", ...] | Mapping[str, "Input | tuple[Any, ...]"]
"""What a layer is called on: a tensor, a list, or a mapping of the call's arguments; lists may hold lists."""


class Asked(Protocol):
    """What the run of a model needs to know of a question: its layers, its inputs, and whether these are ones."""

    @property
    def items(self) -> Sequence[Item]: ...
    @property
    def tensors(self) -> list[Input]: ...
    @property
    def ones(self) -> bool: ...


@dataclass(frozen=True)
class Case:
    """Attributes:
    items: the layers, each called on the one before it.
    fed: what the first is called on.
    call: plain keyword arguments of the last call.
    dtype: the model's dtype policy.
    again: an input that the same layer, then the only one, is called on once more.
    ones: whether it is run on ones, not on zeros, by which integers cannot be divided.
    """

    items: tuple[Item, ...]
    fed: Fed
    call: Mapping[str, Raw] = field(default_factory=dict)
    dtype: str = "float32"
    again: Input | None = None
    ones: bool = False

    @property
    def inputs(self) -> dict[str, Input]:
        """The model's inputs by name."""
        return dict(zip("abcdefghij", self.tensors, strict=False))

    @property
    def tensors(self) -> list[Input]:
        """The model's inputs in order."""
        return [*flatten(self.fed), *([self.again] if self.again is not None else [])]

    def text(self) -> str:
        """The case as a spec."""
        given = {name: written(tensor) for name, tensor in self.inputs.items()}
        lines = [*([f"dtype: {self.dtype}"] if self.dtype != "float32" else []), "inputs: " + flow(given), "layers:"]
        for index, item in enumerate(self.items):
            entry: dict[str, Raw] = {item.layer: item.args or None}
            if index == 0:
                names = iter(given)
                entry["inputs"] = mapped(self.fed, lambda _, names=names: next(names))
            if index == len(self.items) - 1 and self.call:
                entry["call_args"] = self.call
            if self.again is not None:
                entry["name"] = "first"
            lines.append(f"- {flow(entry)}")
        if self.again is not None:
            lines += [f"- {flow({'reuse': 'first', 'name': 'second', 'inputs': list(given)[-1]})}", "outputs: [first, second]"]
        return "\n".join(lines) + "\n"


def flatten(fed: Fed) -> list[Input]:
    found: list[Input] = []
    mapped(fed, found.append)
    return found


def mapped(fed: Fed, function: Any) -> Any:
    """The same structure, with the function applied to each input."""
    if isinstance(fed, Input):
        return function(fed)
    if isinstance(fed, Mapping):
        return {key: mapped(part, function) for key, part in fed.items()}
    return [mapped(part, function) for part in fed]


def written(tensor: Input) -> Raw:
    """An input's entry in a spec."""
    if tensor.dtype == "float32" and tensor.batch is None:
        return tensor.shape
    given: dict[str, Raw] = {"shape": tensor.shape, "dtype": tensor.dtype}
    return given if tensor.batch is None else {**given, "batch_size": tensor.batch}


def flow(value: Raw) -> str:
    """JSON without the quotes around plain keys: a flow mapping of YAML."""
    return re.sub(r'"([A-Za-z_]\w*)": ', r"\1: ", json.dumps(value))
