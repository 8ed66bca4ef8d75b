"""Labels converted to the form that a loss takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerctl.analysis.data.arrays import CLASSES, check_labels, is_index, refuse
from layerctl.analysis.data.cells import is_number
from layerctl.analysis.data.labels import check_classes, check_names, integer, not_a_number
from layerctl.analysis.data.wanted import SIGNED, Target, Wanted
from layerctl.base.arrays import Head
from layerctl.runtime.data._types import Array


def classes_of(labels: Sequence[Array], target: Target, wanted: Wanted, given: Sequence[str] = ()) -> list[str] | None:
    """The names of the classes, in the order of their class numbers; None if the labels are not classes, or have no names.

    Texts are sorted. If all of them are integers, they are sorted as numbers; if these begin at 0, they are the class numbers.
    Labels that are numbers have no names unless `class_names` or the data give them.

    Args:
        labels: of all parts.
        target: the output.
        wanted: the model's requirements.
        given: the names that the data give to class numbers.

    Raises:
        SpecError: a label is not in `class_names`, or has no name in it.
    """
    if any(part.dtype != object for part in labels):
        if target.form not in CLASSES:
            return None
        named = list(wanted.options.get("class_names") or given)
        check_names(named, wanted)
        numbers = [part[part != target.ignored] for part in labels if part.shape[1:] in ((), (1,)) and part.dtype.kind in "iu"]
        greatest = max((int(part.max()) for part in numbers if part.size), default=0)
        if named and greatest >= len(named):
            message = f"`class_names` has {len(named)} names; the labels go up to {greatest}, which has none"
            raise refuse(wanted, message, f"give {greatest + 1} names, for the classes 0 to {greatest}")
        return named or None
    return check_classes({name for part in labels for name in part.tolist()}, target, wanted)


def numbered(labels: Array, classes: list[str] | None, target: Target, wanted: Wanted) -> Array:
    """Labels as numbers: a text becomes its class number, or without classes the number that it spells.

    Raises:
        SpecError: a label is not a class of the model, or not a number.
    """
    if labels.dtype != object:
        return labels
    if classes is not None:
        index = {name: number for number, name in enumerate(classes)}
        try:
            return np.array([index[text if text in index else str(integer(text))] for text in labels.tolist()], np.int64)
        except KeyError:
            unknown = next(text for text in labels.tolist() if text not in index)
        listed = ", ".join(f"`{known}`" for known in classes[:10])
        raise refuse(wanted, f"the label `{unknown}` is no class of the model", f"its classes are {listed}")
    try:
        return labels.astype(np.float64)
    except ValueError:
        raise not_a_number(next(text for text in labels.tolist() if not is_number(text)), target, wanted) from None


def fit(labels: Array, target: Target, wanted: Wanted, name: str) -> Array:
    """Converts labels to the form that the loss of an output takes.

    Args:
        labels: numbers with the samples first.
        target: the output.
        wanted: names the place in the spec for mistakes.
        name: of the labels in messages: `y_train`.

    Raises:
        SpecError: they cannot be converted, or are out of range.
    """
    head = Head(labels.shape, labels.dtype.kind, str(labels.dtype))
    axis = check_labels(head, target, wanted, name)
    if axis != "kept":
        labels = labels[..., None] if axis == "added" else labels[..., 0]
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise refuse(wanted, f"`{name}` holds NaN or infinite values", "drop those samples, or fill in a number")
    if target.form in ("classes", "sequence"):
        return _whole(labels, target, wanted, name)
    if is_index(head, target):
        at = _in_range(labels.reshape(len(labels), *target.shape[:-1]), target, wanted, name)
        return np.eye(target.shape[-1] or 1, dtype=np.float32)[at]
    if target.limits is not None and labels.size:
        _check_limits(float(labels.min()), float(labels.max()), target, wanted, name)
    return labels.astype(np.float32)


def _check_limits(low: float, high: float, target: Target, wanted: Wanted, name: str) -> None:
    """Checks that labels which are compared value by value are such as the loss takes."""
    least, greatest = target.limits or (low, high)
    if least <= low <= high <= greatest:
        return
    takes = f"two classes, {least} and {greatest}"
    help = "for more classes take `sparse_categorical_crossentropy` and one unit for each class"
    if target.form == "one-hot":
        takes = "vectors of probabilities, from 0 to 1"
        help = "save one-hot vectors; for numbers as targets the loss is `mean_squared_error`, for example"
    elif (low, high) == SIGNED:
        help = "save 0 and 1; for -1 and 1 the loss is `hinge`"
    raise refuse(wanted, f"`{name}` goes from {low:g} to {high:g}; {target.loss} takes {takes}", help)


def _whole(labels: Array, target: Target, wanted: Wanted, name: str) -> Array:
    """Class numbers, after a check that they are whole and in range."""
    if labels.dtype.kind == "f" and not (labels == np.floor(labels)).all():
        message = f"`{name}` holds fractions; {target.loss} takes class numbers"
        raise refuse(wanted, message, "for numbers as targets the loss is `mean_squared_error`, for example")
    return _in_range(labels, target, wanted, name)


def _in_range(labels: Array, target: Target, wanted: Wanted, name: str) -> Array:
    """Class numbers as int64, after a check that they are from 0 to one below the number of units."""
    numbers = labels.astype(np.int64)
    checked = numbers if target.ignored is None else numbers[numbers != target.ignored]
    if target.classes is None or not checked.size:
        return numbers
    low, high = int(checked.min()), int(checked.max())
    if low < 0 or high >= target.classes:
        units = f"{target.classes} units take the labels 0 to {target.classes - 1}"
        help = (
            "count labels from 0"
            if low > 0 and high == target.classes
            else f"give the output {high + 1} units, or drop the labels above"
        )
        raise refuse(wanted, f"`{name}` goes from {low} to {high}; {units}", help if low >= 0 else "labels are counted from 0")
    return numbers
