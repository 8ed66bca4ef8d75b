"""Which inputs and which outputs of two models belong together: those of one name, or else those of one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from layerctl.base.shapes import FLOATS, Tensor, prod
from layerctl.catalog.layers._base import Tree
from layerctl.graph.typed import TypedGraph
from layerctl.rewrite.model_steps import returned
from layerctl.rewrite.step import Unlike, known


class Interface(NamedTuple):
    """For each input and each output of the first model the number of the same one of the second."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def reversed(self) -> Interface:
        """The same from the second model to the first."""
        return Interface(*(tuple(sorted(range(len(part)), key=part.__getitem__)) for part in self))


class Different(Exception):
    """The inputs, or the outputs, hold different numbers of values, whatever the weights.

    Attributes:
        what: which of the two.
        sizes: of those of the first and of the second model.
    """

    def __init__(self, what: Literal["inputs", "outputs"], sizes: tuple[list[int], list[int]]) -> None:
        first, second = (", ".join(f"{count:,}" for count in part) for part in sizes)
        super().__init__(f"their {what} hold {first} and {second} values")
        self.what = what
        self.sizes = sizes


def interface(a: TypedGraph, b: TypedGraph) -> Interface:
    """How the inputs and outputs of two models belong together.

    Raises:
        Different: they hold different numbers of values.
        Unlike: a size is unknown, or one takes integers where the other takes fractions.
    """
    inputs = [[(node.name, Tensor(node.shape, node.dtype)) for node in model.graph.inputs] for model in (a, b)]
    outputs = [[(name, tensor) for name, _, tensor in returned(model)] for model in (a, b)]
    keyed = a.graph.keyed_outputs and b.graph.keyed_outputs
    return Interface(_paired("inputs", *inputs, by_name=True), _paired("outputs", *outputs, by_name=keyed))


def _paired(
    what: Literal["inputs", "outputs"],
    a: Sequence[tuple[str, Tree | None]],
    b: Sequence[tuple[str, Tree | None]],
    *,
    by_name: bool,
) -> tuple[int, ...]:
    names = [name for name, _ in a], [name for name, _ in b]
    same = by_name and set(names[0]) == set(names[1])
    order = tuple(names[1].index(name) for name in names[0]) if same else tuple(range(len(a)))
    theirs = [b[place] for place in order] if len(a) == len(b) else list(b)
    sizes = [prod(known(name, tensor)) or 0 for name, tensor in a], [prod(known(name, tensor)) or 0 for name, tensor in theirs]
    if sizes[0] != sizes[1]:
        raise Different(what, sizes)
    for (name, one), (_, other) in zip(a, theirs, strict=True):
        assert isinstance(one, Tensor)
        assert isinstance(other, Tensor)
        if one.dtype != other.dtype and not (one.dtype in FLOATS and other.dtype in FLOATS):
            raise Unlike(f"`{name}` is {one.dtype} in one of them and {other.dtype} in the other")
    return order
