"""An input that no output depends on."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.diagnostics import Code, Related, Sink
from layerctl.lint._rule import DesignRule


class UnusedInput(Code, id="LC503", severity="warning"):
    """An input that no output depends on.

    Why:
        It needs data, which change nothing. Keras builds such a model without a warning.

    Example:
        ```yaml
        inputs: {x: [8], extra: [4]}
        layers:
          - Dense: 3
            inputs: x
        ```

    Fix:
        Give it to an item with `inputs`, for instance through Concatenate, or remove it.
    """


def check(design: Design, sink: Sink) -> None:
    for index, node in design.idle_inputs():
        related = [Related(design.nodes[user].place, "what uses it reaches no output") for user in design.users[index][:1]]
        help = "name it in the `inputs` of an item that reaches an output, or remove it"
        sink.add(UnusedInput, node.place, f"no output depends on the input `{node.name}`", help=help, related=related)


RULE = DesignRule(check)
