"""A layer that reaches no output."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.diagnostics import Code, Sink
from layerctl.graph.graph import Op
from layerctl.lint._rule import DesignRule


class LeadsNowhere(Code, id="LC504", severity="warning"):
    """A layer that reaches no output.

    Of several such layers in a row, the last is reported. A layer of a block is reported only if no use of the block needs it.

    Why:
        Keras leaves such layers out of the model without a warning: their weights do not exist, and nothing trains them.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: 8, activation: relu}
          - Dense: 3
            inputs: x
        ```

    Fix:
        Name the layer in `outputs`, or in the `inputs` of a later item; or remove it.
    """


def check(design: Design, sink: Sink) -> None:
    if all(design.live):
        return
    live = [node for index, node in enumerate(design.nodes) if design.live[index]]
    needed = {node.place for node in live}
    called_again = {node.shared for node in live if isinstance(node, Op)}
    for index, node in enumerate(design.nodes):
        if design.live[index] or design.users[index] or node.place in needed or index in called_again:
            continue
        if isinstance(node, Op):
            name = node.name.partition("@")[0]
            help = f"name `{name}` in `outputs` or in the `inputs` of a later item, or remove it"
            design.warn(sink, LeadsNowhere, node, f"`{name}` reaches no output", help=help, label="nothing uses its result")


RULE = DesignRule(check)
