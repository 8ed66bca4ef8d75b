"""A layer that changes nothing because it needs statistics from `adapt()`."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Sink
from layerctl.lint._rule import DesignRule


class IdleNormalization(Code, id="LC516", severity="warning"):
    """A layer without the statistics that `adapt()` would compute from data.

    Why:
        A spec cannot call `adapt()`. Without statistics a Normalization has mean 0 and variance 1, which change nothing.

    Example:
        ```yaml
        inputs: {x: [4]}
        layers:
          - Normalization:
          - Dense: 1
        ```

    Fix:
        Write the statistics of your data into the layer, `Normalization: {mean: [1.5, 0.2], variance: [0.4, 0.1]}`, or use a
        BatchNormalization, which computes them in training.
    """


def check(design: Design, sink: Sink) -> None:
    for _, op, layer in design.calls():
        if layer.waits_for_adapt:
            named = " and ".join(f"`{name}`" for name in layer.waits_for_adapt)
            message = f"`{op.name}` changes nothing: without {named} it waits for `adapt()`, which a spec cannot call"
            help = f"give it {named}, or use a BatchNormalization, which finds them in training"
            design.warn(sink, IdleNormalization, op, message, help=help)


RULE = DesignRule(
    check,
    of_class=lambda cls: cls.waits_for_adapt is not Layer.waits_for_adapt,
    of_layer=lambda layer: bool(layer.waits_for_adapt),
)
