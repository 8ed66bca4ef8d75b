"""The result of `layerctl convert`: the new spec, and the proof that it is the same function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import by_field, plain

Weights = Literal["own", "random"]


class Difference(NamedTuple):
    """How far one output of two models is apart.

    Attributes:
        output: its name in the first spec.
        inputs: what both models were run on: `random`, `padded`, `unknown`, or the name of a dataset.
        weights: the weights they had: the model's `own`, or `random` ones.
        dtype: what they computed in; of a policy its name.
        samples: how many samples they were run on.
        max: the largest absolute difference of two values.
        mean: the mean absolute difference of all values.
        bound: the largest difference that rounding alone explains, of any value.
        share: the largest difference of a value as a share of that value's own bound.
        missed: an error that changes all values by less than this share of them may not be seen.
    """

    output: str
    inputs: str
    weights: Weights
    dtype: str
    samples: int
    max: float
    mean: float
    bound: float
    share: float
    missed: float

    @property
    def within(self) -> bool:
        """Whether rounding explains it; False if a value is not a number."""
        return self.share <= 1

    def figures(self) -> dict[str, Any]:
        """The three figures by their names in a certificate."""
        data = by_field(self)
        return {"max_abs_difference": data["max"], "mean_abs_difference": data["mean"], "bound": data["bound"]}

    def to_json(self) -> dict[str, Any]:
        return by_field(self) | {"within": self.within}


SEEN = 0.01
"""A proof must see an error of this share in each output."""


class Proof(NamedTuple):
    """The differences of two models for each output, dtype and kind of input and weights; `notes` say what could not be tried."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def within(self) -> bool:
        """Whether rounding explains every difference."""
        return all(difference.within for difference in self.differences)

    @property
    def missed(self) -> dict[str, float]:
        """For each output the share of its values below which an error may not be seen."""
        found: dict[str, float] = {}
        for one in self.differences:
            found[one.output] = min(one.missed, found.get(one.output, one.missed))
        return found

    @property
    def holds(self) -> bool | None:
        """Whether rounding explains every difference; None if it would explain nearly any: then nothing is proven."""
        if not self.within:
            return False
        return True if all(share <= SEEN for share in self.missed.values()) else None

    @property
    def worst(self) -> Difference:
        """The largest difference of the models as they are, beyond its bound first."""
        own = [one for one in self.differences if one.weights == "own" and one.dtype != "float64"] or self.differences
        return max(own, key=lambda one: (not one.within, one.max))


class ModelSize(NamedTuple):
    """A model's name, its parameters, and the multiply-accumulates of one sample."""

    model: str
    params: int
    macs: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """A rewritten spec, and the proof that it is the same function.

    Attributes:
        spec: the text of the new spec.
        after: the new model's size, on inputs of the same size.
        weights: the weights of both models: `of the run`, or `fresh`.
        output: where the new spec or model was to be written; None if nothing was written.
        files: the files that were written.
    """

    spec: str
    before: ModelSize
    after: ModelSize
    weights: Literal["of the run", "fresh"]
    proof: Proof
    output: str | None = None
    files: tuple[str, ...] = ()

    @property
    def equivalent(self) -> bool | None:
        """Whether rounding explains every difference of the outputs; None if rounding alone changes them beyond recognition."""
        return self.proof.holds

    @property
    def record(self) -> dict[str, Any]:
        """The certificate as `layerctl convert --format json` prints it."""
        return self.to_json()

    def to_json(self) -> dict[str, Any]:
        """The certificate as `layerctl convert --format json` prints it."""
        return {
            "version": 1,
            "equivalent": self.equivalent,
            **self.proof.worst.figures(),
            "from": plain(self.before),
            "to": plain(self.after),
            "output": self.output,
            "files": list(self.files),
            "weights": self.weights,
            "missed": plain(self.proof.missed),
            **by_field(self.proof),
        }
