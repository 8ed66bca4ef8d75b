"""One value of a layer, and how it comes about: each product, the bias, the activation, to check with a calculator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

Place: TypeAlias = tuple[int, ...]
"""Where a value stands in a sample."""
Values: TypeAlias = "float | list[Values]"
"""A number, or lists of them in the shape of a tensor."""


class Product(NamedTuple):
    """One product of a weighted sum."""

    at: Place
    input: float
    weight: float

    @property
    def product(self) -> float:
        return self.input * self.weight


class WeightedSum(NamedTuple):
    """A value that is a sum of products, with an activation.

    Attributes:
        terms: the products.
        bias: what is added to them; None where nothing is.
        sum: of both.
        padding: how many products with padding there are; each is 0.
        activation: its name.
        sums: of all units, for an activation that looks at them together; None otherwise.
        result: what the activation makes of the sum.
    """

    terms: tuple[Product, ...]
    bias: float | None
    sum: float
    padding: int
    activation: str
    sums: Values | None
    result: float

    def within(self, step: int) -> WeightedSum:
        """The same in a sample of several steps."""
        return self._replace(terms=tuple(term._replace(at=(step, *term.at)) for term in self.terms))

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "rule": "weighted sum",
            "terms": [{**term._asdict(), "at": list(term.at), "product": term.product} for term in self.terms],
            "bias": self.bias,
            "sum": self.sum,
            "padding": self.padding,
            "activation": self.activation,
        }
        return data | ({} if self.sums is None else {"sums": self.sums}) | {"result": self.result}


class PooledValue(NamedTuple):
    """One value of a pooling's window."""

    at: Place
    input: float


class Pooling(NamedTuple):
    """A value that is the largest, or the average, of a window.

    Attributes:
        how: `maximum`, or `average`.
        terms: the values.
        padding: how many places of the window are padding.
        result: what comes of them.
    """

    how: str
    terms: tuple[PooledValue, ...]
    padding: int
    result: float

    def within(self, step: int) -> Pooling:
        """The same in a sample of several steps."""
        return self._replace(terms=tuple(term._replace(at=(step, *term.at)) for term in self.terms))

    def to_json(self) -> dict[str, Any]:
        terms = [{"at": list(term.at), "input": term.input} for term in self.terms]
        return {"rule": self.how, "terms": terms, "padding": self.padding, "result": self.result}


class Normalized(NamedTuple):
    """A value that is another one, shifted and scaled.

    Attributes:
        input: the other one.
        parts: by what; names are those of the formula.
        result: what comes of them.
    """

    input: float
    parts: Mapping[str, float]
    result: float

    def within(self, step: int) -> Normalized:
        """The same in a sample of several steps."""
        return self

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": "normalization",
            "formula": "(input - moving_mean) / sqrt(moving_variance + epsilon) * gamma + beta",
            "input": self.input,
            "parts": dict(self.parts),
            "result": self.result,
        }


class LookedUp(NamedTuple):
    """A value that is an entry of a table.

    Attributes:
        row: which row; what the layer was given.
        column: which column.
        result: the entry.
    """

    row: int
    column: int
    result: float

    def within(self, step: int) -> LookedUp:
        """The same in a sample of several steps."""
        return self

    def to_json(self) -> dict[str, Any]:
        formula = f"embeddings[{self.row}, {self.column}]"
        return {"rule": "lookup", "input": self.row, "formula": formula, "result": self.result}


Computation: TypeAlias = WeightedSum | Pooling | Normalized | LookedUp
"""How a value is computed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One value of the first sample, followed back to what it was computed from.

    Attributes:
        layer: whose value it is; `encoder/dense` within a nested model.
        at: where it stands, without the batch.
        value: what the layer gave.
        values: all of the sample, where they are few; None otherwise.
        computation: how it is computed; None where the layer is not followed.
        why: why it is not followed; None where it is.
        agrees: whether that gives the value, up to rounding; None where the layer is not followed.
    """

    layer: str
    at: Place
    value: float
    values: Values | None
    computation: Computation | None = None
    why: str | None = None
    agrees: bool | None = None

    def to_json(self) -> dict[str, Any]:
        data = {"layer": self.layer, "sample": 0, "at": list(self.at), "value": self.value, "values": self.values}
        if self.computation is None:
            return data | {"rule": None, "why": self.why}
        return data | self.computation.to_json() | {"agrees": self.agrees}
