"""How the weights of one step become those of another that does the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from layerctl.base.shapes import prod
from layerctl.catalog.layers._base import Product
from layerctl.catalog.layers._rewriting import Channelwise, Windows
from layerctl.rewrite.moves import Move, Norm
from layerctl.rewrite.step import Step, Unlike

LARGEST = 50_000_000
"""The most values of a matrix that a convolution is turned into."""
Rule = Literal["product", "matrix", "same", "folded", "norm"]


class LayerMatch(NamedTuple):
    """A layer `a` whose weights become those of a layer `b` of the other spec.

    Attributes:
        rule: `product`: the kernel in another shape; `matrix`: a convolution written out as a sparse, tied matrix; `same`:
            unchanged; `folded`: with normalizations as part of it; `norm`: a normalization that is left with nothing to do.
        to: the name of `b` in its expanded spec.
        move: how the weights change.
    """

    a: str
    b: str
    rule: Rule
    to: str
    move: Move


def step_matches(one: Step, other: Step) -> Iterator[LayerMatch]:
    """How weights move from one step to another.

    Raises:
        Unlike: no way is known.
    """
    same = one.does == other.does
    if same and (one.layer is None or other.layer is None):
        return
    as_matrix = not same and _written_out(one, other.does)
    if not same and not as_matrix:
        raise Unlike(f"{one.words}, and {other.words}; no weights are known for which that is the same")
    if isinstance(one.does, Channelwise):
        yield from _of_channels(one, other)
        return
    if one.adds and not other.adds:
        raise Unlike(f"`{one.name}` adds a bias, and `{other.name}` none")
    size = (prod(one.shape) or 0) * one.outputs
    if as_matrix and size > LARGEST:
        raise Unlike(f"`{one.name}` as a matrix would have {size:,} values, and {LARGEST:,} is the most that is tried")
    if not other.weights:
        return
    move = Move(one.path, "same", part=one.part, biases=other.weights[-1][0] if other.has_bias and not one.adds else 0)
    rule: Rule = "same"
    if as_matrix:
        rule, move = "matrix", move._replace(how="matrix", shape=one.shape, layer=one.layer, kernel=other.weights[0])
    elif isinstance(one.does, Product) or (isinstance(one.does, Windows) and one.weights[:1] != other.weights[:1]):
        rule, move = "product", move._replace(how="window", shape=other.weights[0])
    elif one.weights != other.weights and not one.is_matrix:
        raise Unlike(f"`{one.name}` has other weights than `{other.name}`")
    if one.before or one.after or other.before or other.after:
        yield from _folded(one, other, move)
    else:
        yield LayerMatch(one.name, other.name, rule, other.path, move)


def _written_out(one: Step, does: Any) -> bool:
    """Whether the first step, written out as a matrix, is what a second one does."""
    if not isinstance(does, Product) or one.layer is None or not one.layer.is_matrix or one.layer.lora_enabled:
        return False
    whole = not isinstance(one.does, Windows) or (prod(one.does.sizes) or 0) * one.does.channels == prod(one.shape)
    return whole and not one.before and (does.positions, does.inputs, does.outputs) == (1, prod(one.shape), one.outputs)


def _folded(one: Step, other: Step, move: Move) -> Iterator[LayerMatch]:
    """The moves where normalizations are part of a product, on one side or on both."""
    assert one.innermost is not None
    if one.adds and not other.has_bias and not other.after:
        raise Unlike(f"`{one.name}` adds an offset, and `{other.name}` none")
    move = move._replace(
        how="window" if move.how == "same" else move.how,
        shape=move.shape or other.weights[0],
        before=tuple(map(_norm, one.before)),
        after=tuple(map(_norm, one.after)),
        outputs=one.innermost.kernel_outputs,
        bias=other.has_bias,
        biases=0,
    )
    yield LayerMatch(one.name, other.name, "folded", other.path, move)
    for number, step in enumerate((*other.before, *other.after)):
        offset = one.adds and not other.has_bias and number == len(other.before)
        yield LayerMatch(one.name, step.name, "norm", step.path, move._replace(how="norm", to=_norm(step), offset=offset))


def _of_channels(one: Step, other: Step) -> Iterator[LayerMatch]:
    """The move from one normalization to another; unchanged if both have the same arguments."""
    a, b = _norm(one), _norm(other)
    if a._replace(source=b.source) == b:
        yield LayerMatch(one.name, other.name, "same", other.path, Move(one.path, "same"))
    elif a.scale and not b.scale:
        raise Unlike(f"`{one.name}` has a factor of its own, and `{other.name}` none")
    else:
        yield LayerMatch(one.name, other.name, "norm", other.path, Move(one.path, "norm", before=(a,), to=b))


def _norm(step: Step) -> Norm:
    layer, does = step.layer, step.does
    assert isinstance(does, Channelwise)
    arguments = {key: getattr(layer, key) for key in ("epsilon", "scale", "center")}
    return Norm(step.path, **arguments, channels=does.channels, inner=does.inner)
