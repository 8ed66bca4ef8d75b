"""A variable that nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.diagnostics import Code, Sink
from layerctl.lint._rule import TextRule

if TYPE_CHECKING:
    from layerctl.lint._uses import Uses


class UnusedVariable(Code, id="LC501", severity="warning"):
    """An entry of `vars` that nothing uses.

    A variable is used where a text holds `$NAME`, also in an item that `if` drops; `--set vars.NAME` is not a use. Only an
    included file itself can use its variables.

    Why:
        A user who changes it, or overrides it with `--set`, expects the model to change, and it does not. rustc
        (`unused_variables`) and ruff (F841) warn of the same.

    Example:
        ```yaml
        vars: {width: 64, depth: 3}
        inputs: {x: [8]}
        layers: [{Dense: $width}]
        ```

    Fix:
        Write `$NAME` where the value is meant, or remove the entry.
    """


def check(uses: Uses, sink: Sink) -> None:
    """Warns of each variable that no text names, unless a misspelled name probably means it."""
    defined = dict(uses.section("vars"))
    meant = uses.meant(uses.variables - defined.keys(), defined)
    for name, entry in defined.items():
        if name not in uses.variables and name not in meant and not uses.faulty(entry):
            message = f"the variable `{name}` is not used"
            sink.add(UnusedVariable, entry.key.span, message, help=f"write `${name}` where its value is meant, or remove it")


RULE = TextRule(check, sections=("vars",), of_included=True)
