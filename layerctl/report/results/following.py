"""How one value of a layer is computed: each product, the bias, the activation, to check with a calculator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from layerctl.base.json_text import by_field, plain

Place: TypeAlias = tuple[int, ...]
"""The indices of a value in a sample, without the batch."""
Values: TypeAlias = "float | list[Values]"
"""A number, or lists of them in the shape of a tensor."""


class Product(NamedTuple):
    """One product of a weighted sum: an input value, where it stands, and its weight."""

    at: Place
    input: float
    weight: float

    @property
    def product(self) -> float:
        return self.input * self.weight

    def to_json(self) -> dict[str, Any]:
        return by_field(self) | {"product": plain(self.product)}


class WeightedSum(NamedTuple):
    """A sum of products, with an activation.

    Attributes:
        bias: None if there is none.
        sum: of the products and the bias.
        padding: how many further products with padding there are; each is 0.
        activation: its name.
        sums: of all units, for an activation along an axis such as softmax; None otherwise.
        result: the activation of the sum.
    """

    terms: tuple[Product, ...]
    bias: float | None
    sum: float
    padding: int
    activation: str
    sums: Values | None
    result: float

    def to_json(self) -> dict[str, Any]:
        return {"rule": "weighted sum", **by_field(self, "sums")}


class PooledValue(NamedTuple):
    """One value of a pooling's window."""

    at: Place
    input: float


class Pooling(NamedTuple):
    """The largest value, or the average, of a window.

    Attributes:
        rule: `maximum`, or `average`.
        padding: how many places of the window are padding.
    """

    rule: str
    terms: tuple[PooledValue, ...]
    padding: int
    result: float


class Normalized(NamedTuple):
    """An input value, shifted and scaled; `parts` are the other values of the formula by name."""

    input: float
    parts: Mapping[str, float]
    result: float

    @property
    def formula(self) -> str:
        return "(input - moving_mean) / sqrt(moving_variance + epsilon) * gamma + beta"

    def to_json(self) -> dict[str, Any]:
        return {"rule": "normalization", "formula": self.formula, **by_field(self)}


class LookedUp(NamedTuple):
    """An entry of an embedding table; `input` is its row."""

    input: int
    formula: str
    result: float

    def to_json(self) -> dict[str, Any]:
        return {"rule": "lookup", **by_field(self)}


Computation: TypeAlias = WeightedSum | Pooling | Normalized | LookedUp
"""How a value is computed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One value of the first sample, and how it is computed.

    Attributes:
        layer: whose output it is in; `encoder/dense` within a nested model.
        value: the layer's output.
        values: all of the sample if they are few; None otherwise.
        computation: None if layerctl cannot follow such a layer.
        why: why it cannot.
        agrees: whether the computation gives the value, up to rounding.
    """

    layer: str
    at: Place
    value: float
    values: Values | None
    computation: Computation | None = None
    why: str | None = None
    agrees: bool | None = None

    def to_json(self) -> dict[str, Any]:
        place = {"layer": self.layer, "sample": 0, "at": list(self.at)}
        data = place | {"value": plain(self.value), "values": plain(self.values)}
        if self.computation is None:
            return data | {"rule": None, "why": self.why}
        return {**data, **plain(self.computation), "agrees": self.agrees}
