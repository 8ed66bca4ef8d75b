"""An Embedding whose input is floats."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.base.shapes import FLOATS
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Input, Ref
from layerctl.lint._rule import DesignRule


class EmbeddedFloats(Code, id="LC514", severity="warning"):
    """An Embedding, which looks up integers, gets floats.

    Why:
        Keras truncates the floats to integers without a warning: 0.9 is looked up as 0, and float16 cannot represent every number
        above 2048. keras.io: Embedding "turns positive integers (indexes) into dense vectors".

    Example:
        ```yaml
        inputs: {tokens: [50]}
        layers:
          - Embedding: {input_dim: 1000, output_dim: 16}
        ```

    Fix:
        Give the input `dtype: int32`: `tokens: {shape: [50], dtype: int32}`.
    """


def check(design: Design, sink: Sink) -> None:
    for _, op, layer in design.calls():
        tensor = design.given(op) if layer.vocabulary_size is not None and not op.literals.get("reverse") else None
        if tensor is not None and isinstance(op.inputs, Ref) and tensor.dtype in FLOATS:
            origin = design.origins[op.inputs.node]
            source = design.nodes[origin]
            message = f"`{op.name}` looks up integers; `{source.name}` gives {tensor.dtype}"
            related = (Related(source.place, "the floats come from here"),)
            design.warn(sink, EmbeddedFloats, op, message, help=_help(design, origin), related=related)


RULE = DesignRule(
    check,
    of_class=lambda cls: cls.vocabulary_size is not Layer.vocabulary_size,
    of_layer=lambda layer: layer.vocabulary_size is not None,
)


def _help(design: Design, origin: int) -> str:
    node = design.nodes[origin]
    if not isinstance(node, Input):
        return "give it an input of integers, or cast to integers first with `ops.cast: int32`"
    shape = ", ".join("null" if dim is None else str(dim) for dim in node.shape[1:])
    write = f"`{node.name}: {{shape: [{shape}], dtype: int32}}`"
    others = [
        user for user in design.users[origin] if (layer := design.layers[user]) is not None and layer.vocabulary_size is None
    ]
    return f"write {write}" if not others else f"give it an input of its own, {write[1:-1].replace(node.name, 'ids', 1)}"
