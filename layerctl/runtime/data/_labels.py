"""Labels converted to the form that a loss takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerctl.base.shapes import text
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.codes import LabelsDoNotFit
from layerctl.runtime.data._types import Array, Target, Wanted


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
    if target.form not in ("classes", "one-hot", "binary"):
        return None
    class_names = wanted.options.get("class_names")
    if any(part.dtype != object for part in labels):
        named = list(class_names or given)
        numbers = [part[part != target.ignored] for part in labels if part.ndim == 1 and part.dtype.kind in "iu"]
        greatest = max((int(part.max()) for part in numbers if part.size), default=0)
        if named and greatest >= len(named):
            message = f"`class_names` has {len(named)} names; the labels go up to {greatest}, which has none"
            raise refuse(wanted, message, f"give {greatest + 1} names, for the classes 0 to {greatest}")
        return named or None
    names = sorted({name for part in labels for name in part.tolist()})
    if class_names:
        if unknown := [name for name in names if name not in class_names]:
            help = f"add it to `class_names`: {', '.join(names[:10])} {'…' if len(names) > 10 else 'is all there is'}"
            raise refuse(wanted, f"the label `{unknown[0]}` is none of `class_names`", help)
        return list(class_names)
    integers = [_integer(name) for name in names]
    if None in integers:
        return names
    numbers = sorted({number for number in integers if number is not None})
    few = min(numbers) == 0 and max(numbers) <= 2 * len(numbers) + 8
    return [str(number) for number in (range(max(numbers) + 1) if few else numbers)]


def _integer(name: str) -> int | None:
    try:
        number = float(name)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def numbered(labels: Array, classes: list[str] | None, target: Target, wanted: Wanted, name: str) -> Array:
    """Labels as numbers: a text becomes its class number, or without classes the number that it spells.

    Raises:
        SpecError: a label is not a class of the model, or not a number.
    """
    if labels.dtype != object:
        return labels
    if classes is not None:
        index = {name: number for number, name in enumerate(classes)}
        try:
            return np.array([index[text if text in index else str(_integer(text))] for text in labels.tolist()], np.int64)
        except KeyError:
            unknown = next(text for text in labels.tolist() if text not in index)
        listed = ", ".join(f"`{known}`" for known in classes[:10])
        raise refuse(wanted, f"the label `{unknown}` is no class of the model", f"its classes are {listed}")
    try:
        return labels.astype(np.float64)
    except ValueError as error:
        message = f"`{name}` holds texts ({str(error).rpartition(': ')[2]}); {target.loss} takes numbers"
        raise refuse(wanted, message, "for classes the loss is `sparse_categorical_crossentropy`") from None


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
    if labels.dtype.kind not in "biuf":
        raise refuse(wanted, f"`{name}` holds {labels.dtype} values; labels are numbers", "save them as integers or floats")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise refuse(wanted, f"`{name}` holds NaN or infinite values", "drop those samples, or fill in a number")
    if wanted.options.get("one_hot") is not None and wanted.options["one_hot"] != (target.form == "one-hot"):
        takes = (
            "vectors with a single 1" if target.form == "one-hot" else "class numbers" if target.form == "classes" else "numbers"
        )
        raise refuse(wanted, f"{target.loss} takes {takes}", "leave out `one_hot`: labels become what the loss takes")
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


def _is_index(labels: Array, target: Target) -> bool:
    """Whether labels for a loss that takes one-hot vectors are class numbers, which can be converted."""
    shape = labels.shape[1:-1] if labels.ndim == len(target.shape) + 1 and labels.shape[-1] == 1 else labels.shape[1:]
    return labels.dtype.kind in "iu" and target.shape[-1:] != (1,) and matches(shape, target.shape[:-1])


def matches(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(b is None or a == b for a, b in zip(shape, expected, strict=True))


def refuse(wanted: Wanted, message: str, help: str) -> SpecError:
    return wanted.refuse(LabelsDoNotFit, message, help=help)
