"""Steps that are different functions whatever weights stand around them.

Most differences can be made up for by weights: a factor by the kernel in front of it, a sigmoid by a tanh (tanh x = 2 σ(2x) - 1),
a relu by a leaky one where a linear path leads around it, a sum by a product with a constant. What is listed here cannot, so
that one input on which two models differ shows that they are not the same function.
"""

from __future__ import annotations

from typing import Any

from layerctl.catalog.layers._rewriting import Windows
from layerctl.rewrite.step import Activation, Step

KIN = (
    {"sigmoid", "tanh", "tanh_shrink"},
    {"hard_sigmoid", "hard_tanh", "relu6", "sparse_sigmoid", "soft_shrink"},
    {"relu", "leaky_relu"},
    {"softplus", "log_sigmoid"},
    {"elu", "selu", "celu"},
)
"""Activations that become each other by factors and offsets in front and behind, or with a linear path around them."""


def surely_unlike(one: Step, other: Step) -> str | None:
    """Why two steps, of which the rest of the models is alike, are different functions; None if they may be the same."""
    a, b = one.does, other.does
    if a == b:
        return None
    if isinstance(a, Activation) and isinstance(b, Activation):
        differ = _functions(a, b)
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
    """Whether two activations are no kin."""
    elementwise = a.along is None and b.along is None
    return elementwise and a.name != b.name and not any({a.name, b.name} <= kin for kin in KIN)


def _unmasked(does: Any) -> Any:
    """What another layer does, but for whether its inputs are masked."""
    if type(does) is not tuple or len(does) != 4:
        return None
    name, arguments, options, shapes = does
    return name, arguments, {key: value for key, value in options.items() if key != "masked"}, shapes
