"""Grey images of one size: those of named datasets and of IDX files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from layerctl.analysis.data.pictures import check_pixels
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.shapes import text
from layerctl.catalog.datasets._base import Facts, Layout
from layerctl.runs.preprocessing import ImageForm, InputForm
from layerctl.runtime.data import _images
from layerctl.runtime.data._source import Source, normalized
from layerctl.runtime.data._types import Array, Raw, numpy_dtype


class Pixels(Source):
    """Images as arrays, converted to the input's size and channels.

    Args:
        wanted: the model's requirements.
        facts: the facts about the dataset.
    """

    format = "pixels"
    judged_whole = False

    def __init__(self, wanted: Wanted, facts: Facts) -> None:
        super().__init__(wanted)
        self.facts = facts

    def read(self, path: Path) -> Raw:
        from importlib import import_module

        raw = import_module(f"layerctl.runtime.data.{self.facts.name}").load(self.facts, self.wanted)
        assert isinstance(raw, Raw)
        return Raw(raw.x_train, raw.y_train, raw.x_test, raw.y_test, class_names=self.facts.class_names)

    def kept(self, x: Any) -> dict[str, InputForm]:
        slot = self.wanted.only(self.wanted.inputs, "input")
        rescale = bool(self.wanted.options.get("rescale", True))
        check_pixels(slot, self.wanted, rescale=rescale)
        layout = self.layout(slot)
        mode: Literal["L", "RGB"] = "L" if layout.channels in (None, 1) else "RGB"
        return {slot.name: InputForm(image=ImageForm(size=(layout.height, layout.width), mode=mode, rescale=rescale))}

    def axes(self, slot: Slot, array: Array) -> tuple[int, ...]:
        return image_axes(array)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        slot = self.wanted.only(self.wanted.inputs, "input")
        form = forms.get(slot.name, InputForm())
        dtype, greatest, white = numpy_dtype(slot.dtype), self.facts.pixel_range[1], self.white(slot, form)
        return [normalized(_images.fit(x, self.layout(slot), dtype, greatest=greatest, white=white), form)]

    def layout(self, slot: Slot) -> Layout:
        facts = self.facts
        size = self.wanted.options.get("image_size")
        layout = facts.layout(slot.shape, (size, size) if isinstance(size, int) else size)
        if layout is None:
            height, width = (size, size) if isinstance(size, int) else size or facts.size or (0, 0)
            shape = text((None, *slot.shape))
            message = f"{facts.name} has images of {height}×{width} pixels; the input `{slot.name}` is {shape}"
            raise self.wanted.misfit(message, f"declare the input as [{height}, {width}, 1], or set `image_size`")
        return layout


def image_axes(array: Array) -> tuple[int, ...]:
    """The axes over which mean and deviation are computed: each channel has its own."""
    return tuple(range(3)) if array.ndim == 4 else tuple(range(array.ndim))
