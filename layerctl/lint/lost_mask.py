"""A mask that ends at a layer without support for masks."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Input
from layerctl.lint._rule import DesignRule


class LostMask(Code, id="LC517", severity="warning"):
    """A layer gets a mask with its input, and neither uses it nor passes it on.

    Why:
        A mask marks the steps that are padding: `mask_zero: true` or a Masking layer begins it, and Keras passes it on from
        layer to layer. Convolutions, pooling and reshaping drop it, with a warning when the model is built: from there on padding
        counts as content.

    Example:
        ```yaml
        inputs: {words: {shape: [20], dtype: int32}}
        layers:
          - Embedding: {input_dim: 100, output_dim: 8, mask_zero: true}
          - Conv1D: {filters: 4, kernel_size: 3, activation: relu}
          - GlobalAveragePooling1D
          - Dense: {units: 1, activation: sigmoid}
        ```

    Fix:
        Where padding may count, begin no mask: leave `mask_zero` out. Otherwise use layers that support masks, such as LSTM, GRU,
        the attention layers and GlobalAveragePooling1D. To drop a mask on purpose, use `ops.copy`.
    """


def check(design: Design, sink: Sink) -> None:
    lost = design.model.lost_masks
    if not lost:
        return
    for index, op, layer in design.calls():
        if index in lost and not layer.is_function and layer.declaration is None:
            origin = design.nodes[lost[index]]
            name = origin.name.partition("@")[0]
            message = f"{layer.spec_name()} drops the mask of `{name}`: from here on padding counts as content"
            comes = isinstance(origin, Input)
            begin = f"call the model on what has no mask as `{name}`" if comes else f"begin no mask at `{name}`"
            help = f"{begin}, use layers that know masks, or drop it on purpose with `ops.copy`"
            related = Related(origin.place, f"the mask {'comes in' if comes else 'begins'} here")
            design.warn(sink, LostMask, op, message, help=help, related=(related,))


RULE = DesignRule(check)
