"""One layer through the compiler: what it gives, or the one mistake that it is."""

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
"""An input's shape, or a mapping of names to shapes; a shape may be `{shape, dtype, batch_size}` too."""


class Result(NamedTuple):
    """What a layer gives; shapes are without the batch, weights `name(2, 3)`, with `*` where they are not trained."""

    shapes: tuple[tuple[int | None, ...], ...]
    dtypes: tuple[str, ...]
    weights: str
    macs: int | None

    @property
    def shape(self) -> tuple[int | None, ...]:
        (shape,) = self.shapes
        return shape


def compiled(item: str, inputs: Inputs = (), **sections: str) -> Compiled:
    """A spec of one item. A name among several inputs that no `inputs` chooses is the first."""
    named = inputs if isinstance(inputs, Mapping) else {"x": list(inputs)}
    lines = [f"{key}: {value}" for key, value in sections.items()]
    given = re.sub(r'"(\w+)":', r"\1:", json.dumps(named))
    return compile_text("\n".join([*lines, f"inputs: {given}", "layers:", f"- {item}"]))


def accepted(item: str, inputs: Inputs = (), **sections: str) -> Result:
    found = compiled(item, inputs, **sections)
    assert found.ok, [d.message for d in found.diagnostics]
    assert found.model is not None
    last = found.model.nodes[-1]
    assert last.output is not None
    tensors = tuple(leaves(last.output))
    weights = " ".join(f"{w.name}{tuple(w.shape)}{'' if w.trainable else '*'}" for w in last.weights)
    return Result(tuple(t.shape[1:] for t in tensors), tuple(t.dtype for t in tensors), weights, last.macs)


def refused(item: str, inputs: Inputs = (), **sections: str) -> Diagnostic:
    """The one diagnostic of a spec that has one mistake; it says what would mend it."""
    (diagnostic,) = compiled(item, inputs, **sections).diagnostics
    return diagnostic


def leaves(tree: Tree) -> Iterator[Tensor]:
    if isinstance(tree, Tensor):
        yield tree
    else:
        for part in tree.values() if isinstance(tree, Mapping) else tree:
            yield from leaves(part)
