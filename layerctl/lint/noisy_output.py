"""Dropout, or other noise, as the last layer before an output."""

from __future__ import annotations

from layerctl.analysis.design import Design, single
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.lint._rule import DesignRule


class NoisyOutput(Code, id="LC508", severity="warning"):
    """An output comes directly from Dropout or another layer that adds noise.

    Why:
        In training the loss then sees predictions that are set to 0 or disturbed, which the model cannot avoid. Dropout is for
        the values between layers: Srivastava et al., "Dropout" (2014), section 4.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 3
          - Dropout: 0.5
        ```

    Fix:
        Put it before the layer that makes the output, or remove it.
    """


def check(design: Design, sink: Sink) -> None:
    seen: set[int] = set()
    for output in design.model.graph.outputs:
        at: int | None = output.ref.node if not output.ref.path else None
        while at is not None and at not in seen:
            seen.add(at)
            op = design.nodes[at]
            if not isinstance(op, Op) or op.layer is None or not op.layer.keeps_values:
                break
            if op.layer.random_in_training:
                message = f"the output `{output.name}` comes straight from `{op.name}`, which disturbs it in training"
                related = (Related(output.place, "the output"),)
                help = "put it before the layer that makes the output, or remove it"
                design.warn(sink, NoisyOutput, op, message, help=help, related=related)
                break
            at = single(op)


RULE = DesignRule(check, of_class=lambda cls: cls.random_in_training, of_nested=False)  # other layers follow a nested model
