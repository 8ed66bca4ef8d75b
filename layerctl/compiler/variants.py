"""Variants of a spec, such as `cnn@vars.width=64`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from layerctl.compiler.configuration import settings as configured_settings
from layerctl.compiler.locate import CannotLocate, SpecFile, find
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes
from layerctl.diagnostics import Diagnostic
from layerctl.language.expand.settings import Settings

Cost = Literal["params", "macs"]
OVERRIDE = re.compile(r"@(?=[A-Za-z_][\w.-]*=)")
NO_EXPECTATIONS = "expect={}"
"""The override that drops a spec's expectations, which do not hold for its variants."""


class Match(NamedTuple):
    """The width that gives a variant the cost of the first variant.

    Attributes:
        by: the figure that is matched.
        budget: that figure of the first variant.
        cost: that figure of this variant.
        variable: the variable that sets the width; None where the variant is unchanged.
        before: the variable's value in the spec; None where the variant is unchanged.
        value: its value in the variant; None where the variant is unchanged.
    """

    by: Cost
    budget: int
    cost: int
    variable: str | None = None
    before: int | None = None
    value: int | None = None

    @property
    def off(self) -> float:
        """How far the cost is above the budget, as a share of the budget."""
        return self.cost / self.budget - 1

    def to_json(self) -> dict[str, Any]:
        width = {"variable": self.variable, "from": self.before, "value": self.value}
        return {"by": self.by, "budget": self.budget, **width, "found": self.cost, "off": self.off}


class Variant(NamedTuple):
    """A spec without errors, with its own overrides.

    Attributes:
        text: as the user named it.
        compiled: the spec with the overrides.
        warnings: the warnings of the static check.
        file: the spec's file; None for a spec that was given compiled.
        overrides: all `KEY=VALUE` texts in effect, first those for all specs.
        own: the overrides of this variant alone.
        match: the width that `match` chose; None without matching.
        settings: limits; the configured ones by default.
    """

    text: str
    compiled: Accepted
    warnings: tuple[Diagnostic, ...] = ()
    file: SpecFile | None = None
    overrides: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    match: Match | None = None
    settings: Settings | None = None

    def permitted(self, allow_custom_code: bool) -> Variant:
        """The variant with the permission to import its custom layers.

        Raises:
            SpecError: it has custom layers, and importing them is not allowed.
        """
        return self._replace(compiled=permitted(self.compiled, allow_custom_code=allow_custom_code))

    def changed(self, *overrides: str) -> Variant:
        """The variant with further overrides, without the spec's expectations.

        Raises:
            SpecError: with them the spec has errors.
            TypeError: the variant was given compiled.
        """
        if self.file is None:
            raise TypeError("matching changes the spec; it needs its path, not what `check` returned")
        compiled = _compiled(self.file, (*self.overrides, *overrides, NO_EXPECTATIONS), self.settings).accepted()
        keys = {text.partition("=")[0] for text in overrides}
        others = (text for text in self.own if text.partition("=")[0] not in keys)
        return self._replace(compiled=compiled._replace(custom_code=self.compiled.custom_code), own=(*others, *overrides))


def _compiled(file: SpecFile, overrides: Iterable[str], settings: Settings | None) -> Compiled:
    return compile_bytes(file.path, file.data, overrides=tuple(overrides), settings=settings or configured_settings())


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """The spec and the overrides of `cnn@vars.width=64@train.epochs=3`; an existing file of that name has no overrides."""
    if os.path.isfile(text):
        return text, ()
    spec, *overrides = OVERRIDE.split(text)
    return spec, tuple(overrides)


def read(text: str, overrides: Iterable[str] = (), settings: Settings | None = None) -> Variant:
    """The variant that a text names.

    Args:
        text: a path or a bare name, followed by any number of `@KEY=VALUE`.
        overrides: the overrides for all specs, before the variant's own.
        settings: limits; the configured ones by default.

    Raises:
        CannotLocate: there is no such spec.
        SpecError: it has errors.
    """
    spec, own = split(text)
    try:
        file = find(spec)
    except CannotLocate as error:
        if "@" in spec:
            error.help = f"a variant is written `{spec.partition('@')[0]}@KEY=VALUE`, as in `cnn@train.epochs=10`"
        raise
    every = (*overrides, *own, *((NO_EXPECTATIONS,) if own else ()))
    compiled = _compiled(file, every, settings)
    return Variant(text, compiled.accepted(), compiled.diagnostics, file, every, own, settings=settings)
