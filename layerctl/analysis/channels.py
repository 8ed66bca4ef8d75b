"""Which axis of each tensor of a model holds the channels, or features."""

from __future__ import annotations

from collections.abc import Mapping

from layerctl.analysis.reached import channel_axis, channels_of_inputs
from layerctl.catalog.layers._base import leaves
from layerctl.graph.graph import Input
from layerctl.graph.typed import TypedGraph


def channel_axes(typed: TypedGraph) -> Mapping[int, int]:
    """The axis of the channels in the first output of each node that is known, by its index; the batch is axis 0.

    The channels of an input are on the axis that the first layer with a data format takes them from, or else on the last one.
    """
    inputs = iter(channels_of_inputs(typed))
    axes: dict[int, int] = {}
    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            axes[index] = next(inputs) or len(node.shape) - 1
        elif (output := typed.nodes[index].output) is not None and (tensor := next(leaves(output), None)) is not None:
            axes[index] = channel_axis(typed, node, tensor, axes)
    return axes
