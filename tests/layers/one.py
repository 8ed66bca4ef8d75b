"""Compiles one layer, for tables of arguments and shapes: its output and weights, or the codes of its mistakes."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Tree, Weight
from tests.layers.single import compiled


class One(NamedTuple):
    """The compiled layer; `codes` and `messages` are those of its mistakes."""

    codes: tuple[str, ...]
    messages: tuple[str, ...]
    output: Tree | None
    weights: tuple[Weight, ...]
    macs: int | None

    @property
    def shape(self) -> Shape:
        assert isinstance(self.output, Tensor), self.messages
        return self.output.shape

    @property
    def dtype(self) -> str:
        assert isinstance(self.output, Tensor), self.messages
        return self.output.dtype

    @property
    def sizes(self) -> dict[str, tuple[int, ...]]:
        """The weights' shapes by name, in order; `*` marks those that are not trained."""
        return {weight.name + "*" * (not weight.trainable): weight.shape for weight in self.weights}


def one(layer: str, args: Any, *inputs: Any, call: Any = None, dtype: str = "float32") -> One:
    """Compiles one layer.

    Args:
        layer: its name.
        args: its arguments as in a spec.
        inputs: shapes, or `{shape, dtype, batch_size}`, of the model's inputs, which are named a, b, …
        call: the item's `inputs`; by default the only input, or the list of all.
        dtype: the model's dtype policy.
    """
    named = dict(zip("abcdef", inputs, strict=False))
    item = {layer: args, "inputs": call or (list(named) if len(named) > 1 else "a")}
    spec = compiled(json.dumps(item), named, dtype=dtype)
    errors = [diagnostic for diagnostic in spec.diagnostics if diagnostic.is_error]
    codes, messages = tuple(error.code.id for error in errors), tuple(error.message for error in errors)
    if spec.model is None:
        return One(codes, messages, None, (), None)
    last = spec.model.nodes[-1]
    return One(codes, messages, last.output, last.weights, last.macs)
