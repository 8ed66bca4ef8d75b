"""A user's mistake as a value: what is wrong, where, why, and how to fix it.

A `Code` is declared beside the stage that reports it. Its docstring is its reference page, in four parts (the headline with
its meaning, `Why:`, `Example:`, `Fix:`); `layerctl explain` prints it and docs/ is generated from it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, overload

from layerctl.base.meter import Meter
from layerctl.base.printable import printable
from layerctl.base.source import Span

if TYPE_CHECKING:
    from layerctl.diagnostics.spelling import Effort

Severity = Literal["error", "warning"]


class Code:
    """A kind of mistake: `class UnknownName(Code, id="LC304")`; the class name gives the readable name."""

    id: ClassVar[str]
    severity: ClassVar[Severity]
    of_data: ClassVar[bool] = False
    """Whether the mistake is in the data that a spec names, so that its model can be built all the same."""

    def __init_subclass__(cls, *, id: str, severity: Severity = "error") -> None:
        cls.id, cls.severity = id, severity

    @classmethod
    def slug(cls) -> str:
        """`KernelDoesNotFit` is `kernel-does-not-fit`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()


MOST_USES = 8
"""A diagnostic names at most this many uses of blocks that lead to it."""


NAMED = re.compile("`[^`]*`")
"""What a message quotes: names and values."""


class Related(NamedTuple):
    """A second place that explains the first."""

    span: Span
    message: str


class Edit(NamedTuple):
    """One change of a text: what takes the place of a range of characters."""

    span: Span
    text: str


class Fix(NamedTuple):
    """The changes that mend a mistake, for a machine to make.

    Attributes:
        edits: in the order of the text.
        safe: whether they keep what is meant, as another name for the same thing does; else they are a guess.
    """

    edits: tuple[Edit, ...]
    safe: bool

    def applied(self, text: str) -> str:
        """The text with the changes made."""
        for edit in reversed(self.edits):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        return text


class Advice(NamedTuple):
    """How to mend a mistake.

    Attributes:
        text: in words.
        instead: what takes the place of the marked text; None where that is not all, or where only words can say it.
        edits: the changes, where they are not at the marked text alone.
        safe: as in `Fix`.
    """

    text: str
    instead: str | None = None
    edits: tuple[Edit, ...] = ()
    safe: bool = False

    def fix(self, place: Span) -> Fix | None:
        """The changes for a mistake at `place`; None where there are none, or where a variable stands for the marked text."""
        if self.instead is None:
            return Fix(tuple(sorted(self.edits, key=lambda edit: edit.span.start)), self.safe) if self.edits else None
        if "$" in place.text and "$" not in self.instead:
            return None
        marked = place._replace(end=place.start + len(place.text.rstrip()))  # libyaml counts a block's line end to it
        return Fix((Edit(marked, self.instead),), self.safe)


class Diagnostic(NamedTuple):
    """One mistake.

    Attributes:
        code: its kind.
        span: where it is.
        message: the headline: what was expected and what is there, in the user's words.
        label: a few words beside the marked text.
        help: how to fix it, or None.
        related: other places that explain it.
        trace: lines of context, such as the shapes on the way to the mistake.
        fix: the changes that the help names, where a machine can make them.
    """

    code: type[Code]
    span: Span
    message: str
    label: str = ""
    help: str | None = None
    related: tuple[Related, ...] = ()
    trace: tuple[str, ...] = ()
    fix: Fix | None = None

    @property
    def severity(self) -> Severity:
        """`error` or `warning`."""
        return self.code.severity

    @property
    def is_error(self) -> bool:
        return self.code.severity == "error"

    def used_at(self, uses: Mapping[Related, str]) -> "Diagnostic":
        """The same with some of the uses of blocks that lead to it, each with what is to be added to its words."""
        if not uses:
            return self
        shown = [Related(at, printable(words + more)) for (at, words), more in islice(uses.items(), MOST_USES)]
        if (rest := len(uses) - len(shown)) > 0:
            shown[-1] = shown[-1]._replace(message=f"{shown[-1].message}, and {rest} more place{'s' * (rest > 1)}")
        return self._replace(related=tuple(dict.fromkeys((*self.related, *shown))))

    def key(self) -> tuple[object, ...]:
        """Equal for two reports of the same mistake: the same code and message at the same place."""
        return (self.code.id, self.span.source.path, self.span.start, self.message)


class Sink:
    """Collects the diagnostics of all stages of one compilation; a mistake reported twice is kept once.

    Attributes:
        meter: the steps that the spec's expressions have taken so far.
        uses: the uses of blocks that led to the current items: the values of variables there depend on them.
        in_brackets: the places (path, start, end) in which YAML is to split nothing; see `language/syntax/brackets.py`.
    """

    def __init__(self, in_brackets: Collection[tuple[str, int, int]] = ()) -> None:
        self.in_brackets = in_brackets
        self.meter = Meter()
        self._diagnostics: dict[tuple[object, ...], Diagnostic] = {}
        self._uses: dict[tuple[object, ...], dict[Related, str]] = {}
        self._hushed: set[Span] = set()
        self.uses: tuple[Related, ...] = ()

    @cached_property
    def effort(self) -> "Effort":
        """How many names may still be compared with misspelled ones."""
        from layerctl.diagnostics.spelling import Effort

        return Effort()

    def hush(self, place: Span) -> None:
        """Ignores further diagnostics of exactly this place: its value is unknown after a reported mistake."""
        self._hushed.add(place)

    def add(
        self,
        code: type[Code],
        span: Span,
        message: str,
        *,
        label: str = "",
        help: Advice | str | None = None,
        related: Iterable[Related] = (),
        uses: Iterable[Related] | None = None,
        trace: Iterable[str] = (),
        once: bool = False,
    ) -> None:
        """Adds a diagnostic. The same mistake again only adds the uses of blocks that lead to it.

        Args:
            uses: the uses of blocks that lead to the mistake. By default, at a `$`, those that lead to the current items; then
                the values differ, and `once` holds.
            once: whether mistakes of one code at one place are the same, whatever their messages.
        """
        if span in self._hushed:
            return
        advice = Advice(help) if isinstance(help, str) else help
        mend = printable(advice.text) if advice else None
        fix = advice.fix(span) if advice else None
        related = tuple(Related(at, printable(words)) for at, words in related)
        steps = tuple(map(printable, trace))
        diagnostic = Diagnostic(code, span, printable(message), printable(label), mend, related, steps, fix)
        if uses is None:
            uses = self.uses if self.uses and "$" in span.text else ()
            once = once or bool(uses)
        key = diagnostic.key()[: -1 if once else None]
        first = self._diagnostics.setdefault(key, diagnostic)
        other = "" if NAMED.sub("", first.message) == NAMED.sub("", diagnostic.message) else f": {diagnostic.message}"
        known = self._uses.setdefault(key, {})
        for use in uses:
            if use not in known:
                known[use], other = other, ""

    def did_you_mean(self, name: str, known: Iterable[str]) -> str | None:
        """As the function `did_you_mean`; None once `effort` is used up."""
        return self.effort.did_you_mean(name, known)

    def suggestion(self, name: str, known: Iterable[str], *, kind: str = "") -> Advice:
        """As the function `suggestion`; only the list of names once `effort` is used up."""
        known = known if isinstance(known, Collection) else list(known)
        return listed(self.did_you_mean(name, known), known, kind)

    def __len__(self) -> int:
        return len(self._diagnostics)

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self._diagnostics.values())

    def sorted(self, first: str = "") -> tuple[Diagnostic, ...]:
        """The diagnostics in the order of the text; see `in_order`."""
        return in_order([diagnostic.used_at(self._uses[key]) for key, diagnostic in self._diagnostics.items()], first)


def in_order(diagnostics: Collection[Diagnostic], first: str = "") -> tuple[Diagnostic, ...]:
    """Diagnostics in the order of the text: the file `first`, then the others as reported; then by place and code."""
    if not diagnostics:
        return ()
    files = {path: i for i, path in enumerate(dict.fromkeys([first, *(d.span.source.path for d in diagnostics)]))}
    return tuple(sorted(diagnostics, key=lambda d: (files[d.span.source.path], d.span.start, d.code.id)))


def suggestion(name: str, known: Iterable[str], *, kind: str = "") -> str:
    """Help for an unknown name: the nearest known name, else a list of the known names."""
    from layerctl.diagnostics.spelling import did_you_mean

    known = known if isinstance(known, Collection) else list(known)
    return listed(did_you_mean(name, known), known, kind).text


@overload
def meant(near: str | None, otherwise: str) -> Advice: ...
@overload
def meant(near: str | None, otherwise: None = None) -> Advice | None: ...
def meant(near: str | None, otherwise: str | None = None) -> Advice | None:
    """Advice that suggests the near name; other words where no name is near."""
    if near is None:
        return Advice(otherwise) if otherwise is not None else None
    return Advice(f"did you mean `{near}`?", near)


LISTED = 13
"""So many names are enough for a list: twelve are shown, and whether there are more."""


def listed(near: str | None, known: Collection[str], kind: str) -> Advice:
    """Advice that suggests the near name, or else lists the known names."""
    if near:
        return Advice(f"did you mean `{near}`?", near)
    if not known:
        return Advice(f"there are no {kind} here" if kind else "nothing is allowed here")
    shown = ", ".join(f"`{item[:60]}`" for item in islice(known, LISTED - 1))
    return Advice(f"{kind + ': ' if kind else 'one of '}{shown}" + (", …" if len(known) >= LISTED else ""))
