"""Whether a kept preprocessing can be that of a model: a file that was changed or mixed up would give wrong values."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from layerctl.analysis.data.pictures import CHANNELS
from layerctl.analysis.data.wanted import Slot
from layerctl.base.shapes import Shape, text
from layerctl.runs.preprocessing import ImageForm, InputForm, Preprocessing, TableForm, shape_of

TABLES = ("csv", "text")
"""The formats whose data have named columns."""


def misfit(fitted: Preprocessing, inputs: Sequence[Slot], outputs: Sequence[str]) -> str | None:
    """What a preprocessing says that cannot be of a model with these inputs and outputs; None where it can be."""
    known = {slot.name for slot in inputs}
    targets = {*fitted.targets, *(fitted.table.target if fitted.table is not None else ())}
    if strange := (fitted.inputs.keys() - known) or (targets - set(outputs)):
        return f"names `{min(strange)}`, which is no input or output of the model"
    if fitted.format in TABLES:
        if fitted.table is None or fitted.inputs.keys() != known:
            return "does not say which columns of a table the model takes"
        return _unknown_column(fitted, fitted.table) or next(
            filter(None, map(_wrong_columns, inputs, _forms(fitted, inputs))), None
        )
    return next(filter(None, map(_wrong_values, inputs, _forms(fitted, inputs))), None)


def _forms(fitted: Preprocessing, inputs: Sequence[Slot]) -> list[InputForm]:
    return [fitted.inputs.get(slot.name, InputForm()) for slot in inputs]


def _unknown_column(fitted: Preprocessing, table: TableForm) -> str | None:
    used = {*(column.column for column in fitted.columns()), *(name for names in table.target.values() for name in names)}
    unknown = used - set(table.columns)
    return f"names the column `{min(unknown)}`, which its table has not" if unknown else None


def _wrong_columns(slot: Slot, form: InputForm) -> str | None:
    of_texts = [column.kind == "string" for column in form.columns]
    if not of_texts or any(of_texts) != (slot.dtype == "string") or any(of_texts) != all(of_texts):
        return f"has columns that the input `{slot.name}` of {slot.dtype} cannot take"
    width = sum(column.width for column in form.columns)
    if None not in slot.shape and width != prod(dim or 1 for dim in slot.shape):
        return f"has {width} values of columns for the input `{slot.name}`, which is {text((None, *slot.shape))}"
    return None


def _wrong_values(slot: Slot, form: InputForm) -> str | None:
    shown = text((None, *slot.shape))
    if form.columns:
        return f"has columns for the input `{slot.name}`, whose data are no table"
    if form.image is not None and not _takes(slot.shape, form.image):
        return f"makes images of {form.image.size} pixels, {form.image.mode}, of the input `{slot.name}`, which is {shown}"
    own = shape_of(form.mean or 0)
    if len(own) > len(slot.shape) or any(
        dim is not None and count not in (1, dim) for count, dim in zip(own[::-1], slot.shape[::-1], strict=False)
    ):
        return f"has {'×'.join(map(str, own))} means for the input `{slot.name}`, which is {shown}"
    return None


def _takes(shape: Shape, image: ImageForm) -> bool:
    """Whether images of this form fit an input."""
    channels = CHANNELS[image.mode]
    if len(shape) == 1:
        return shape[0] in (None, prod(image.size) * channels)
    full = (*shape, 1) if len(shape) == 2 else shape
    return len(full) == 3 and all(dim in (None, own) for dim, own in zip(full, (*image.size, channels), strict=True))
