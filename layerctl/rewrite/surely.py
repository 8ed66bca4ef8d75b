"""Steps that are different functions whatever weights stand around them.

Most differences can be made up for by weights: a factor by the kernel in front of it, a sigmoid by a tanh (tanh x = 2 σ(2x) -
1). What is listed here cannot, so that one input on which two models differ shows that they are not the same function.
"""

from __future__ import annotations

from typing import Any

from layerctl.catalog.layers._rewriting import Windows
from layerctl.rewrite.step import Activation, Merge, Step

KIN = (
    {"sigmoid", "tanh"},
    {"hard_sigmoid", "hard_tanh", "relu6", "sparse_sigmoid"},
    {"softplus", "log_sigmoid"},
    {"elu", "selu", "celu"},
)
"""Activations that become each other by factors and offsets in front of them and behind them."""
MERGES = ({"add", "multiply"}, {"add", "maximum"}, {"add", "minimum"}, {"multiply", "maximum"}, {"multiply", "minimum"})
"""Ways to merge of which none becomes the other by factors, offsets or signs."""


def surely_unlike(one: Step, other: Step) -> str | None:
    """Why two steps, of which the rest of the models is alike, are different functions; None if they may be the same."""
    a, b = one.does, other.does
    if a == b:
        return None
    if isinstance(a, Activation) and isinstance(b, Activation):
        differ = _functions(a, b)
    elif isinstance(a, Merge) and isinstance(b, Merge):
        differ = {a.how, b.how} in MERGES and a.shapes == b.shapes
    elif isinstance(a, Windows) and isinstance(b, Windows):
        differ = {a.how, b.how} == {"average", "maximum"} and a._replace(how=b.how) == b
    else:
        differ = one.weights == other.weights and _unmasked(a) == _unmasked(b) is not None
    if not differ:
        return None
    if _unmasked(a) is not None and _unmasked(a) == _unmasked(b):
        heeds, ignores = (one, other) if dict(a[2]).get("masked") else (other, one)
        return f"`{heeds.name}` is given a mask, and `{ignores.name}` none"
    return f"{one.words}, and {other.words}"


def _functions(a: Activation, b: Activation) -> bool:
    """Whether two activations are no kin. A slope may be the inverse of another one, with the sign turned."""
    if a.along is not None or b.along is not None:
        return False
    if a.name == b.name:
        slopes = [one.arguments.get("negative_slope") for one in (a, b)]
        return None not in slopes and abs(slopes[0] * slopes[1] - 1) > 1e-6 and set(a.arguments) == {"negative_slope"}
    return not any({a.name, b.name} <= kin for kin in KIN)


def _unmasked(does: Any) -> Any:
    """What another layer does, but for whether its inputs are masked."""
    if type(does) is not tuple or len(does) != 4:
        return None
    name, arguments, options, shapes = does
    return name, arguments, {key: value for key, value in options.items() if key != "masked"}, shapes
