"""A Dense layer on flattened feature maps that has most of the model's parameters."""

from __future__ import annotations

from layerctl.analysis.design import Design, single
from layerctl.base.shapes import Tensor, prod
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.lint._rule import DesignRule

MANY = 5_000_000
"""Only layers with more parameters are reported."""


class FlattenedImages(Code, id="LC512", severity="warning"):
    """A Dense layer on flattened feature maps that has more than 5 million parameters, and more than half of the model's.

    Why:
        Such a layer learns a weight for every position of every map, overfits, and takes most of the memory. Global average
        pooling gives it one value for each map instead: Lin, Chen, Yan, "Network In Network" (2013), section 3.2.

    Example:
        ```yaml
        inputs: {image: [128, 128, 3]}
        layers:
          - Conv2D: {filters: 64, kernel_size: 3, activation: relu}
          - MaxPooling2D: 2
          - Flatten
          - Dense: {units: 128, activation: relu}
          - Dense: {units: 10, activation: softmax}
        ```

    Fix:
        Put GlobalAveragePooling2D in place of Flatten, or more pooling before it.
    """


def check(design: Design, sink: Sink) -> None:
    dense = [(index, op) for index, op, layer in design.calls() if layer.fully_connected]
    large = [(size, index, op) for index, op in dense if (size := _size(design, index)) > MANY]
    if not large:
        return
    total = sum(_size(design, index) for index, live in enumerate(design.live) if live)
    for size, index, op in large:
        if 2 * size > total:
            _judge(design, index, op, (size, total), sink)


RULE = DesignRule(check, of_class=lambda cls: cls.fully_connected)


def _size(design: Design, index: int) -> int:
    return sum(prod(weight.shape) or 0 for weight in design.model.nodes[index].weights or ())


def _judge(design: Design, index: int, op: Op, sizes: tuple[int, int], sink: Sink) -> None:
    flatten = _flatten(design, op)
    maps = design.given(flatten) if flatten is not None else None
    before = single(flatten) if flatten is not None else None
    made_by = design.layers[design.origins[before]] if before is not None else None
    output = design.model.nodes[index].output
    if flatten is None or maps is None or made_by is None or not isinstance(output, Tensor):
        return
    features, channels, units = prod(maps.shape[1:]), maps.shape[made_by.channel_axis], output.shape[-1]
    if features is None or channels is None or units is None or features == channels:
        return
    saved = (features - channels) * units
    here, total = sizes
    message = f"`{op.name}` holds {here:,} of the model's {total:,} parameters: it reads {features:,} flattened values"
    pooling = f"GlobalAveragePooling{maps.rank - 2}D"
    help = f"put {pooling} in place of `{flatten.name}`: {saved:,} parameters fewer, {here - saved:,} left"
    related = (Related(flatten.place, f"{'×'.join(map(str, maps.shape[1:]))} values are flattened here"),)
    design.warn(sink, FlattenedImages, op, message, help=help, related=related)


def _flatten(design: Design, op: Op) -> Op | None:
    """The call before a layer that flattens feature maps; None where there is none."""
    at = single(op)
    while at is not None:
        node = design.nodes[at]
        if not isinstance(node, Op) or node.layer is None or not node.layer.keeps_values:
            return None
        maps, output = design.given(node), design.model.nodes[at].output
        if maps is not None and isinstance(output, Tensor) and 3 <= maps.rank <= 5 and output.rank == 2:
            return node
        at = single(node)
    return None
