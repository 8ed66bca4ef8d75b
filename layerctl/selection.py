"""Which diagnostics count: `--select`, `--ignore`, `[tool.layerctl]` in pyproject.toml, and comments on a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from layerctl.compiler import Compiled
from layerctl.configuration import configuration
from layerctl.diagnostics import Diagnostic, did_you_mean
from layerctl.errors import UsageError

COMMENT = re.compile(r"#\s*layerctl:\s*ignore\[([^\]]*)\]")


class Selection(NamedTuple):
    """Codes or prefixes of codes (`LC5`).

    Attributes:
        select: only these count; all of them where it is empty.
        ignore: these do not count.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def keeps(self, diagnostic: Diagnostic) -> bool:
        code = diagnostic.code.id
        if self.select and not code.startswith(self.select):
            return False
        return not (self.ignore and code.startswith(self.ignore)) and not commented(diagnostic)

    def apply(self, compiled: Compiled) -> Compiled:
        """The result with only the diagnostics that count."""
        if not compiled.diagnostics:
            return compiled
        return compiled._replace(diagnostics=tuple(filter(self.keeps, compiled.diagnostics)))


def commented(diagnostic: Diagnostic) -> bool:
    """Whether a comment on the diagnostic's line says to ignore it: `# layerctl: ignore[LC503]`."""
    match = COMMENT.search(diagnostic.span.source.line(diagnostic.span.begin.line))
    return match is not None and any(diagnostic.code.id.startswith(code.strip()) for code in match[1].split(",") if code.strip())


def selection(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Selection:
    """What the command line asks for; what it leaves open, the project's configuration says.

    Raises:
        UsageError: a code that does not exist.
    """
    configured = configuration()
    chosen = []
    for key, given in (("select", select), ("ignore", ignore)):
        codes = tuple(code.strip() for text in given for code in text.split(",") if code.strip())
        codes = codes or _configured_codes(configured, key)
        for code in codes:
            _must_exist(code)
        chosen.append(codes)
    return Selection(*chosen)


def _configured_codes(configured: dict[str, Any], key: str) -> tuple[str, ...]:
    value = configured.get(key, [])
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise UsageError(f"`{key}` in [tool.layerctl] takes a list of codes", f'write `{key} = ["LC503"]`')
    return tuple(value)


def _must_exist(code: str) -> None:
    from layerctl.report.reference import all_codes

    known = all_codes()
    if not any(name.startswith(code) for name in known):
        near = did_you_mean(code, known)
        raise UsageError(
            f"there is no diagnostic `{code}`", f"did you mean `{near}`?" if near else "`layerctl explain` lists all"
        )
