"""The result of `layerctl convert`: the new spec, and the proof that it is the same function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import by_field, plain


class Difference(NamedTuple):
    """How far the outputs of two models are apart.

    Attributes:
        inputs: what both models were run on: `random`, or the name of a dataset.
        dtype: what they computed in.
        samples: how many samples they were run on.
        max: the largest absolute difference of two output values.
        mean: the mean absolute difference of all output values.
        bound: the largest difference that rounding alone explains.
    """

    inputs: str
    dtype: str
    samples: int
    max: float
    mean: float
    bound: float

    @property
    def within(self) -> bool:
        """Whether rounding explains it; False if a value is not a number."""
        return self.max <= self.bound

    def figures(self) -> dict[str, Any]:
        """The three figures by their names in a certificate."""
        data = by_field(self)
        return {"max_abs_difference": data["max"], "mean_abs_difference": data["mean"], "bound": data["bound"]}

    def to_json(self) -> dict[str, Any]:
        return by_field(self) | {"within": self.within}


class Proof(NamedTuple):
    """The differences of two models for each dtype and each kind of input; `notes` say what could not be tried."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether rounding explains every difference."""
        return all(difference.within for difference in self.differences)

    @property
    def worst(self) -> Difference:
        """The largest difference in float32; in the other dtypes if float32 was not tried."""
        narrow = [difference for difference in self.differences if difference.dtype == "float32"] or self.differences
        return max(narrow, key=lambda difference: (not difference.within, difference.max))


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
    def equivalent(self) -> bool:
        """Whether rounding explains every difference of the outputs."""
        return self.proof.holds

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
            **by_field(self.proof),
        }
