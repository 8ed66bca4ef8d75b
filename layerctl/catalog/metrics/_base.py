"""The base class of metrics: common arguments, and the form of the targets."""

from typing import ClassVar, Literal

from pydantic import Field, NonNegativeInt

from layerctl.catalog import Arguments, Rate, declared_order, snake_case
from layerctl.catalog.layers._base import DtypePolicy

Direction = Literal["min", "max"] | None
Targets = Literal["dense", "index"]
"""`dense`: of the output's shape, classes one-hot; `index`: one class number for each sample."""
Thresholds = Rate | tuple[Rate, ...] | None
ClassNumbers = tuple[NonNegativeInt, ...]


class Metric(Arguments):
    """A metric, with the arguments of Keras's base class.

    Class attributes:
        targets: the form of the targets.
        direction: whether smaller (`min`) or larger (`max`) values are better; None if neither is.
        compares_exactly: whether it counts the outputs that equal their targets exactly.
    """

    targets: ClassVar[Targets] = "dense"
    direction: ClassVar[Direction] = None
    compares_exactly: ClassVar[bool] = False

    name: str | None = Field(None, description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return declared_order(cls)

    def expects(self) -> Targets:
        """The form of the targets with these arguments."""
        return self.targets

    @property
    def needs_probabilities(self) -> bool:
        """Whether logits give a wrong value: they are cut at a threshold, where 0 would be right, or a logarithm is computed."""
        own = type(self).model_fields
        if "from_logits" in own:
            return not getattr(self, "from_logits", False)
        if "thresholds" in own:
            thresholds = getattr(self, "thresholds", None)
            by_rank = thresholds is None and getattr(self, "top_k", None) is not None
            return not by_rank and (any(thresholds) if isinstance(thresholds, tuple) else thresholds != 0)
        return "num_thresholds" in own or bool(getattr(self, "threshold", None))

    def reported(self) -> str:
        """The name under which Keras reports it."""
        return self.name if self.name is not None else snake_case(self.keras_name())
