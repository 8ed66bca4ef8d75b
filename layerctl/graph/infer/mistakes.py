"""Reports refused calls, with the shapes on the way to them."""

from __future__ import annotations

from collections.abc import Mapping

from layerctl.base.shapes import Tensor, text
from layerctl.base.source import Span
from layerctl.catalog.layers._base import Refusal
from layerctl.diagnostics import Related
from layerctl.graph._codes import UnknownReference
from layerctl.graph.graph import Input, Op, Ref, uses
from layerctl.graph.infer.causes import found
from layerctl.graph.infer.inferred import Inferred


def no_such_output(inferred: Inferred, ref: Ref, place: Span, op: Op | None = None) -> None:
    """Reports a reference to an output that the node does not have."""
    node = inferred.graph.nodes[ref.node]
    value = inferred.typed[ref.node].output
    parts = "".join(f"[{step}]" for step in ref.path)
    count = 1 if isinstance(value, Tensor) or value is None else len(value)
    if count == 1:
        help = f"write `{node.name}`"
    elif isinstance(value, Mapping):
        help = "its outputs: " + ", ".join(f"`{node.name}[{key}]`" for key in value)
    else:
        help = f"count from 0: `{node.name}[0]` to `{node.name}[{count - 1}]`"
    plural = "s" if count != 1 else ""
    message = f"`{node.name}{parts}`: `{node.name}` has {count} output{plural}"
    used = uses(op.frames) if op is not None else ()
    inferred.sink.add(UnknownReference, place, message, help=help, uses=used, once=bool(used))


def refused(inferred: Inferred, op: Op, refusal: Refusal) -> None:
    """Reports why a layer refuses its call, and where the call's inputs come from."""
    related = list(refusal.related)
    for ref in op.refs():
        source = inferred.graph.nodes[ref.node]
        tensor = inferred.tree(ref)
        if isinstance(tensor, Tensor) and source.place != op.place:
            inside = f", as `{source.name}`" if isinstance(source, Op) and source.frames else ""
            related.append(Related(source.place, f"{text(tensor.shape)} comes from here{inside}"))
    used = uses(op.frames)
    if refusal.place is not None and not any(op.place == place for place, _ in refusal.related):
        used = (Related(op.place, "called here"), *used)
    cause = found(inferred, op, refusal) if refusal.place is None else None
    inferred.sink.add(
        refusal.code,
        refusal.place or op.place,
        refusal.message,
        label=refusal.label,
        help=cause or refusal.help,
        related=dict.fromkeys(related),
        uses=used,
        trace=trace(inferred, op) if refusal.place is None else refusal.trace,
        once=bool(op.frames) or refusal.place is not None,
    )


def trace(inferred: Inferred, op: Op, most: int = 6) -> tuple[str, ...]:
    """The shapes on the way to a node: `image (batch, 28, 28, 1) → conv2d (batch, 26, 26, 32)`."""
    steps: list[str] = []
    at: Input | Op = op
    while isinstance(at, Op) and len(steps) <= most:
        ref = next(iter(at.refs()), None)
        if ref is None:
            break
        at = inferred.graph.nodes[ref.node]
        tensor = inferred.tree(ref)
        steps.append(f"{at.name} {text(tensor.shape)}" if isinstance(tensor, Tensor) else at.name)
    if len(steps) > most:
        steps[most] = "…"
    return (" → ".join(reversed(steps)),) if len(steps) > 1 else ()
