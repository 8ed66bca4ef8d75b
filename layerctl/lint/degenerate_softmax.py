"""A softmax of a single value, or of a softmax."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.base.shapes import Tensor, prod
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Sink
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.lint._rule import DesignRule


class DegenerateSoftmax(Code, id="LC509", severity="warning"):
    """A softmax over a single value, or applied to probabilities that a softmax has made.

    Why:
        A softmax of one value is always 1: the model cannot learn. Applied twice, it makes the probabilities nearly equal: none
        of ten classes can get more than 0.24. Goodfellow et al., "Deep Learning" (2016), section 6.2.2.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: 1, activation: softmax}
        ```

    Fix:
        Use `activation: sigmoid` for one yes-or-no output, or a unit for each class; remove the second softmax.
    """


def check(design: Design, sink: Sink) -> None:
    for index, op, layer in design.calls():
        axes = layer.softmax_axes
        if not axes or isinstance(layer, Functional):  # a nested model is checked by itself
            continue
        tensor = design.model.nodes[index].output
        if isinstance(tensor, Tensor) and prod(tuple(tensor.shape[axis] for axis in axes)) == 1:
            help = "use `activation: sigmoid` for a yes-or-no output, or a unit for each class"
            design.warn(sink, DegenerateSoftmax, op, f"`{op.name}`: a softmax over a single value is always 1", help=help)
        elif layer.is_activation:
            _twice(design, op, layer, sink)


RULE = DesignRule(check, of_class=lambda cls: True, of_layer=lambda layer: bool(layer.softmax_axes))


def _twice(design: Design, op: Op, layer: Layer, sink: Sink) -> None:
    source = design.source(op)
    if source is not None and source[1].softmax_axes == layer.softmax_axes:
        message = f"softmax is applied twice: `{source[0]}` has applied it already"
        help = f"remove this layer, or the activation of `{source[0]}`"
        design.warn(sink, DegenerateSoftmax, op, message, help=help)
