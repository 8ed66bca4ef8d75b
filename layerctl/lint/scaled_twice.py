"""Pixels that are scaled although they are small numbers already."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from layerctl.analysis.design import single
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Input, Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.lint._rule import Training, TrainingRule, place_in

if TYPE_CHECKING:
    from layerctl.language.spec.data import Data

LEAST = 0.1
"""Pixels whose values span less than this are as good as constant."""
AS_PIXELS = (1 / 300, 1 / 100)
"""A first factor in this range scales pixels from 0 to 255, whatever the data: 1/255, 1/127.5."""


class ScaledTwice(Code, id="LC529", severity="warning"):
    """Pixels are scaled once more, although they arrive as small numbers or have been scaled already.

    Why:
        Pixels of named datasets and of folders of images arrive from 0 to 1. Divided by 255 once more, all of them lie
        within 0.004 of each other: with the usual initial weights nothing is left to tell them apart, and training hardly moves.
        LeCun et al., "Efficient BackProp" (1998), section 4.3: inputs should have a deviation of about 1.

    Example:
        ```yaml
        inputs: {image: [8, 8, 1]}
        layers:
          - Rescaling: $(1 / 255)
          - Flatten
          - Dense: {units: 10, activation: softmax}
        train: {data: digits, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Remove one of the two scalings: the layer, or that of the data by `rescale: false`.
    """


class Width(NamedTuple):
    """How far values lie apart.

    Attributes:
        span: from the lowest to the highest; None for an input of which nothing is known.
        by: the call that scaled them last; None for values as they arrive.
    """

    span: float | None
    by: Op | None = None


def check(training: Training, sink: Sink) -> None:
    nodes = training.model.graph.nodes
    if any(isinstance(node, Op) and node.layer is not None and _scales(node.layer) for node in nodes):
        from layerctl.analysis.arriving import pixel_range

        limits = pixel_range(training.train.data) if training.train is not None else None
        start = Width(limits[1] - limits[0] if limits is not None else None)
        _Scalings(training, sink).follow(training.model, start)


RULE = TrainingRule(check)


def _scales(layer: Layer) -> bool:
    inner = layer.step_layer or layer
    return inner.fixed_factor is not None or isinstance(inner, Functional)


class _Scalings:
    """Follows pixels from the inputs through all that scales them."""

    def __init__(self, training: Training, sink: Sink) -> None:
        self.training = training
        self.sink = sink

    def follow(self, model: TypedGraph, start: Width, use: Op | None = None) -> None:
        """Reports each scaling that leaves too little.

        Args:
            model: the whole model, or one nested in it.
            start: the values at its inputs.
            use: the item of the whole model that calls the nested one.
        """
        widths: dict[int, Width] = {}
        for index, (node, live) in enumerate(zip(model.graph.nodes, model.live, strict=True)):
            if isinstance(node, Input):
                widths[index] = start
                continue
            before = single(node)
            here = widths.get(before) if before is not None and live else None
            if here is None or node.layer is None:
                continue
            layer = node.layer.step_layer or node.layer
            if isinstance(layer, Functional):
                self.follow(layer.typed, here, use or node)
            elif layer.fixed_factor is not None:
                after = scaled(here, layer.fixed_factor, node)
                if after is not None:
                    widths[index] = after
                    if after.span is not None and here.span is not None and after.span < LEAST <= here.span:
                        self.warn(node, here, after.span, use)
            elif _keeps_range(layer):
                widths[index] = here

    def warn(self, op: Op, here: Width, left: float, use: Op | None) -> None:
        data = self.training.train.data if self.training.train is not None else None
        related = [Related(op.place, "the scaling within the nested model")] if use is not None else []
        if here.by is not None:
            message = f"`{op.name}` scales pixels that `{here.by.name}` has scaled already, to a span of {left:.2g}"
            help = f"remove `{op.name}` or `{here.by.name}`"
            related.append(Related(here.by.place, "scaled here"))
        else:
            message = f"`{op.name}` scales pixels that arrive from 0 to {here.span:g} already, to a span of {left:.2g}"
            help = f"remove `{op.name}`{_kept(data) if here.span == 1 else ''}"
            related.append(Related(place_in(self.training.root, "train", "data"), f"arrives from 0 to {here.span:g}"))
        place = (use or op).place
        self.sink.add(ScaledTwice, place, message, help=help, related=dict.fromkeys(related), once=True)


def scaled(here: Width, factor: float, op: Op) -> Width | None:
    """The values after a scaling; None where nothing is known of them."""
    if factor == 1:
        return here
    if here.span is not None:
        return Width(here.span * factor, op)
    return Width(255 * factor, op) if AS_PIXELS[0] <= factor <= AS_PIXELS[1] else None


def _keeps_range(layer: Layer) -> bool:
    """Whether values stay about as far apart: moved, left out, pooled, or disturbed as images are."""
    return layer.keeps_values or (layer.channels_first is not None and type(layer).weights is Layer.weights)


def _kept(data: Data | None) -> str:
    """The rest of a help: how the data keep pixels from 0 to 255."""
    key, value = ("name", data.name) if data is not None and data.name is not None else ("path", "…")
    return f", or write `data: {{{key}: {value}, rescale: false}}`"
