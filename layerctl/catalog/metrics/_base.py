"""The base class of metrics: common arguments, and the form of the targets."""

from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Gt, Le
from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.base.shapes import Shape, text, units_in
from layerctl.catalog import Arguments, Rate, Unfit, snake_case
from layerctl.catalog._shapes import axis_missing, rank_differs
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
        compares_exactly: whether it counts the outputs that equal their targets exactly.
        rank: the only number of axes that outputs may have, batch included; None if any.
        least_rank: the smallest number of axes that outputs may have.
    """

    takes_lists = True
    targets: ClassVar[Targets] = "dense"
    direction: ClassVar[Direction] = None
    compares_exactly: ClassVar[bool] = False
    rank: ClassVar[int | None] = None
    least_rank: ClassVar[int] = 1

    name: Name = None
    dtype: Dtype = None

    def implied(self) -> dict[str, Any]:
        return {"name": self.reported()} if self.name is None else {}  # Keras numbers the second of a class in a process

    @property
    def takes_class_numbers(self) -> bool:
        """Whether outputs are class numbers, to which Keras cuts down fractions."""
        return False

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

    def unfit(self, shape: Shape) -> Unfit | None:
        """Why the metric cannot measure outputs of a shape, batch first; None if it can."""
        rank = self.rank if self.rank is not None else self.least_rank
        return (
            rank_differs(shape, rank, least=self.rank is None)
            or axis_missing(shape, getattr(self, "axis", None), last=self.expects() == "index")
            or self._class_missing(shape)
        )

    def _class_missing(self, shape: Shape) -> Unfit | None:
        """Why an output has no such class, or fewer classes than are asked for."""
        units = units_in(shape)
        class_id, top_k = getattr(self, "class_id", None), getattr(self, "top_k", None)
        if class_id is not None and len(shape) < 2:
            return Unfit(f"picks the class {class_id}; the output is {text(shape)}", "remove `class_id`", "class_id")
        if class_id is not None and units is not None and class_id >= units:
            last = f"classes go from 0 to {units - 1}" if units > 1 else "remove `class_id`: the output has one unit"
            return Unfit(f"picks the class {class_id}; the output has {counted(units, 'unit')}", last, "class_id")
        if top_k is not None and len(shape) > 1 and units is not None and top_k > units:
            message = f"counts the {top_k} largest outputs; the output has {counted(units, 'unit')}"
            return Unfit(message, f"write `top_k: {units}` or less, or remove it", "top_k")
        return None

    def figures(self, units: int | None) -> tuple[str, ...]:
        """What tells the figures of its result apart: a class, an output or a threshold for each; empty for a single number.

        Args:
            units: the size of the output's last axis.
        """
        return ()

    def single(self) -> str:
        """The argument that makes one number of several figures."""
        return ""

    def remedy(self, form: str) -> str | None:
        """How to make it take targets of another form; None if another metric is to be taken."""
        return None

    def reported(self) -> str:
        """The name under which Keras reports it."""
        return self.name if self.name is not None else snake_case(self.keras_name())


class ByThreshold(Metric):
    """A metric that has a result for each of several thresholds."""

    def figures(self, units: int | None) -> tuple[str, ...]:
        thresholds = getattr(self, "thresholds", None)
        if not isinstance(thresholds, tuple) or len(thresholds) < 2:
            return ()
        return tuple(str(threshold) for threshold in thresholds)

    def single(self) -> str:
        return "one threshold"


class Score(Metric):
    """A metric whose larger values are better."""

    direction = "max"


class ByClass(Score):
    """A metric of classes or outputs side by side, (batch, units), that may have a result for each.

    Class attributes:
        by: the argument that says how the results are averaged; null for one result each.
        averaged: a value of it.
    """

    rank = 2
    by: ClassVar[str] = "average"
    averaged: ClassVar[str] = "macro"

    def figures(self, units: int | None) -> tuple[str, ...]:
        each = getattr(self, self.by) is None and units is not None and units > 1
        return tuple(map(str, range(units or 0))) if each else ()

    def single(self) -> str:
        return f"`{self.by}: {self.averaged}`"


class Error(Metric):
    """A metric whose smaller values are better."""

    direction = "min"


class Count(ByThreshold):
    """A number of outputs that are above or below a threshold."""

    thresholds: Thresholds = None


class Retrieval(ByThreshold, Score):
    """Precision or recall."""

    thresholds: Thresholds = None
    top_k: PositiveInt | None = Field(None, description="how many of the largest outputs count as 1.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")


class ScoreAtLimit(Score):
    """The best value of one score where another is at least a limit."""

    num_thresholds: PositiveInt = Field(200, description="the number of thresholds that are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
