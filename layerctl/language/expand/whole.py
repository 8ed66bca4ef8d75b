"""Lowers a whole model, the document's or a nested one: inputs, layers, outputs."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from itertools import chain
from typing import NamedTuple

from layerctl.graph._codes import UnknownReference
from layerctl.graph.graph import Graph, Input, Output, Ref, RefTree, leaves
from layerctl.language.bind import Binder
from layerctl.language.expand._codes import MalformedItem
from layerctl.language.expand.model_nodes import Lowering
from layerctl.language.expand.scope import Bound, Scope
from layerctl.language.expand.wiring import Level, output, written_outputs
from layerctl.language.spec.inputs import InputSpec
from layerctl.language.syntax import Mapping, Node, Sequence


class Parts(NamedTuple):
    """The sections of a model.

    Attributes:
        inputs: by name; None for one with a mistake.
        places: the node of the section `inputs`.
        layers: the items; None where they are missing or malformed, which is reported.
        outputs: the outputs as written; None for the last item's output.
    """

    inputs: MappingABC[str, InputSpec | None]
    places: Node | None
    layers: Node | None
    outputs: Node | None


def whole(lowering: Lowering, name: str, parts: Parts, binder: Binder) -> Graph:
    """The graph of a model.

    Args:
        lowering: new, without nodes.
        name: the model's name.
        parts: its sections.
        binder: has the variables.
    """
    scope = Scope(lowering.sink)
    scope.hidden = lowering.hidden = lowering.hidden or not (isinstance(parts.places, Mapping) and parts.places.whole)
    for key, spec in parts.inputs.items():
        place = parts.places.entries[key].key.span  # type: ignore[union-attr]
        usable = scope.valid(key, place)
        shape = (spec.batch_size, *spec.shape) if spec is not None else None
        index = lowering.add_input(Input(key, shape or (), spec.dtype if spec is not None else "float32", place))
        if usable:
            scope.define(key, Bound(Ref(index) if spec is not None else None, place))
    names = list(scope.names.values())
    default = names[0].value if len(names) == 1 and not scope.hidden else None
    last = None
    if parts.layers is not None:
        if isinstance(parts.layers, Sequence) and not parts.layers.items:
            lowering.sink.add(MalformedItem, parts.layers.span, "`layers` is empty", help="add a layer: `- Dense: 10`")
        last = lowering.items(parts.layers, Level(scope, default, several=len(names) > 1), binder)
    else:
        scope.hidden = lowering.hidden = True
    outputs, keyed = _outputs(parts.outputs, scope, binder, lowering, last)
    return Graph(
        name=name,
        dtype=lowering.dtype,
        nodes=tuple(lowering.nodes),
        outputs=tuple(outputs),
        names=lowering.paths,
        keyed_outputs=keyed,
        groups=lowering.groups,
        hidden=lowering.hidden,
    )


def _outputs(
    node: Node | None, scope: Scope, binder: Binder, lowering: Lowering, last: RefTree | None
) -> tuple[list[Output], bool]:
    """The model's outputs: those named, or the last item's."""
    named = written_outputs(node, binder)
    if named is None:
        refs = [] if last is None else list(leaves(last))
        nodes = lowering.nodes  # a further call without a name (`LAYER@NUMBER`) is called by its layer's name
        return [Output(nodes[ref.node].name.partition("@")[0], ref, nodes[ref.node].place) for ref in refs], False
    outputs = [_output(key, value, scope, binder) for key, value in named]
    return list(chain(*outputs)) if all(outputs) else [], any(key is not None for key, _ in named)


def _output(key: str | None, node: Node, scope: Scope, binder: Binder) -> list[Output]:
    """The outputs of one reference: several for a block that returns several; none after a diagnostic."""
    text, ref = output(node, scope, binder)
    if ref is None or isinstance(ref, Ref):
        return [] if ref is None else [Output(key or text, ref, node.span)]
    steps = list(ref) if isinstance(ref, MappingABC) else range(len(ref))
    if key is None and all(isinstance(part, Ref) for part in (ref.values() if isinstance(ref, MappingABC) else ref)):
        return [Output(f"{text}[{step}]", ref[step], node.span) for step in steps]  # type: ignore[index, arg-type]
    message = f"`{text}` has {len(ref)} outputs; this is the name of one"
    help = "name one: " + ", ".join(f"`{text}[{step}]`" for step in steps)
    binder.sink.add(UnknownReference, node.span, message, help=help)
    return []
