"""A case for both sides: a sequence of layers, their arguments, and the inputs of the first."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Raw = Any
"""Arguments as in a spec: scalars, tuples, mappings."""


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
"""The inputs of a layer's call: a tensor, a list, or a mapping of call arguments; lists can be nested."""


class Runnable(Protocol):
    """What running a model needs to know: its layers, its inputs, and whether these are filled with ones."""

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
    fed: the inputs of the first layer.
    call: literal keyword arguments of the last call.
    dtype: the model's dtype policy.
    again: an input for a second call of the only layer, or None.
    ones: whether inputs are filled with ones, not zeros, so that integers can be divided by them.
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
        inputs = {name: written(tensor) for name, tensor in self.inputs.items()}
        lines = [*([f"dtype: {self.dtype}"] if self.dtype != "float32" else []), "inputs: " + flow(inputs), "layers:"]
        for index, item in enumerate(self.items):
            entry: dict[str, Raw] = {item.layer: item.args or None}
            if index == 0:
                names = iter(inputs)
                entry["inputs"] = mapped(self.fed, lambda _, names=names: next(names))
            if index == len(self.items) - 1 and self.call:
                entry["call_args"] = self.call
            if self.again is not None:
                entry["name"] = "first"
            lines.append(f"- {flow(entry)}")
        if self.again is not None:
            lines += [f"- {flow({'reuse': 'first', 'name': 'second', 'inputs': list(inputs)[-1]})}", "outputs: [first, second]"]
        return "\n".join(lines) + "\n"


def flatten(fed: Fed) -> list[Input]:
    inputs: list[Input] = []
    mapped(fed, inputs.append)
    return inputs


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
    entry: dict[str, Raw] = {"shape": tensor.shape, "dtype": tensor.dtype}
    return entry if tensor.batch is None else {**entry, "batch_size": tensor.batch}


def flow(value: Raw) -> str:
    """A YAML flow mapping: JSON without quotes around keys."""
    return re.sub(r'"([A-Za-z_]\w*)": ', r"\1: ", json.dumps(value))
