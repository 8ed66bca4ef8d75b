"""Labels fitted to a model's output and its loss."""

from __future__ import annotations

import numpy as np

from layerctl.errors import SpecError
from layerctl.runtime.codes import LabelsDoNotFit
from layerctl.runtime.data._types import Array, Target, Wanted
from layerctl.shapes import text


def fit(labels: Array, target: Target, wanted: Wanted, name: str) -> Array:
    """Labels as the loss of an output takes them.

    Args:
        labels: numbers with the samples first.
        target: the output.
        wanted: where to say what is wrong.
        name: what the labels are called: `y_train`.

    Raises:
        SpecError: they have another form, or are out of range.
    """
    if labels.dtype.kind not in "biuf":
        raise refuse(wanted, f"`{name}` holds {labels.dtype} values; labels are numbers", "save them as integers or floats")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise refuse(wanted, f"`{name}` holds NaN or infinite values", "drop those samples, or fill in a number")
    if target.form == "classes":
        return _classes(labels, target, wanted, name)
    if target.form == "one-hot" and _is_index(labels, target):
        at = _in_range(labels.reshape(len(labels), *target.shape[:-1]), target, wanted, name)
        return np.eye(target.shape[-1] or 1, dtype=np.float32)[at]
    if target.shape[-1:] == (1,) and labels.shape[1:] == target.shape[:-1]:
        labels = labels[..., None]
    if not matches(labels.shape[1:], target.shape):
        message = f"`{name}` is {text(labels.shape)}; the output `{target.name}` is {text((None, *target.shape))}"
        raise refuse(wanted, message, f"{target.loss} compares value by value: give the labels the output's shape")
    low, high = (float(labels.min()), float(labels.max())) if labels.size else (0.0, 0.0)
    if target.form == "binary" and not (low >= -1 and high <= 1):
        message = f"`{name}` goes from {low:g} to {high:g}; {target.loss} takes two classes, 0 and 1"
        raise refuse(wanted, message, "for more classes take `sparse_categorical_crossentropy` and one unit for each class")
    return labels.astype(np.float32)


def _classes(labels: Array, target: Target, wanted: Wanted, name: str) -> Array:
    """Class numbers, one for each position of the output."""
    if labels.ndim == len(target.shape) + 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if not matches(labels.shape[1:], target.shape[:-1]):
        message = f"`{name}` is {text(labels.shape)}; {target.loss} takes class numbers, {text((None, *target.shape[:-1]))}"
        one_hot = labels.ndim == len(target.shape) + 1 and labels.shape[-1] == target.shape[-1]
        raise refuse(
            wanted,
            message,
            "for one-hot labels the loss is `categorical_crossentropy`" if one_hot else "save one number a sample",
        )
    if labels.dtype.kind == "f" and not (labels == np.floor(labels)).all():
        message = f"`{name}` holds fractions; {target.loss} takes class numbers"
        raise refuse(wanted, message, "for numbers as targets the loss is `mean_squared_error`, for example")
    return _in_range(labels, target, wanted, name)


def _in_range(labels: Array, target: Target, wanted: Wanted, name: str) -> Array:
    """Class numbers as int64, from 0 to one below the number of units."""
    found = labels.astype(np.int64)
    counted = found if target.ignored is None else found[found != target.ignored]
    if target.classes is None or not counted.size:
        return found
    low, high = int(counted.min()), int(counted.max())
    if low < 0 or high >= target.classes:
        units = f"{target.classes} units take the labels 0 to {target.classes - 1}"
        help = (
            "count labels from 0"
            if low > 0 and high == target.classes
            else f"give the output {high + 1} units, or drop the labels above"
        )
        raise refuse(wanted, f"`{name}` goes from {low} to {high}; {units}", help if low >= 0 else "labels are counted from 0")
    return found


def _is_index(labels: Array, target: Target) -> bool:
    """Whether these are class numbers where the loss wants one-hot vectors, which are easily made of them."""
    shape = labels.shape[1:-1] if labels.ndim == len(target.shape) + 1 and labels.shape[-1] == 1 else labels.shape[1:]
    return labels.dtype.kind in "iu" and target.shape[-1:] != (1,) and matches(shape, target.shape[:-1])


def matches(found: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(found) == len(wanted) and all(b is None or a == b for a, b in zip(found, wanted, strict=True))


def refuse(wanted: Wanted, message: str, help: str) -> SpecError:
    return wanted.refuse(LabelsDoNotFit, message, help=help)
