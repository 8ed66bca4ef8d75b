"""Names that people bring along from older Keras, from PyTorch or by habit, and what takes their place in a spec.

A name of this table is explained by it; only other unknown names are compared by their spelling. Each kind of name has a table:
`layers`, `arguments`, `losses`, …, `values`, and `keys` of a section. It is read only where a spec has a mistake.

To add a name, add it to the table of its kind: lower-case letters and digits alone, as `key` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from importlib import import_module
from typing import NamedTuple

KERAS_1 = "its name in Keras 1"
KERAS_2 = "its name before Keras 3"
PYTORCH = "PyTorch's name for it"
ELSEWHERE = "its name in other programs"
HABIT = "a common name for it"
_SAYS_WHAT_IT_IS = (KERAS_1, KERAS_2, PYTORCH, ELSEWHERE, HABIT)


class Renaming(NamedTuple):
    """What takes the place of a name.

    Attributes:
        to: the names that can take its place: the first that is known there is meant.
        why: where the old name comes from; without new names, why there is nothing to write in its place.
        form: what to write in place of the name and its value; `{value}` is the value, `{x}` that of the key `x` beside it, and
            `{x|y}` that of `x` or `y`, or the default of `x`; those keys are left out. With new names, what to write for a name
            that no arguments follow.
        words: advice in words, where another name does not say it all.
        leave_out: whether nothing takes its place.
    """

    to: tuple[str, ...] = ()
    why: str = ""
    form: str = ""
    words: str = ""
    leave_out: bool = False

    def because(self, old: str) -> str:
        """The end of the advice: why."""
        return f"; `{old}` is {self.why}" if self.to or self.why in _SAYS_WHAT_IT_IS else f": {self.why}"

    def name(self, known: Container[str]) -> str | None:
        """The new name among those known."""
        return next((name for name in self.to if name in known), None)

    def helps(self, known: Container[str]) -> bool:
        """Whether it can be followed where these names are known: one of the new names, or the key that the form begins with."""
        key = self.form.partition(": ")[0]
        return self.name(known) is not None if self.to else not key.isidentifier() or key in known


Table = dict[str, Renaming]


def names(why: str, **new: str) -> Table:
    """Rows of old names and the new one, or several between bars: `stride="strides"`, `init="kernel_initializer|…"`."""
    return {key(old): Renaming(tuple(to.split("|")), why) for old, to in new.items()}


def forms(why: str, **new: str) -> Table:
    """Rows of old names and what to write in place of name and value."""
    return {key(old): Renaming(why=why, form=form) for old, form in new.items()}


def left_out(why: str, *old: str) -> Table:
    """Rows of names that nothing takes the place of."""
    return {key(name): Renaming(why=why, leave_out=True) for name in old}


def explained(**words: str) -> Table:
    """Rows of names that need words."""
    return {key(old): Renaming(words=text) for old, text in words.items()}


def advised(to: str, words: str, *old: str) -> Table:
    """Rows of names whose new name needs words."""
    return {key(name): Renaming((to,), words=words) for name in old}


def formed(to: str, form: str, why: str, *old: str) -> Table:
    """Rows of old names and the new one, which is written in this form where no arguments follow it."""
    return {key(name): Renaming((to,), why, form) for name in old}


def key(name: str) -> str:
    """A name as the tables hold it: lower-case letters and digits."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def renaming(kind: str, name: str) -> Renaming | None:
    """The row for a name: of layers, losses, metrics and so on without the module before it (`nn.Linear`, `tf.nn.relu`)."""
    if len(name) > 100 or kind not in _FILES:
        return None
    table: Table = getattr(import_module(f"layerctl.catalog.renamings.{_FILES[kind]}"), kind.upper())
    return table.get(key(name)) or table.get(key(name.rpartition(".")[2]))


def renamed(kinds: Iterable[str], name: str, known: Container[str]) -> Renaming | None:
    """The first row of some tables that helps where these names are known."""
    for kind in kinds:
        row = renaming(kind, name)
        if row is not None and row.helps(known):
            return row
    return None


_FILES = {
    kind: file
    for file, kinds in {
        "_layers": ("layers", "ops"),
        "_arguments": ("arguments", "behind", "settings"),
        "_values": ("values",),
        "_objects": (
            "activations",
            "constraints",
            "initializers",
            "optimizers",
            "regularizers",
            "schedules",
            "numbers",
        ),
        "_losses": ("losses", "metrics"),
        "_train": ("train", "earlystopping", "checkpoint"),
        "_data": ("data", "header_values", "delimiter_values", "datasets"),
        "_keys": ("document", "inputspec", "beside", "definition", "expect"),
    }.items()
    for kind in kinds
}
"""The file of each table; a table is named like its kind, in capitals."""
