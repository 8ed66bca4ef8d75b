"""A block or model that nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.diagnostics import Code, Sink
from layerctl.lint._rule import TextRule

if TYPE_CHECKING:
    from layerctl.lint._uses import Uses


class UnusedBlock(Code, id="LC502", severity="warning"):
    """An entry of `blocks` or `models` that no item names.

    Included files are libraries: their unused entries are not reported.

    Why:
        It looks like a part of the model, and is not. rustc warns of the same as `dead_code`.

    Example:
        ```yaml
        inputs: {x: [8]}
        blocks:
          hidden:
            layers: [{Dense: {units: 8, activation: relu}}]
        layers: [{Dense: 3}]
        ```

    Fix:
        Name it among the items: `- hidden`; or remove it, or move it to a file to `include`.
    """


def check(uses: Uses, sink: Sink) -> None:
    """Warns of each definition that no item names, unless a misspelled operation probably means it."""
    if "layers" not in uses.root.entries:
        return
    unknown = uses.unknown_operations()
    for section, noun in (("blocks", "block"), ("models", "model")):
        defined = dict(uses.section(section))
        used = uses.operations | uses.words if noun == "model" else uses.operations
        meant = uses.meant(unknown, defined)
        for name, entry in defined.items():
            if name not in used and name not in meant and not uses.faulty(entry):
                message = f"the {noun} `{name}` is not used"
                sink.add(UnusedBlock, entry.key.span, message, help=f"add `- {name}` to `layers`, or remove the {noun}")


RULE = TextRule(check, sections=("blocks", "models"))
