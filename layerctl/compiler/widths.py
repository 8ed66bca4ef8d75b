"""Widths that give several specs the same cost: `compare --match`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from layerctl.analysis.costs import summarize
from layerctl.base.source import Span
from layerctl.compiler._codes import BudgetMissed, NoWidth
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.variants import Cost, Match, Variant
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.language.syntax import Mapping, Node, Scalar

WIDTHS = ("width", "units", "filters")
"""The variables that set a model's width."""
WIDEST = 1 << 20
NEAR = 0.02
"""A variant whose cost differs from the budget by at most this share needs no variable."""
FAR = 0.05
"""A variant whose cost differs by more cannot be compared at the same cost."""
STEPS = 64
"""How many further widths are tried where the spec refuses one."""
SCANNED = 256
"""Up to this width all are tried where none is near: the cost may go up and down."""
AWAY = 4
"""A cost that is so many times what is wanted, and grows, is not followed further."""
WORDS: dict[Cost, str] = {"params": "parameters", "macs": "MACs"}
Figure = Callable[[int], int | None]
"""The figure of a width; None for a width that the spec refuses."""


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
        variable: the variable that sets the width; by default the one called `width`, `units` or `filters` that comes nearest.

    Raises:
        SpecError: a variant that is off by more than 2 % has no such variable, or none brings it within 5 %.
        UsageError: the cost of the first is 0.
    """
    first, *others = variants
    budget = cost(first.compiled, by)
    if not budget:
        raise UsageError(f"`{first.text}` has no {WORDS[by]} to match", "name another one first")
    return [first._replace(match=Match(by, budget, budget)), *(_matched(other, by, budget, variable) for other in others)]


class _Tried(NamedTuple):
    """What a variable can do.

    Attributes:
        name: of the variable.
        before: its value in the spec.
        costs: by the widths that were tried.
        value: the one that comes nearest.
    """

    name: str
    before: int
    costs: dict[int, int]
    value: int

    def off(self, budget: int) -> float:
        return abs(self.costs[self.value] / budget - 1)

    def said(self, budget: int) -> str:
        if len(set(self.costs.values())) == 1:
            return f"`{self.name}` changes nothing"
        found = self.costs[self.value]
        return f"`{self.name}` from {min(self.costs)} to {max(self.costs):,} comes nearest with {self.value:,} ({found:,})"


def _matched(variant: Variant, by: Cost, budget: int, variable: str | None) -> Variant:
    names = (variable,) if variable is not None else WIDTHS
    found = {name: width for name in names if (width := _width(variant.compiled, name)) is not None}
    if not found:
        unchanged = Match(by, budget, cost(variant.compiled, by))
        if abs(unchanged.off) <= NEAR:
            return variant._replace(match=unchanged)
        raise SpecError((_no_width(variant, by, budget, variable),))
    tried = [_tried(variant, by, budget, name, width) for name, width in found.items()]
    best = min(tried, key=lambda one: one.off(budget))
    if best.off(budget) > FAR:
        raise SpecError((_missed(variant, by, budget, tried, best),))
    matched = variant.changed(f"vars.{best.name}={best.value}") if best.value != best.before else variant
    return matched._replace(match=Match(by, budget, cost(matched.compiled, by), best.name, best.before, best.value))


def _tried(variant: Variant, by: Cost, budget: int, name: str, width: int) -> _Tried:
    def figure(value: int) -> int | None:
        try:
            return cost(variant.changed(f"vars.{name}={value}").compiled, by)
        except SpecError:
            return None

    costs = figures_near(figure, budget, width)
    return _Tried(name, width, costs, nearest(costs, budget))


def nearest(costs: dict[int, int], budget: int) -> int:
    """The width whose cost is nearest to a budget; of several the smallest."""
    return min(costs, key=lambda width: (abs(costs[width] - budget), width))


def figures_near(figure: Figure, budget: int, start: int) -> dict[int, int]:
    """The figures of widths, those that are nearest to a budget among them; whether they rise or fall with the width.

    Args:
        figure: the figure of a width.
        budget: the wanted figure.
        start: a width that the spec accepts.
    """
    known: dict[int, int] = {}

    def at(width: int) -> bool:
        """Whether the spec accepts a width."""
        if width not in known and (value := figure(width)) is not None:
            known[width] = value
        return width in known

    at(start)
    for widths in (_outwards(at, known, budget, start, 2.0), _outwards(at, known, budget, start, 0.5)):
        before = start
        for width in widths:
            if (known[before] - budget) * (known[width] - budget) < 0:
                _bisect(at, known, budget, *sorted((before, width)))
            before = width
        if budget in known.values():
            return known
    if len(set(known.values())) > 1 and abs(known[nearest(known, budget)] / budget - 1) > FAR:
        for width in range(1, SCANNED + 1):
            at(width)
    return known


def _outwards(at: Callable[[int], bool], known: dict[int, int], budget: int, start: int, factor: float) -> Iterator[int]:
    """Accepted widths twice, four times, … as large as the first, or half, a quarter, …; at the end the last that is accepted."""
    width, most = start, AWAY * max(known[start], budget)
    while 1 < width * factor <= WIDEST or width * factor == 1:
        wanted = int(width * factor)
        further = next((one for one in range(wanted, wanted + STEPS) if at(one)), None)
        if further is None or further in (width, start):
            further = _last(at, width, wanted)
        if further == width:
            return
        yield further
        if known[further] > most and known[further] > known[width]:
            return
        width = further


def _last(at: Callable[[int], bool], accepted: int, refused: int) -> int:
    """A width that is accepted, beside one that is not."""
    while abs(refused - accepted) > 1:
        middle = (accepted + refused) // 2
        accepted, refused = (middle, refused) if at(middle) else (accepted, middle)
    return accepted


def _bisect(at: Callable[[int], bool], known: dict[int, int], budget: int, low: int, high: int) -> None:
    """Tries widths between two whose figures are on either side of a budget, down to neighbours."""
    below = known[low] < budget
    while high - low > 1:
        middle = (low + high) // 2
        width = next((one for one in range(middle, min(middle + STEPS, high)) if at(one)), None)
        if width is None:
            high = middle
        elif (known[width] < budget) == below and known[width] != budget:
            low = width
        else:
            high = width


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
    wanted = f"variable `{name}`" if name is not None else "variable called `width`, `units` or `filters`"
    there = name is not None and _variable(variant.compiled, name) is not None
    fault = f"`{name}` is no positive integer" if there else f"there is no {wanted}"
    message = f"`{variant.text}` has {cost(variant.compiled, by):,} {WORDS[by]}, not {budget:,}, and {fault} to change that"
    root = variant.compiled.root
    help = "add `vars: {width: 64}` and use it, as in `units: $width`; or name another variable with `--match-var`"
    return Diagnostic(NoWidth, Span(root.source, root.start, root.start), message, "", help)


def _missed(variant: Variant, by: Cost, budget: int, tried: Sequence[_Tried], best: _Tried) -> Diagnostic:
    found = best.costs[best.value]
    off = f"{100 * best.off(budget):.0f} % {'more' if found > budget else 'fewer'} than"
    message = f"`{variant.text}` comes to {found:,} {WORDS[by]} at best, {off} the {budget:,} of the first"
    node = _variable(variant.compiled, best.name) or variant.compiled.root
    help = f"tried: {', '.join(one.said(budget) for one in tried)}; name another variable with `--match-var`, or change the spec"
    return Diagnostic(BudgetMissed, Span(node.source, node.start, node.end), message, "", help)
