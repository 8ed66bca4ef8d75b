"""An output in float16, of a model with mixed precision."""

from __future__ import annotations

from layerctl.base.shapes import Tensor
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op, uses
from layerctl.graph.nested import Functional
from layerctl.lint._rule import Training, TrainingRule

MIXED = "mixed_float16"


class HalfPrecisionOutput(Code, id="LC524", severity="warning"):
    """An output is in float16, in a model with mixed precision.

    Reported are probabilities, and any output that is trained. `dtype: float16` for a whole model is a choice, and not reported;
    nor is bfloat16, which has the range of float32.

    Why:
        float16 ends at 65,504 and has three digits: small probabilities become 0, and the loss NaN. TensorFlow's guide "Mixed
        precision" has every model end in float32, and computes a softmax in it.

    Example:
        ```yaml
        dtype: mixed_float16
        inputs: {x: [4]}
        layers:
          - Dense: {units: 64, activation: relu}
          - Dense: {units: 10, activation: softmax}
        ```

    Fix:
        Give the last layer `dtype: float32`.
    """


def check(training: Training, sink: Sink) -> None:
    model = training.model
    if MIXED not in model.policies:
        return
    from layerctl.analysis.losses import final_activation
    from layerctl.catalog.losses._base import PROBABILITIES

    for output in model.graph.outputs:
        op, tensor = model.graph.nodes[output.ref.node], model.tensor(output.ref)
        if not isinstance(op, Op) or op.layer is None or not isinstance(tensor, Tensor) or tensor.dtype != "float16":
            continue
        probable = final_activation(model, output.ref) in PROBABILITIES
        if probable or training.train is not None:
            what = "probabilities" if probable else "the loss"
            message = f"the output `{output.name}` is in float16, which is too coarse for {what}"
            help = f"add `dtype: float32` to `{op.name}`"
            if op.layer.is_function or isinstance(op.layer, Functional):
                help = "put `Activation: {activation: linear, dtype: float32}` behind it"
            related = (Related(output.place, "the output"), *uses(op.frames))
            related = tuple(place for place in related if place.span != op.place)
            sink.add(HalfPrecisionOutput, op.place, message, help=help, related=related, once=True)


RULE = TrainingRule(check)
