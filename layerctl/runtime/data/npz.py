"""`.npz` files by path: `x_train`, `y_train`, `x_test`, `y_test`, used unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data._codes import DataDoNotFit
from layerctl.analysis.data.arrays import check_input
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.arrays import Head
from layerctl.base.shapes import FLOATS
from layerctl.runs.preprocessing import InputForm
from layerctl.runtime.data import _archive
from layerctl.runtime.data._source import Source, normalized
from layerctl.runtime.data._types import Array, Raw


class Npz(Source):
    """Arrays whose values are used unchanged."""

    format = "npz"

    def read(self, path: Path) -> Raw:
        return _archive.read(path, self.wanted)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        arrays = x if isinstance(x, dict) else {self.wanted.only(self.wanted.inputs, "input").name: x}
        return [normalized(fit(arrays[slot.name], slot, self.wanted, part), forms.get(slot.name)) for slot in self.wanted.inputs]


def fit(x: Array, slot: Slot, wanted: Wanted, name: str) -> Array:
    """The same values in the dtype of an input; an axis of one channel is added or removed if the shape differs by that alone.

    Raises:
        SpecError: the shape differs, values are not numbers, or integers are out of range.
    """
    axis = check_input(Head(x.shape, x.dtype.kind, str(x.dtype)), slot, wanted, name)
    if axis != "kept":
        x = x[..., None] if axis == "added" else x[..., 0]
    _check_values(x, slot, wanted, name)
    scale = wanted.options.get("rescale")
    if scale and x.dtype == np.uint8:
        return x.astype(np.float32) / np.float32(255)
    return x.astype("float32" if slot.dtype in FLOATS - {"float64"} else slot.dtype, copy=False)


def _check_values(x: Array, slot: Slot, wanted: Wanted, name: str) -> None:
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        message = f"`{name}` holds NaN or infinite values; the first is in sample {int(np.argwhere(~np.isfinite(x))[0][0])}"
        raise wanted.refuse(DataDoNotFit, message, help="drop those samples, or fill in a number")
    if slot.vocabulary is not None and x.size and not 0 <= x.min() <= x.max() < slot.vocabulary:
        table = f"a table of {slot.vocabulary:,} rows takes 0 to {slot.vocabulary - 1:,}"
        help = f"`input_dim: {int(x.max()) + 1}` has a row for each" if x.min() >= 0 else "count from 0"
        raise wanted.refuse(DataDoNotFit, f"`{name}` goes from {x.min()} to {x.max()}; {table}", help=help)
