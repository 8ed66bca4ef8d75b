"""An activation that is applied twice in a row."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.diagnostics import Code, Sink
from layerctl.lint._rule import DesignRule


class RepeatedActivation(Code, id="LC506", severity="warning"):
    """An activation layer after a layer that already applies the same function.

    Why:
        A second relu changes nothing; a second sigmoid or tanh compresses the values again, which is hardly ever meant. The Keras
        guide has an activation either as an argument or as a layer (keras.io, "Layer activation functions").

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: 8, activation: relu}
          - ReLU
          - Dense: 3
        ```

    Fix:
        Remove one of the two.
    """


ELSEWHERE = ("linear", "softmax")
"""`linear` changes nothing; `softmax` has a rule of its own."""


def check(design: Design, sink: Sink) -> None:
    for _, op, layer in design.calls():
        function = layer.final_activation
        if not layer.is_activation or function is None or function in ELSEWHERE:
            continue
        source = design.source(op)
        if source is not None and source[1].final_activation == function and source[1].activation_is_last:
            message = f"{function} is applied twice: `{source[0]}` has applied it already"
            help = f"remove this layer, or the activation of `{source[0]}`"
            partly = f"remove the activation of `{source[0]}`; the other uses of this line need it" if design.is_alone(op) else ""
            design.warn(sink, RepeatedActivation, op, message, help=help, partly=partly)


RULE = DesignRule(check, of_class=lambda cls: cls.is_activation)
