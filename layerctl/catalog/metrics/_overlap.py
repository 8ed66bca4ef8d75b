"""Overlaps of classes: what they require of outputs."""

from __future__ import annotations

from typing import Any

from layerctl.base.shapes import Shape, units_in
from layerctl.catalog import ArgumentError, Unfit
from layerctl.catalog._shapes import rank_differs
from layerctl.catalog.metrics._base import Score, Targets, counted


class Overlap(Score):
    """IoU of several classes. Targets and outputs are class numbers (`sparse_…`), or have a value for each class along `axis`."""

    @property
    def sparse_targets(self) -> bool:
        return bool(getattr(self, "sparse_y_true", False))

    @property
    def sparse_outputs(self) -> bool:
        return bool(getattr(self, "sparse_y_pred", False))

    @property
    def takes_class_numbers(self) -> bool:
        return self.sparse_outputs

    def expects(self) -> Targets:
        return "index" if self.sparse_targets and not self.sparse_outputs else "dense"

    def unfit(self, shape: Shape) -> Unfit | None:
        if self.sparse_outputs:
            units = units_in(shape)
            if units in (1, None):
                return None
            message = f"takes class numbers as outputs; the output has {counted(units, 'value')} for each position"
            both = "`sparse_y_true: false, sparse_y_pred: false`" if self.sparse_targets else "`sparse_y_pred: false`"
            return Unfit(message, f"write {both}: the largest value is the class", "sparse_y_pred")
        if (unfit := rank_differs(shape, 2, least=True) or super().unfit(shape)) is not None:
            return unfit
        classes, asked = shape[getattr(self, "axis", -1)], getattr(self, "num_classes", 0)
        if classes is not None and classes > max(asked, 1):
            message = f"counts `num_classes: {asked}`; the output has {classes}"
            return Unfit(message, f"write `num_classes: {classes}`", "num_classes")
        return None

    def remedy(self, form: str) -> str | None:
        if form == "dense":
            return "write `sparse_y_true: false`"
        if self.sparse_targets:
            return "write `sparse_y_pred: false`: the largest value is the class"
        if "sparse_y_true" in type(self).model_fields:
            return "remove `sparse_y_true: false`"
        return f"take `{self.keras_name().removeprefix('OneHot')}` with `sparse_y_pred: false`"


def targets_are_classes(metric: Any) -> Any:
    """A validator of metrics of some classes."""
    if max(metric.target_class_ids, default=0) >= metric.num_classes:
        message = f"`target_class_ids` go from 0 to {metric.num_classes - 1}, got {max(metric.target_class_ids)}"
        raise ArgumentError("target_class_ids", message, "count classes from 0, or raise `num_classes`")
    return metric
