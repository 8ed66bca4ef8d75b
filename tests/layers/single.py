"""Compiles one item: its output and weights, or its only mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.compiler.pipeline import Compiled, compile_text
from layerctl.diagnostics import Diagnostic

Inputs = Any
"""An input's shape, or a mapping of names to shapes; in place of a shape also `{shape, dtype, batch_size}`."""


class Result(NamedTuple):
    """A layer's output and weights; shapes are without the batch; weights are `name(2, 3)`, with `*` if not trained."""

    shapes: tuple[tuple[int | None, ...], ...]
    dtypes: tuple[str, ...]
    weights: str
    macs: int | None

    @property
    def shape(self) -> tuple[int | None, ...]:
        (shape,) = self.shapes
        return shape


def compiled(item: str, inputs: Inputs = (), **sections: str) -> Compiled:
    """The compiled spec of one item."""
    named = inputs if isinstance(inputs, Mapping) else {"x": list(inputs)}
    lines = [f"{key}: {value}" for key, value in sections.items()]
    flow = re.sub(r'"(\w+)":', r"\1:", json.dumps(named))
    return compile_text("\n".join([*lines, f"inputs: {flow}", "layers:", f"- {item}"]))


def accepted(item: str, inputs: Inputs = (), **sections: str) -> Result:
    spec = compiled(item, inputs, **sections)
    assert spec.ok, [d.message for d in spec.diagnostics]
    assert spec.model is not None
    last = spec.model.nodes[-1]
    assert last.output is not None
    tensors = tuple(leaves(last.output))
    weights = " ".join(f"{w.name}{tuple(w.shape)}{'' if w.trainable else '*'}" for w in last.weights)
    return Result(tuple(t.shape[1:] for t in tensors), tuple(t.dtype for t in tensors), weights, last.macs)


def refused(item: str, inputs: Inputs = (), **sections: str) -> Diagnostic:
    """The diagnostic of a spec with just one mistake."""
    (diagnostic,) = compiled(item, inputs, **sections).diagnostics
    return diagnostic


def leaves(tree: Tree) -> Iterator[Tensor]:
    if isinstance(tree, Tensor):
        yield tree
    else:
        for part in tree.values() if isinstance(tree, Mapping) else tree:
            yield from leaves(part)
