"""`layerctl explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from layerctl.cli._common import guarded, usage
from layerctl.cli._options import Debug
from layerctl.cli._streams import put_text

EXAMPLES = """
  layerctl explain LC402                  a diagnostic by its code
  layerctl explain kernel-does-not-fit    or by its name
  layerctl explain                        all of them, a line each
"""


@guarded
def command(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="A code such as LC402, or its name.", show_default=False)
    ] = None,
    debug: Debug = False,
) -> None:
    """Explain a diagnostic: what it means, why it is one, an example, and the fix."""
    from layerctl.base import docstrings
    from layerctl.compiler.every_code import all_codes
    from layerctl.reference.pages import code_text

    codes = all_codes()
    if code is None:
        width = max(len(cls.slug()) for cls in codes.values())
        put_text(*(f"{cls.id}  {cls.slug().ljust(width)}  {docstrings.parse(cls.__doc__).summary}" for cls in codes.values()))
        return
    by_name = {cls.slug(): cls for cls in codes.values()}
    named = codes.get(code.upper()) or by_name.get(code.lower())
    if named is None:
        from layerctl.diagnostics.spelling import did_you_mean

        near = did_you_mean(code, [*codes, *by_name])
        usage(f"there is no diagnostic `{code}`", f"did you mean `{near}`?" if near else "`layerctl explain` lists all")
    from layerctl.reference.examples import printed

    put_text(*code_text(named, printed(named)).split("\n"))
