"""A layer that looks for the channels along another axis than the layers before it."""

from __future__ import annotations

from typing import NamedTuple

from layerctl.analysis.design import Design
from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.lint._rule import DesignRule


class OtherChannelAxis(Code, id="LC518", severity="warning"):
    """A layer takes another axis for the channels than the layers before it.

    Normalization, pooling, joining and further convolutions are checked. Behind a Permute, a Reshape and other layers that
    move values, it is not known where the channels are, and nothing is reported; nor for layers that a choice of axis suits
    as well: several axes of a LayerNormalization, the steps of a sequence.

    Why:
        The model builds, and does something else: behind `data_format: channels_first` a BatchNormalization with its default
        axis normalizes columns of pixels, a pooling halves the channels. keras.io on BatchNormalization: "after a `Conv2D` layer
        with `data_format="channels_first"`, use `axis=1`".

    Example:
        ```yaml
        inputs: {x: [3, 32, 32]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3, data_format: channels_first, use_bias: false}
          - BatchNormalization
          - ReLU
        ```

    Fix:
        Say the same everywhere: `data_format: channels_first` goes with `axis: 1`, `channels_last` with `axis: -1`.
    """


class Channels(NamedTuple):
    """Where the channels of a node's output are.

    Attributes:
        axis: counted from 0, the batch.
        decided: the node that put or took them there.
    """

    axis: int
    decided: int


def check(design: Design, sink: Sink) -> None:
    known: dict[int, Channels] = {}
    nodes = design.model.nodes
    for index, op, layer in design.calls():
        only = design.before[index]
        sources = (only,) if only is not None else tuple(ref.node for ref in op.refs() if not ref.path)
        shapes = [tensor.shape for source in sources if isinstance(tensor := nodes[source].output, Tensor)]
        output, rank = nodes[index].output, len(shapes[0]) if shapes else 0
        if rank < 3 or not isinstance(output, Tensor) or (only is None and len(set(map(len, shapes))) > 1):
            continue
        before = [known[source] for source in sources if source in known]
        taken = _taken(layer, rank)
        if taken is not None and only is None and (len(set(shapes)) > 1 or shapes[0][taken] == 1):
            taken = None  # no other axis could be joined, or nothing is mixed up
        here = taken if taken is not None or not before else before[0].axis
        differing = next((one for one in before if one.axis != here), None)
        if differing is not None and here is not None:
            _warn(design, op, here, differing, rank, sink)
        after = _after(index, layer, taken, before, rank, output.rank)
        if after is not None:
            known[index] = after


RULE = DesignRule(
    check,
    of_class=lambda cls: cls.channels_at is not Layer.channels_at or cls.step_layer is not Layer.step_layer,
    of_layer=lambda layer: _taken(layer, 4) not in (None, 3) or layer.channels_first is True,
)


def _taken(layer: Layer, rank: int) -> int | None:
    """The axis that a layer, or the layer that it applies to each step, takes for the channels."""
    if layer.step_layer is None:
        return layer.channels_at(rank)
    inner = _taken(layer.step_layer, rank - 1)
    return inner + 1 if inner is not None else None


def _after(index: int, layer: Layer, taken: int | None, before: list[Channels], rank: int, rank_after: int) -> Channels | None:
    """Where the channels are after a layer; None where that is not known, or there are no axes beside them."""
    inner = layer.step_layer or layer
    if taken is not None and (inner.makes_channels or not before):
        found = Channels(taken, index)
    elif before and (taken is not None or (rank_after == rank and _stay(inner))):
        found = before[0]
    else:
        return None
    if rank_after == rank:
        return found
    at = rank_after - 1 if found.axis == rank - 1 else found.axis - (rank - rank_after)
    return found._replace(axis=at) if rank_after > 2 else None


def _stay(layer: Layer) -> bool:
    """Whether channels stay where they are."""
    return layer.elementwise or layer.is_identity or layer.affine or layer.fully_connected


def _warn(design: Design, op: Op, taken: int, other: Channels, rank: int, sink: Sink) -> None:
    decided = design.nodes[other.decided]
    assert isinstance(decided, Op)
    assert op.layer is not None
    assert decided.layer is not None
    message = f"`{op.name}` takes axis {taken} for the channels; `{decided.name}` before it has them along axis {other.axis}"
    help = f"write {_written(op.layer, last=other.axis == rank - 1)}"
    if not (decided.layer.step_layer or decided.layer).makes_channels:
        help += f" here, or {_written(decided.layer, last=taken == rank - 1)} in `{decided.name}`"
    related = (Related(decided.place, f"here the channels are along axis {other.axis}"),)
    design.warn(sink, OtherChannelAxis, op, message, help=help, related=related)


def _written(layer: Layer, *, last: bool) -> str:
    """The argument that puts a layer's channels last, or first after the batch."""
    if (layer.step_layer or layer).channels_first is None:
        return f"`axis: {-1 if last else 1}`"
    return f"`data_format: channels_{'last' if last else 'first'}`"
