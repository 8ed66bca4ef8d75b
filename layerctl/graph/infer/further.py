"""Further calls of a layer must need the same weights as the first call, and keep what else it fixed."""

from __future__ import annotations

from layerctl.base.shapes import Tensor, same, text
from layerctl.catalog.layers._base import Call, Refusal, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongRank
from layerctl.graph.graph import Op
from layerctl.graph.infer.inferred import Inferred


def matches_first(inferred: Inferred, op: Op, call: Call, wanted: tuple[Weight, ...]) -> None:
    """Refuses a further call that needs other weights than the first call made."""
    assert op.shared is not None
    assert op.layer is not None
    first = inferred.typed[op.shared]
    keeps(inferred, op, call)
    if first.output is not None and first.weights is not None and wanted != first.weights:
        had, got = differing(first.weights, wanted)
        message = f"the weights of `{inferred.graph.nodes[op.shared].name}` do not fit this input: {had}, needed {got}"
        raise Refusal(ShapeDoesNotSuit, message, help="bring the input to the shape of the first call's input")


def keeps(inferred: Inferred, op: Op, call: Call) -> None:
    """Refuses a further call that breaks what the first input fixed beside the weights: rank, channels, steps or features."""
    assert op.shared is not None
    assert op.layer is not None
    original = inferred.graph.nodes[op.shared]
    assert isinstance(original, Op)
    before = inferred.tree(original.inputs)
    if op.layer.fixed_by_first_call is None or not isinstance(before, Tensor):
        return
    x = call.x
    if op.layer.fixed_by_first_call == "rank" or (op.layer.fixed_by_first_call == "channels" and before.rank != x.rank):
        fits, what = before.rank == x.rank, f"rank {before.rank}"
    elif op.layer.fixed_by_first_call == "channels":
        had = before.shape[op.layer.channel_axis]
        fits, what = same(had, x.shape[op.layer.channel_axis]), f"{had} channels"
    elif op.layer.fixed_by_first_call == "step":
        fits, what = before.shape[2:] == x.shape[2:], f"steps of {text(before.shape[2:], batch=False)}"
    else:
        fits, what = same(before.shape[-1], x.shape[-1]), f"{before.shape[-1]} features"
    if not fits:
        message = f"`{original.name}` was made for inputs of {what}, {text(before.shape)}; got {text(x.shape)}"
        code = WrongRank if what.startswith("rank") else ShapeDoesNotSuit
        raise Refusal(code, message, label=f"got {text(x.shape)}", help="give this call a layer of its own, without `reuse`")


def differing(first: tuple[Weight, ...], wanted: tuple[Weight, ...]) -> tuple[str, str]:
    """The first weight that differs between two calls, and what the second call needs instead, in words."""
    for a, b in zip(first, wanted, strict=False):
        if a != b:
            return f"`{a.name}` is {text(a.shape, batch=False)}", text(b.shape, batch=False)
    return f"{len(first)} weights", str(len(wanted))
