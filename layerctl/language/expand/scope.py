"""The names of one scope: given and automatic names, and references to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from layerctl.base.shapes import is_index
from layerctl.base.source import Span
from layerctl.diagnostics import LISTED, Advice, Related, Sink, listed
from layerctl.graph._codes import UnknownReference
from layerctl.graph.graph import Ref, RefTree
from layerctl.language.bind import VALID_NAME, InvalidName
from layerctl.language.expand._codes import DuplicateName

REFERENCE = re.compile(r"(?P<path>[A-Za-z_][\w-]*(?:\.[\w-]+)*)(?P<parts>(?:\[[^\[\]]+\])*)")


class Bound(NamedTuple):
    """What a name stands for.

    Attributes:
        value: the output that a reference to it gives; None where a mistake leaves that unknown.
        place: where the name is given.
        inner: the names inside the use of a block or inside branches.
        op: the node of the layer that it calls, for `reuse`; None for inputs and groups.
        hides: whether a mistake leaves its kind unknown; it may then be a group.
        is_branch: whether it is a branch, which contains items but has no value.
    """

    value: RefTree | None
    place: Span
    inner: Scope | None = None
    op: int | None = None
    hides: bool = False
    is_branch: bool = False


class Scope:
    """The names that the items of one list can see: those of the list, and of the enclosing scopes.

    Attributes:
        prefix: put before a name to make it unique in the model: `stage1.`.
        unread: the names, but for their numbers, that items whose layer could not be read would have had; they are not reported.
        hidden: whether a mistake hides some of the names here; then an unknown name is reported only if it resembles a known one.
    """

    def __init__(self, sink: Sink, prefix: str = "", outer: Scope | None = None) -> None:
        self.sink = sink
        self.prefix = prefix
        self.outer = outer
        self.names: dict[str, Bound] = {}
        self.reserved: set[str] = set()
        self.hidden = False
        self.unread: set[str] = set()
        self._next: dict[str, int] = {}

    def automatic(self, base: str) -> str:
        """The next free automatic name: `conv2d`, `conv2d_1`, …"""
        number = self._next.get(base, 0)
        name = f"{base}_{number}" if number else base
        while name in self.reserved or name in self.names:
            number += 1
            name = f"{base}_{number}"
        self._next[base] = number + 1
        return name

    def define(self, name: str, bound: Bound) -> bool:
        """Enters a name; False after a diagnostic where it is taken."""
        first = self.names.setdefault(name, bound)
        if first is bound:
            return True
        self.sink.add(
            DuplicateName,
            bound.place,
            f"the name `{name}` is taken",
            help="rename one of the two, or leave out `name`",
            related=(Related(first.place, "first here"),),
        )
        return False

    def valid(self, name: object, place: Span) -> bool:
        if isinstance(name, str) and VALID_NAME.fullmatch(name):
            return True
        words = "use letters, digits, `_` and `-`, beginning with a letter or `_`"
        near = re.sub(r"[^A-Za-z0-9_-]+", "_", str(name)).strip("_")
        help = Advice(f"{words}: `{near}`", near) if VALID_NAME.fullmatch(near) else Advice(words)
        self.sink.add(InvalidName, place, f"`{name}` cannot be a name", help=help)
        return False

    def visible(self) -> Iterator[str]:
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            scope = scope.outer

    def layers(self, prefix: str = "", most: int = 6) -> str:
        """The layers of this scope, as a list for a message."""
        known = [f"`{prefix}{name}`" for name, bound in self.names.items() if bound.op is not None]
        return ", ".join(known[:most]) + (", …" if len(known) > most else "")

    def find(self, name: str) -> Bound | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def lookup(self, text: str, place: Span, *, later: Callable[[str], Span | None] = lambda name: None) -> Bound | None:
        """What the name part of a reference (`res_1.conv2d`) stands for, or None after a diagnostic."""
        first, *rest = text.split(".")
        bound = self.find(first)
        names = self
        at = first
        for step in rest:
            if bound is None:
                break
            if bound.inner is None and bound.hides:
                return None
            if bound.inner is None:
                help = f"write `{at}`; only a use of a block and branches hold items; a model names what it gives in `outputs`"
                self.unknown(place, text, f"`{at}` holds no inner items", (), help)
                return None
            names = bound.inner
            at = f"{at}.{step}"
            bound = names.names.get(step)
        if bound is None:
            self.missing(text, at, names, place, later(at))
        return bound

    def missing(self, text: str, at: str, names: Scope, place: Span, later: Span | None) -> None:
        if later is not None:
            self.sink.add(
                UnknownReference,
                place,
                f"`{at}` comes after this item",
                help="an item can use only what stands before it; move it up",
                related=(Related(later, f"`{at}` is here"),),
            )
            return
        name = at.rpartition(".")[2]
        if names.is_unread(name):
            return
        visible = names.visible if names is self else names.names.__iter__
        known = self.sink.effort.take(visible())
        last = max(
            (k for k in known if k.startswith(name) and re.fullmatch(re.escape(name) + r"_[0-9]{1,19}", k)),
            key=_number,
            default=None,
        )
        near = last or self.sink.effort.nearest(name, known)
        if names.hidden and near is None:
            return
        prefix = at.removesuffix(name)
        if near is not None:
            help = Advice(f"did you mean `{prefix}{near}`?", text.replace(at, prefix + near, 1))
        else:
            help = listed(None, [prefix + other for other in islice(visible(), LISTED)], "known names")
        self.unknown(place, text, f"there is no input or item `{at}` before this one", (), help)

    def is_unread(self, name: str) -> bool:
        """Whether an item whose layer could not be read would probably have had this name."""
        scope: Scope | None = self
        while scope is not None:
            if scope.unread and re.sub(r"_[0-9]+$", "", name) in scope.unread:
                return True
            scope = scope.outer
        return False

    def unknown(
        self, place: Span, text: str, message: str, known: list[str] | tuple[()], help: Advice | str | None = None
    ) -> None:
        name = re.split(r"[.\[]", text)[-1] if "." in text else text
        self.sink.add(UnknownReference, place, message, help=help or self.sink.suggestion(name, known, kind="known names"))

    def resolve(self, text: str, place: Span, later: Callable[[str], Span | None]) -> RefTree | None:
        """The output that a reference (`stem`, `lstm[1]`, `encoder[mean]`) stands for; None after a diagnostic."""
        match = REFERENCE.fullmatch(text)
        if match is None:
            known = self.sink.effort.take(self.visible()) or list(islice(self.visible(), LISTED))
            self.unknown(place, text, f"`{text}` is not a reference", known)
            return None
        bound = self.lookup(match["path"], place, later=later)
        if bound is not None and bound.is_branch and bound.inner is not None:
            last = next(reversed(bound.inner.names), None)
            help = (
                f"name an item of it, such as `{match['path']}.{last}`"
                if last
                else "it is empty; name what the branches start from"
            )
            self.unknown(place, text, f"`{match['path']}` is a branch, which is no item", (), help)
            return None
        if bound is None or bound.value is None:
            return None
        value = bound.value
        for part in re.findall(r"\[([^\[\]]+)\]", match["parts"]):
            step: int | str = int(part) if is_index(part) else part
            if isinstance(value, Ref):
                value = Ref(value.node, (*value.path, step))
            elif isinstance(value, Mapping) and part in value:
                value = value[part]
            elif not isinstance(value, Mapping) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                outputs = list(value) if isinstance(value, Mapping) else [str(index) for index in range(len(value))]
                help = "its outputs: " + ", ".join(f"`{match['path']}[{name}]`" for name in outputs)
                self.unknown(place, text, f"`{match['path']}` has no output `{part}`", (), help)
                return None
        return value


def _number(name: str) -> int:
    return int(name.rpartition("_")[2])
