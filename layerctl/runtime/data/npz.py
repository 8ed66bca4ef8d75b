"""`.npz` files by path: `x_train`, `y_train`, perhaps `x_val`, …, and `x_test`, used unchanged unless `rescale` is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.arrays import check_input
from layerctl.analysis.data.pictures import check_pixels
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.arrays import Head
from layerctl.runs.preprocessing import ArrayForm, InputForm
from layerctl.runtime.data import _archive
from layerctl.runtime.data._source import Source, normalized
from layerctl.runtime.data._types import Array, Raw
from layerctl.runtime.data._values import are_pixels, as_trained, check_range, from_pixels, in_dtype


class Npz(Source):
    """Arrays whose values are used unchanged unless `rescale` is set; others are brought to the range that was trained on."""

    format = "npz"

    def read(self, path: Path) -> Raw:
        return _archive.read(path, self.wanted, self.notes)

    def kept(self, x: Any) -> dict[str, InputForm]:
        rescale = bool(self.wanted.options.get("rescale"))
        forms = {}
        for slot, array in self.arrays(x):
            if array.dtype.kind not in "biuf" or not array.size or not np.isfinite(limits := (array.min(), array.max())).all():
                continue  # `fit` reports what is no number
            form = ArrayForm(dtype=array.dtype.name, least=float(limits[0]), greatest=float(limits[1]), rescale=False)
            if rescale:
                check_pixels(slot, self.wanted, rescale=True)
                if form.divisor is None:
                    message = f"`x_train` goes from {form.least:g} to {form.greatest:g}: which value is white is not known"
                    raise self.wanted.misfit(message, "leave out `rescale`, or save pixels as uint8, 0 to 255")
                form = form.model_copy(update={"rescale": True})
            forms[slot.name] = InputForm(array=form)
        return forms

    def arrays(self, x: Any) -> Iterator[tuple[Slot, Array]]:
        """The array of each input."""
        if not isinstance(x, dict):
            self.wanted.only(self.wanted.inputs, "input")
        for slot in self.wanted.inputs:
            yield slot, x[slot.name] if isinstance(x, dict) else x

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        return [
            normalized(self.values(array, slot, forms.get(slot.name, InputForm()), part), forms.get(slot.name))
            for slot, array in self.arrays(x)
        ]

    def values(self, x: Array, slot: Slot, form: InputForm, part: str) -> Array:
        """An array in the range that the model was trained on."""
        if are_pixels(x, form):
            return from_pixels(x, slot, form, self.wanted, part, self.fitted.data if self.fitted is not None else "")
        given = x.dtype
        if form.array is not None:
            x = as_trained(x, slot, form.array, self.wanted, part)
        values = fit(x, slot, self.wanted, part)
        if form.array is not None and form.array.rescale and (given.kind != "f" or form.array.dtype.startswith("float")):
            values = values / values.dtype.type(form.array.divisor)
        check_range(values, slot, form.white, self.wanted, part)
        return values


def fit(x: Array, slot: Slot, wanted: Wanted, name: str) -> Array:
    """The same values in the dtype of an input; an axis of one channel is added or removed if the shape differs by that alone.

    Raises:
        SpecError: the shape differs, values are not numbers, or integers are out of range.
    """
    axis = check_input(Head(x.shape, x.dtype.kind, str(x.dtype)), slot, wanted, name)
    if axis != "kept":
        x = x[..., None] if axis == "added" else x[..., 0]
    _check_values(x, slot, wanted, name)
    return in_dtype(x, slot, wanted, name)


def _check_values(x: Array, slot: Slot, wanted: Wanted, name: str) -> None:
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        message = f"`{name}` holds NaN or infinite values; the first is in sample {int(np.argwhere(~np.isfinite(x))[0][0])}"
        raise wanted.misfit(message, "drop those samples, or fill in a number")
    if slot.vocabulary is not None and x.size and not 0 <= x.min() <= x.max() < slot.vocabulary:
        table = f"a table of {slot.vocabulary:,} rows takes 0 to {slot.vocabulary - 1:,}"
        help = f"`input_dim: {int(x.max()) + 1}` has a row for each" if x.min() >= 0 else "count from 0"
        raise wanted.misfit(f"`{name}` goes from {x.min()} to {x.max()}; {table}", help)
