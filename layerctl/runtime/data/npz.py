"""`.npz` files by path: `x_train`, `y_train`, `x_test`, `y_test`, perhaps `x_val`, `y_val`, used unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.base.shapes import FLOATS, text
from layerctl.runs.preprocessing import InputForm
from layerctl.runtime.codes import DataDoNotFit
from layerctl.runtime.data import _archive
from layerctl.runtime.data._labels import matches
from layerctl.runtime.data._source import Source, normalized
from layerctl.runtime.data._types import Array, Raw, Slot, Wanted


class Npz(Source):
    """Arrays whose values are used unchanged."""

    format = "npz"

    def read(self, path: Path) -> Raw:
        return _archive.read(path, self.wanted, self.notes)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        arrays = x if isinstance(x, dict) else {slot.name: x for slot in self.only(self.wanted.inputs, "input")}
        return [normalized(fit(arrays[slot.name], slot, self.wanted, part), forms.get(slot.name)) for slot in self.wanted.inputs]


def fit(x: Array, slot: Slot, wanted: Wanted, name: str) -> Array:
    """The same values in the dtype of an input; an axis of one channel is added or removed if the shape differs by that alone.

    Raises:
        SpecError: the shape differs, values are not numbers, or integers are out of range.
    """
    if x.dtype.kind not in "biuf":
        raise wanted.refuse(
            DataDoNotFit, f"`{name}` holds {x.dtype} values; a model takes numbers", help="save it as integers or floats"
        )
    shape = x.shape[1:]
    if not matches(shape, slot.shape):
        if slot.shape[-1:] == (1,) and matches(shape, slot.shape[:-1]):
            x = x[..., None]
        elif shape[-1:] == (1,) and matches(shape[:-1], slot.shape):
            x = x[..., 0]
        else:
            message = f"`{name}` is {text(x.shape, batch=False)}; the input `{slot.name}` is {text((None, *slot.shape))}"
            dims = ", ".join(map(str, shape))
            help = f"declare the input as `{slot.name}: [{dims}]`, or reshape the data when you save them"
            raise wanted.refuse(DataDoNotFit, message, help=help)
    _check_values(x, slot, wanted, name)
    scale = wanted.options.get("rescale")
    if scale and x.dtype == np.uint8:
        return x.astype(np.float32) / np.float32(255)
    return x.astype("float32" if slot.dtype in FLOATS - {"float64"} else slot.dtype, copy=False)


def _check_values(x: Array, slot: Slot, wanted: Wanted, name: str) -> None:
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        message = f"`{name}` holds NaN or infinite values; the first is in sample {int(np.argwhere(~np.isfinite(x))[0][0])}"
        raise wanted.refuse(DataDoNotFit, message, help="drop those samples, or fill in a number")
    if slot.dtype == "string" or (slot.dtype not in FLOATS and x.dtype.kind == "f"):
        message = f"`{name}` holds {x.dtype} values; the input `{slot.name}` takes {slot.dtype}"
        raise wanted.refuse(
            DataDoNotFit, message, help="leave out the input's `dtype` (float32 is the default), or save integers"
        )
    if slot.vocabulary is not None and x.size and not 0 <= x.min() <= x.max() < slot.vocabulary:
        table = f"a table of {slot.vocabulary:,} rows takes 0 to {slot.vocabulary - 1:,}"
        help = f"`input_dim: {int(x.max()) + 1}` has a row for each" if x.min() >= 0 else "count from 0"
        raise wanted.refuse(DataDoNotFit, f"`{name}` goes from {x.min()} to {x.max()}; {table}", help=help)
