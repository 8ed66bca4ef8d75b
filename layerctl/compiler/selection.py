"""Which diagnostics count: `--select`, `--ignore`, `[tool.layerctl]` in pyproject.toml, and comments on a line."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import NamedTuple

from layerctl.base.source import Source
from layerctl.compiler.configuration import configuration
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.checked import Checked
from layerctl.diagnostics.errors import UsageError

COMMENT = r"#\s*layerctl:\s*ignore\[([^\]]*)\]"


class Selection(NamedTuple):
    """Which diagnostics count, as codes or prefixes of codes (`LC5`).

    Attributes:
        select: only these count; where it is empty, all count.
        ignore: these do not count.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def keeps(self, diagnostic: Diagnostic) -> bool:
        code = diagnostic.code.id
        if self.select and not code.startswith(self.select):
            return False
        return not (self.ignore and code.startswith(self.ignore)) and not commented(diagnostic)

    def apply(self, checked: Checked) -> Checked:
        """The result with only the diagnostics that count."""
        if not checked.diagnostics:
            return checked
        return checked._replace(diagnostics=tuple(filter(self.keeps, checked.diagnostics)))


def commented(diagnostic: Diagnostic) -> bool:
    """Whether a comment on the diagnostic's line says to ignore it: `# layerctl: ignore[LC503]`."""
    codes = _ignored(diagnostic.span.source, diagnostic.span.begin.line)
    return bool(codes) and diagnostic.code.id.startswith(codes)


@lru_cache(maxsize=16)
def _ignored(source: Source, line: int) -> tuple[str, ...]:
    """The codes that a comment on a line names. A line is read once, however many diagnostics are about it."""
    match = re.search(COMMENT, source.line(line))
    return () if match is None else tuple(code.strip() for code in match[1].split(",") if code.strip())


def selection(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Selection:
    """The selection of the command line, or of the project's configuration where an option is not given.

    Raises:
        UsageError: a code does not exist.
    """
    configured = configuration()
    chosen = []
    for key, texts in (("select", select), ("ignore", ignore)):
        codes = tuple(code.strip() for text in texts for code in text.split(",") if code.strip())
        place = None if codes else partial(configured.place, key)
        codes = codes or getattr(configured, key)
        for code in codes:
            _must_exist(code, place)
        chosen.append(codes)
    return Selection(*chosen)


def _must_exist(code: str, place: Callable[[], str] | None) -> None:
    from layerctl.compiler.every_code import all_codes

    known = all_codes()
    if not any(name.startswith(code) for name in known):
        from layerctl.diagnostics.spelling import did_you_mean

        near = did_you_mean(code, known)
        where = f"{place()}: " if place is not None else ""
        raise UsageError(
            f"{where}there is no diagnostic `{code}`", f"did you mean `{near}`?" if near else "`layerctl explain` lists all"
        )
