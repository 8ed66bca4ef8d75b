"""The permission to import the custom layers that a spec names, which only the user can give."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.catalog.layers._custom import Custom, customs
from layerctl.compiler._codes import CustomCodeNotAllowed
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Sink
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.graph import Graph, Op, uses
from layerctl.graph.nested import Functional


def own_layers(compiled: Accepted) -> Iterator[tuple[Op, Custom]]:
    """The custom layers of a spec, including those within other layers and models, each with its item."""
    return _own_layers(compiled.model.graph) if compiled.model is not None else iter(())


def _own_layers(graph: Graph) -> Iterator[tuple[Op, Custom]]:
    for node in graph.nodes:
        if isinstance(node, Op) and node.shared is None:
            if isinstance(node.layer, Functional):
                yield from _own_layers(node.layer.typed.graph)
            else:
                yield from ((node, layer) for layer in customs(node.layer))


def permitted(compiled: Accepted, *, allow_custom_code: bool = False) -> Accepted:
    """The spec, with the permission to import its custom layers.

    Raises:
        SpecError: it has custom layers, and importing them is not allowed.
    """
    if compiled.custom_code:
        return compiled
    if allow_custom_code:
        return compiled._replace(custom_code=True)
    sink = Sink()
    for op, layer in own_layers(compiled):
        message = f"`{layer.operation}` is Python code, which has not been allowed to run"
        help = "add `--allow-custom-code` if you trust it"
        related = uses(op.frames)
        sink.add(CustomCodeNotAllowed, layer.declaration.places[""], message, help=help, related=related, once=True)
    if sink.has_errors:
        raise SpecError(sink.sorted(compiled.path))
    return compiled
