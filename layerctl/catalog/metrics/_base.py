"""The base class of metrics: common arguments, and the form of the targets."""

from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Le
from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog import Arguments, Rate, snake_case
from layerctl.catalog.layers._base import DtypePolicy

Direction = Literal["min", "max"] | None
Targets = Literal["dense", "index"]
"""`dense`: of the output's shape, classes one-hot; `index`: one class number for each sample."""
Name = Annotated[str | None, Field(description="the name in reports.")]
Dtype = Annotated[DtypePolicy | None, Field(description="the dtype of the computation.")]
FromLogits = Annotated[bool, Field(description="whether the outputs are logits.")]
NumClasses = Annotated[PositiveInt, Field(description="the number of classes.")]
ClassNumbers = Annotated[tuple[NonNegativeInt, ...], Field(description="the classes over which the mean is computed.")]
IgnoredClass = Annotated[int | None, Field(description="a class number; samples of this class do not count.")]
ClassAxis = Annotated[int, Field(description="the axis of the classes.")]
Thresholds = Annotated[
    Rate | tuple[Rate, ...] | None,
    Field(description="larger outputs count as 1; a list gives a result for each. 0.5 by default."),
]
Average = Annotated[
    Literal["micro", "macro", "weighted"] | None,
    Field(description="how the classes are averaged; null returns one result for each."),
]
ScoreThreshold = Annotated[
    Annotated[float, Gt(0), Le(1)] | None,
    Field(description="larger outputs count as 1; by default the largest one does."),
]


class Metric(Arguments):
    """A metric, with the arguments of Keras's base class.

    Class attributes:
        targets: the form of the targets.
        direction: whether smaller (`min`) or larger (`max`) values are better; None if neither is.
    """

    targets: ClassVar[Targets] = "dense"
    direction: ClassVar[Direction] = None

    name: Name = None
    dtype: Dtype = None

    def expects(self) -> Targets:
        """The form of the targets with these arguments."""
        return self.targets

    def reported(self) -> str:
        """The name under which Keras reports it."""
        return self.name if self.name is not None else snake_case(self.keras_name())


class Score(Metric):
    """A metric whose larger values are better."""

    direction = "max"


class Error(Metric):
    """A metric whose smaller values are better."""

    direction = "min"


class Count(Metric):
    """A number of outputs that are above or below a threshold."""

    thresholds: Thresholds = None


class Retrieval(Score):
    """Precision or recall."""

    thresholds: Thresholds = None
    top_k: PositiveInt | None = Field(None, description="how many of the largest outputs count as 1.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")


class ScoreAtLimit(Score):
    """The best value of one score where another is at least a limit."""

    num_thresholds: PositiveInt = Field(200, description="the number of thresholds that are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")
