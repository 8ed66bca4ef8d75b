"""What `layerctl convert` finds: the new spec, and the proof that it is the same function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import finite, plain


class Difference(NamedTuple):
    """How far the outputs of two models are apart.

    Attributes:
        inputs: what both were given: `random`, or a dataset's name.
        dtype: what they computed in.
        samples: how many samples they were given.
        max: the largest absolute difference of two output values.
        mean: the mean absolute difference of all output values.
        bound: what rounding alone may come to.
    """

    inputs: str
    dtype: str
    samples: int
    max: float
    mean: float
    bound: float

    @property
    def within(self) -> bool:
        """Whether rounding explains it; not where a value is no number."""
        return self.max <= self.bound

    def to_json(self) -> dict[str, Any]:
        return finite(self._asdict()) | {"within": self.within}  # type: ignore[no-any-return]


class Proof(NamedTuple):
    """Two models held against each other.

    Attributes:
        differences: one for each dtype and each kind of input.
        notes: what could not be tried, a sentence each.
    """

    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether rounding explains every difference."""
        return all(difference.within for difference in self.differences)

    @property
    def worst(self) -> Difference:
        """The largest difference in float32; in the other dtypes, where float32 was not tried."""
        narrow = [difference for difference in self.differences if difference.dtype == "float32"] or self.differences
        return max(narrow, key=lambda difference: (not difference.within, difference.max))


class ModelSize(NamedTuple):
    """A model's name and size.

    Attributes:
        model: its name.
        params: its parameters.
        macs: the multiply-accumulates of one sample.
    """

    model: str
    params: int
    macs: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """A rewritten spec, and the proof that it is the same function.

    Attributes:
        spec: the text of the new spec.
        before: the model's size.
        after: the new model's size, on inputs of the same size.
        weights: whose weights both models have: `of the run`, or `fresh`.
        proof: how far the outputs of the two models are apart.
        output: where the new spec or model was to be written; None where nothing was.
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
        worst = self.proof.worst
        return {
            "version": 1,
            "equivalent": self.equivalent,
            "max_abs_difference": finite(worst.max),
            "mean_abs_difference": finite(worst.mean),
            "bound": finite(worst.bound),
            "from": plain(self.before),
            "to": plain(self.after),
            "output": self.output,
            "files": list(self.files),
            "weights": self.weights,
            "differences": plain(self.proof.differences),
            "notes": list(self.proof.notes),
        }
