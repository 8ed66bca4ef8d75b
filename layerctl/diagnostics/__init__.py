"""A user's mistake as a value: what, where, why, and what would mend it.

A `Code` is declared beside the stage that raises it. Its docstring is its reference page, in four parts (the headline and
what it means, `Why:`, `Example:`, `Fix:`); `layerctl explain` prints it and docs/ is generated from it.
"""

import re
from collections.abc import Collection, Iterable
from itertools import islice, takewhile
from typing import ClassVar, Literal, NamedTuple

from layerctl.base.meter import Meter
from layerctl.base.source import Span

Severity = Literal["error", "warning"]


class Code:
    """A kind of mistake. Subclasses set `id`; the class name gives the readable name."""

    id: ClassVar[str]
    severity: ClassVar[Severity] = "error"

    @classmethod
    def slug(cls) -> str:
        """`KernelDoesNotFit` is `kernel-does-not-fit`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()


class Related(NamedTuple):
    """A second place that explains the first."""

    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One mistake.

    Attributes:
        code: its kind.
        span: where it is.
        message: the headline: expected and got, in the user's words.
        label: a few words that stand beside the marked text.
        help: what would mend it, or None.
        related: other places that explain it.
        trace: lines of context, such as the shapes on the way to the mistake.
    """

    code: type[Code]
    span: Span
    message: str
    label: str = ""
    help: str | None = None
    related: tuple[Related, ...] = ()
    trace: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """`error` or `warning`."""
        return self.code.severity

    @property
    def is_error(self) -> bool:
        return self.code.severity == "error"

    def key(self) -> tuple[object, ...]:
        """What makes two diagnostics the same mistake: the same code at the same place."""
        return (self.code.id, self.span.source.path, self.span.start, self.message)


def printable(text: str) -> str:
    """The text on one line, what cannot be seen as escapes: a spec's own words must not steer a terminal or break a format."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


LONGEST = 100
"""Longer names are no misspellings of each other."""


class Effort:
    """How many names may still be compared with misspelled ones: thousands of mistakes among thousands of names take no longer.

    Attributes:
        left: names.
    """

    MOST = 200_000

    def __init__(self) -> None:
        self.left = self.MOST

    def take(self, known: Iterable[str]) -> list[str]:
        """As many of the names as may still be looked at."""
        taken = list(islice(known, self.left))
        self.left -= len(taken)
        return [name for name in taken if len(name) <= LONGEST]


class Sink:
    """Where the stages put diagnostics; a mistake that is met twice is kept once.

    Attributes:
        meter: what the spec's expressions have taken so far: a sink is what all stages of one compilation share.
        effort: how many names may still be compared with misspelled ones.
        uses: the uses of blocks that led to the items at hand: what a `$` stands for there depends on them.
    """

    def __init__(self) -> None:
        self.meter = Meter()
        self.effort = Effort()
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self._hushed: set[Span] = set()
        self.uses: tuple[Related, ...] = ()

    def hush(self, place: Span) -> None:
        """Nothing more is said of exactly this place: a mistake, which is reported, hides what stands there."""
        self._hushed.add(place)

    def add(
        self,
        code: type[Code],
        span: Span,
        message: str,
        *,
        label: str = "",
        help: str | None = None,
        related: Iterable[Related] | None = None,
        trace: Iterable[str] = (),
        once: bool = False,
    ) -> None:
        """Keeps a diagnostic; `once` keeps the first of a code at a place, whatever its message (several uses of one block).

        Without `related`, a mistake at a `$` in a block names the uses that it came with.
        """
        if span in self._hushed:
            return
        help = help and printable(help)
        if related is None:
            related = self.uses if self.uses and "$" in span.text else ()
        related = tuple(Related(at, printable(words)) for at, words in related)
        diagnostic = Diagnostic(code, span, printable(message), printable(label), help, related, tuple(map(printable, trace)))
        key = diagnostic.key()
        self._found.setdefault(key[:-1] if once else key, diagnostic)

    def did_you_mean(self, name: str, known: Iterable[str]) -> str | None:
        """As the function; None once this spec has had enough names compared."""
        return did_you_mean(name, self.effort.take(known)) if len(name) <= LONGEST else None

    def suggestion(self, name: str, known: Iterable[str], *, kind: str = "") -> str:
        """As the function; only a list once this spec has had enough names compared."""
        known = known if isinstance(known, Collection) else list(known)
        return listed(self.did_you_mean(name, known), known, kind)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self._found.values())

    def sorted(self, first: str = "") -> tuple[Diagnostic, ...]:
        """In the order of the text: the file `first`, then the others as they were met; then by place and code."""
        found = list(self._found.values())
        if not found:
            return ()
        files = {path: i for i, path in enumerate(dict.fromkeys([first, *(d.span.source.path for d in found)]))}
        return tuple(sorted(found, key=lambda d: (files[d.span.source.path], d.span.start, d.code.id)))


TIES = 20
"""Among so many near names the nearest is looked for."""


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to a misspelled one, or None; of equally near ones that which begins most alike."""
    import difflib

    if len(name) > LONGEST:
        return None
    lowered = {candidate.lower(): candidate for candidate in known if len(candidate) <= LONGEST}
    name = name.lower()
    near = difflib.get_close_matches(name, lowered, n=TIES, cutoff=0.6)
    if not near:
        return None
    matcher = difflib.SequenceMatcher(b=name)

    def nearness(candidate: str) -> tuple[float, int]:
        matcher.set_seq1(candidate)
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(name, candidate, strict=False))
        return matcher.ratio(), sum(1 for _ in alike)

    return lowered[max(near, key=nearness)]


def suggestion(name: str, known: Iterable[str], *, kind: str = "") -> str:
    """Help for an unknown name: the nearest known one, else a list of what there is."""
    known = known if isinstance(known, Collection) else list(known)
    return listed(did_you_mean(name, known), known, kind)


def listed(near: str | None, known: Collection[str], kind: str) -> str:
    """The name that was probably meant, or else a list of what there is."""
    if near:
        return f"did you mean `{near}`?"
    if not known:
        return f"there are no {kind} here" if kind else "nothing is allowed here"
    shown = ", ".join(f"`{item[:60]}`" for item in islice(known, 12))
    return f"{kind + ': ' if kind else 'one of '}{shown}" + (", …" if len(known) > 12 else "")
