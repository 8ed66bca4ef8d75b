"""Variants of a spec, such as `cnn@vars.width=64`, and widths that give several specs the same cost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from layerctl.analysis.costs import summarize
from layerctl.base.source import Span
from layerctl.compiler._codes import NoWidth
from layerctl.compiler.configuration import settings as configured_settings
from layerctl.compiler.locate import CannotLocate, SpecFile, find
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.language.expand.settings import Settings
from layerctl.language.syntax import Mapping, Node, Scalar

Cost = Literal["params", "macs"]
OVERRIDE = re.compile(r"@(?=[A-Za-z_][\w.-]*=)")
WIDTHS = ("width", "units", "filters")
"""The variables that set a model's width."""
WIDEST = 1 << 20
NEAR = 0.02
"""A variant whose cost differs from the budget by at most this share needs no variable."""
STEPS = 64
"""How many further widths are tried where the spec refuses one."""
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


def cost(compiled: Accepted, by: Cost) -> int:
    """A model's parameters or MACs.

    Raises:
        UsageError: a custom layer does not declare its weights.
    """
    summary = summarize(compiled.model)
    unknown = next((row for row in summary.rows if row.params is None), None)
    if by == "params" and unknown is not None:
        message = f"the parameters of `{unknown.name}` in {compiled.path} are not known"
        raise UsageError(message, "declare its `weights` beside it")
    return summary.totals.params if by == "params" else summary.totals.macs


def match(variants: Sequence[Variant], by: Cost, variable: str | None = None) -> list[Variant]:
    """Sets the width of each variant but the first so that its cost is near to that of the first.

    Args:
        variants: the first sets the budget.
        by: the figure that is matched.
        variable: the variable that sets the width; by default one called `width`, `units` or `filters`.

    Raises:
        SpecError: a variant that is off by more than 2 % has no such variable.
        UsageError: the cost of the first is 0.
    """
    first, *others = variants
    budget = cost(first.compiled, by)
    if not budget:
        raise UsageError(f"`{first.text}` has no {'parameters' if by == 'params' else 'MACs'} to match", "name another one first")
    return [first._replace(match=Match(by, budget, budget)), *(_matched(other, by, budget, variable) for other in others)]


def _matched(variant: Variant, by: Cost, budget: int, variable: str | None) -> Variant:
    name = variable or next((name for name in WIDTHS if _width(variant.compiled, name) is not None), None)
    width = _width(variant.compiled, name) if name is not None else None
    if name is None or width is None:
        unchanged = Match(by, budget, cost(variant.compiled, by))
        if abs(unchanged.off) <= NEAR:
            return variant._replace(match=unchanged)
        raise SpecError((_no_width(variant, by, budget, name),))

    def figure(value: int) -> int | None:
        try:
            return cost(variant.changed(f"vars.{name}={value}").compiled, by)
        except SpecError:
            return None

    best = nearest(figure, budget, width)
    matched = variant.changed(f"vars.{name}={best}") if best != width else variant
    return matched._replace(match=Match(by, budget, cost(matched.compiled, by), name, width, best))


def nearest(figure: Callable[[int], int | None], budget: int, start: int) -> int:
    """The width whose figure is nearest to a budget, by bisection: the figure does not fall as the width grows.

    Args:
        figure: the figure of a width; None for a width that the spec refuses.
        budget: the wanted figure.
        start: a width that the spec accepts.
    """
    known: dict[int, int] = {}

    def at(width: int) -> int:
        """The least accepted width from here on."""
        for candidate in range(width, min(width + STEPS, WIDEST) + 1):
            if candidate in known:
                return candidate
            value = figure(candidate)
            if value is not None:
                known[candidate] = value
                return candidate
        return WIDEST + 1

    low = high = at(start)
    while known[high] < budget and high <= WIDEST // 2:
        low, further = high, at(2 * high)
        if further > WIDEST:
            break
        high = further
    while known[low] > budget and low > 1:
        high, low = low, at(max(1, low // 2))
    while high - low > 1:
        middle = at((low + high) // 2)
        if middle >= high:
            high = (low + high) // 2
        elif known[middle] < budget:
            low = middle
        else:
            high = middle
    return min(known, key=lambda width: (abs(known[width] - budget), width))


def _width(compiled: Accepted, name: str) -> int | None:
    """The value of a variable; None where it is not a positive integer."""
    node = _variable(compiled, name)
    value = node.value if isinstance(node, Scalar) else None
    return value if type(value) is int and value > 0 else None


def _variable(compiled: Accepted, name: str) -> Node | None:
    """The node of a variable's value; None where there is no such variable."""
    section = compiled.root.get("vars") if isinstance(compiled.root, Mapping) else None
    return section.get(name) if isinstance(section, Mapping) else None


def _no_width(variant: Variant, by: Cost, budget: int, name: str | None) -> Diagnostic:
    what = "parameters" if by == "params" else "MACs"
    wanted = f"variable `{name}`" if name is not None else "variable called `width`, `units` or `filters`"
    there = name is not None and _variable(variant.compiled, name) is not None
    fault = f"`{name}` is no positive integer" if there else f"there is no {wanted}"
    message = f"`{variant.text}` has {cost(variant.compiled, by):,} {what}, not {budget:,}, and {fault} to change that"
    root = variant.compiled.root
    help = "add `vars: {width: 64}` and use it, as in `units: $width`; or name another variable with `--match-var`"
    return Diagnostic(NoWidth, Span(root.source, root.start, root.start), message, "", help)
