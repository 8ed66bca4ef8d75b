from typing import Annotated, Literal, Self

from annotated_types import Ge
from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator

from layerctl.base.shapes import Shape, units_in
from layerctl.catalog import ArgumentError, Rate, Unfit
from layerctl.catalog._shapes import rank_differs
from layerctl.catalog.metrics._base import Dtype, FromLogits, Name, Score, counted


class AUC(Score):
    """The area under the ROC or the precision-recall curve."""

    num_thresholds: Annotated[int, Ge(2)] = Field(200, description="how many thresholds approximate the curve.")
    curve: Literal["ROC", "PR"] = Field("ROC", description="`ROC` or `PR`.")
    summation_method: Literal["interpolation", "minoring", "majoring"] = Field(
        "interpolation", description="how the area is approximated."
    )
    name: Name = None
    dtype: Dtype = None
    thresholds: tuple[Rate, ...] | None = Field(None, description="the thresholds themselves, in place of `num_thresholds`.")
    multi_label: bool = Field(False, description="whether each output has a curve of its own.")
    num_labels: PositiveInt | None = Field(None, description="the number of outputs, with `multi_label`.")
    label_weights: tuple[NonNegativeFloat, ...] | None = Field(None, description="a weight for each output, with `multi_label`.")
    from_logits: FromLogits = False

    def unfit(self, shape: Shape) -> Unfit | None:
        units = units_in(shape)
        if self.multi_label and len(shape) != 2:
            return rank_differs(shape, 2)
        weights = self.label_weights
        for argument, count in (("num_labels", self.num_labels), ("label_weights", None if weights is None else len(weights))):
            if count is not None and units is not None and count != units:
                message = f"has `{argument}` for {counted(count, 'output')}; the output has {counted(units, 'unit')}"
                help = f"write `num_labels: {units}`" if argument == "num_labels" else f"give {counted(units, 'weight')}"
                return Unfit(message, help, argument)
        return None

    @model_validator(mode="after")
    def _labels_are_counted_of_several(self) -> Self:
        if self.num_labels is not None and not self.multi_label:
            raise ArgumentError(
                "num_labels", "`num_labels` goes with `multi_label: true`", "set `multi_label: true`, or remove it"
            )
        return self
