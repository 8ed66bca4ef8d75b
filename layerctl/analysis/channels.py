"""Which axis of each tensor of a model holds the channels, or features."""

from __future__ import annotations

from collections.abc import Mapping

from layerctl.analysis.reached import channels_of_inputs, reads_of
from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import leaves
from layerctl.graph.graph import Input, Op
from layerctl.graph.typed import TypedGraph


def channel_axes(typed: TypedGraph) -> Mapping[int, int]:
    """The axis of the channels in the first output of each node, by its index; the batch is axis 0.

    A layer that makes channels, or has an argument `data_format`, says where they are; behind other layers they are where they
    were. The channels of an input are on the axis that the first such layer takes them from, or else on the last one.
    """
    inputs = iter(channels_of_inputs(typed))
    axes: dict[int, int] = {}
    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            axes[index] = next(inputs) or len(node.shape) - 1
            continue
        tensor = next(leaves(output), None) if (output := typed.nodes[index].output) is not None else None
        rank = len(tensor.shape) if tensor is not None else 0
        axes[index] = (_passed_on(typed, node, tensor, axes) if tensor is not None else None) or rank - 1
    return axes


def _passed_on(typed: TypedGraph, op: Op, output: Tensor, axes: Mapping[int, int]) -> int | None:
    """The axis of the channels in an output; None if it is the last one."""
    layer = op.layer
    if layer is None or layer.fully_connected:
        return None
    if layer.channels_first is not None:
        return 1 if layer.channels_first and output.rank > 1 else None
    ref = next(iter(op.refs()), None)
    reads = reads_of(typed, op, output.shape) if ref is not None and not ref.path else None
    axis = axes.get(ref.node) if ref is not None else None
    if not reads or not axis:
        return None
    read = reads[axis - 1]
    return read.among[0] if len(read.among) == 1 else read.axis
