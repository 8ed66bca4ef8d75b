"""Whether arrays fit a model's inputs and losses, by their shapes and dtypes."""

from __future__ import annotations

from typing import Literal

from layerctl.analysis.data._codes import LabelsDoNotFit
from layerctl.analysis.data.wanted import Slot, Target, Wanted
from layerctl.base.arrays import Head
from layerctl.base.shapes import FLOATS, text
from layerctl.diagnostics.errors import SpecError

NUMBERS = "biuf"
"""NumPy's letters for the kinds of numbers that a model takes."""
TEXTS = "US"
"""NumPy's letters for the kinds of texts, which labels may be."""
CLASSES = ("classes", "one-hot", "binary")
"""The forms of labels that are classes."""
Axis = Literal["kept", "added", "removed"]
"""What happens to a last axis of length 1 so that an array fits."""


def matches(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(b is None or a == b for a, b in zip(shape, expected, strict=True))


def check_input(head: Head, slot: Slot, wanted: Wanted, name: str) -> Axis:
    """How an array becomes an input.

    Args:
        head: of the array.
        slot: the input.
        wanted: names the place in the spec for mistakes.
        name: of the array in messages: `x_train`.

    Raises:
        SpecError: its shape differs, or its values are of a kind that the input does not take.
    """
    if head.kind not in NUMBERS:
        raise wanted.misfit(f"`{name}` holds {head.dtype} values; a model takes numbers", "save it as integers or floats")
    shape = head.shape[1:]
    axis: Axis = "kept"
    if not matches(shape, slot.shape):
        if slot.shape[-1:] == (1,) and matches(shape, slot.shape[:-1]):
            axis = "added"
        elif shape[-1:] == (1,) and matches(shape[:-1], slot.shape):
            axis = "removed"
        else:
            message = f"`{name}` is {text(head.shape, batch=False)}; the input `{slot.name}` is {text((None, *slot.shape))}"
            dims = ", ".join(map(str, shape))
            raise wanted.misfit(message, f"declare the input as `{slot.name}: [{dims}]`, or reshape the data when you save them")
    if slot.dtype == "string" or (slot.dtype not in FLOATS and head.kind == "f"):
        message = f"`{name}` holds {head.dtype} values; the input `{slot.name}` takes {slot.dtype}"
        raise wanted.misfit(message, "leave out the input's `dtype` (float32 is the default), or save integers")
    return axis


def check_labels(head: Head, target: Target, wanted: Wanted, name: str) -> Axis:
    """How an array becomes the labels of an output; arguments as for `check_input`.

    Raises:
        SpecError: its shape differs, or its values are not numbers.
    """
    if head.kind in TEXTS:
        check_texts(head, wanted, name)
        if target.form not in CLASSES:
            return "kept"  # whether each spells a number is not known
        head = Head(head.shape[:1], "i", "int64")
    if head.kind not in NUMBERS:
        raise refuse(wanted, f"`{name}` holds {head.dtype} values; labels are numbers", "save them as integers or floats")
    shape = head.shape[1:]
    if target.form == "sequence":
        return _check_sequences(head, target, wanted, name)
    if target.form == "classes":
        return _check_classes(head, target, wanted, name)
    if is_index(head, target):
        return "kept"
    if target.shape[-1:] == (1,) and matches(shape, target.shape[:-1]):
        return "added"
    if not matches(shape, target.shape):
        message = f"`{name}` is {text(head.shape)}; the output `{target.name}` is {text((None, *target.shape))}"
        help = ends_in_units(shape, target) or f"{target.loss} compares value by value: give the labels the output's shape"
        raise refuse(wanted, message, help)
    return "kept"


def check_texts(head: Head, wanted: Wanted, name: str) -> None:
    """Checks that labels which are texts are one for each sample; arguments as for `check_input`."""
    if head.kind in TEXTS and head.shape[1:] not in ((), (1,)):
        message = f"`{name}` is {text(head.shape)} and holds texts; each sample has one text as its label"
        raise refuse(wanted, message, "save one text a sample, or class numbers")


def _check_classes(head: Head, target: Target, wanted: Wanted, name: str) -> Axis:
    """How an array becomes class numbers, one for each position of the output."""
    rank = len(target.shape) + 1
    axis: Axis = "removed" if len(head.shape) == rank and head.shape[-1] == 1 else "kept"
    shape = head.shape[1:-1] if axis == "removed" else head.shape[1:]
    if matches(shape, target.shape[:-1]):
        return axis
    message = f"`{name}` is {text(head.shape)}; {target.loss} takes class numbers, {text((None, *target.shape[:-1]))}"
    one_hot = len(head.shape) == rank and head.shape[-1] == target.shape[-1]
    help = "for one-hot labels the loss is `categorical_crossentropy`" if one_hot else ends_in_units(shape, target)
    raise refuse(wanted, message, help or "save one number a sample")


def _check_sequences(head: Head, target: Target, wanted: Wanted, name: str) -> Axis:
    if len(head.shape) == 2 and head.kind in "iuf":
        return "kept"
    message = f"`{name}` is {text(head.shape)}; {target.loss} takes sequences of class numbers, (batch, length)"
    raise refuse(wanted, message, "save a row of class numbers for each sample, filled up with 0 behind its end")


def is_index(head: Head, target: Target) -> bool:
    """Whether labels for a loss that takes one-hot vectors are class numbers, which can be converted."""
    single = len(head.shape) == len(target.shape) + 1 and head.shape[-1] == 1
    shape = head.shape[1:-1] if single else head.shape[1:]
    whole = target.form == "one-hot" and head.kind in "iu" and target.shape[-1:] != (1,)
    return whole and matches(shape, target.shape[:-1])


def ends_in_units(shape: tuple[int, ...], target: Target) -> str | None:
    """How to end a model that has axes beside the units, where each sample has one label; None where that is not the case."""
    if len(target.shape) < 2 or shape not in ((), (1,), target.shape[-1:]):
        return None
    last = "leave out `return_sequences: true` of the last recurrent layer, or add" if len(target.shape) == 2 else "add"
    return (
        f"each sample has one label, so end the model in (batch, units): {last} Flatten or a global pooling before the last Dense"
    )


def refuse(wanted: Wanted, message: str, help: str, option: str | None = None) -> SpecError:
    return wanted.refuse(LabelsDoNotFit, message, help=help, option=option)
