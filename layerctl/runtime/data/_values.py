"""Values in the range that a model was trained on, whether they come from files of pictures or from arrays."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt

import numpy as np

from layerctl.analysis.data.pictures import CHANNELS
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.shapes import FLOATS
from layerctl.catalog.datasets import find
from layerctl.runs.preprocessing import WHITE, ArrayForm, ImageForm, InputForm
from layerctl.runtime.data._pictures import fitted
from layerctl.runtime.data._types import Array, numpy_dtype


def in_dtype(x: Array, slot: Slot, wanted: Wanted, name: str) -> Array:
    """The same values in the dtype of an input.

    Raises:
        SpecError: some are beyond its range.
    """
    dtype = np.dtype("float32" if slot.dtype in FLOATS - {"float64"} else slot.dtype)
    least, greatest = _range("float32" if slot.dtype == "bfloat16" else slot.dtype)
    if x.size and not np.can_cast(x.dtype, slot.dtype if slot.dtype == "float16" else dtype):
        low, high = x.min().item(), x.max().item()
        if low < least or high > greatest:
            values, takes = (" to ".join(map(_shown, pair)) for pair in ((low, high), (least, greatest)))
            help = "scale the values" if slot.dtype in FLOATS else "leave out the input's `dtype` (float32 is the default)"
            raise wanted.misfit(f"`{name}` goes from {values}; the input `{slot.name}` takes {slot.dtype}, {takes}", help)
    return x.astype(dtype, copy=False)


def _range(dtype: str) -> tuple[float, float]:
    """The least and the greatest number of a dtype."""
    if dtype in FLOATS:
        return float(np.finfo(dtype).min), float(np.finfo(dtype).max)
    return (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)


def _shown(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def stacked(pictures: Iterable[Array], count: int, image: ImageForm, slot: Slot, white: float) -> Array:
    """Pictures as one array in the input's shape and dtype.

    Args:
        pictures: as `_pictures.fitted` gives them.
        count: how many there are.
        image: their size and channels.
        slot: the input.
        white: the value that a white pixel gets.
    """
    dtype = np.dtype(numpy_dtype(slot.dtype))
    values: Array = np.empty((count, *image.size, CHANNELS[image.mode]), dtype)
    for number, pixels in enumerate(pictures):
        values[number] = _scaled(pixels, white, dtype)
    if len(slot.shape) == 1:
        return values.reshape(len(values), -1)
    return values[..., 0] if len(slot.shape) == 2 else values


def _scaled(pixels: Array, white: float, dtype: np.dtype[np.generic]) -> Array:
    greatest = 255 if pixels.dtype == np.uint8 else 1
    if white == greatest:
        return pixels
    whole = dtype.kind in "iu"
    values = pixels.astype(np.float32 if whole else dtype)
    values = values / values.dtype.type(greatest) if white == 1 else values * values.dtype.type(white / greatest)
    return np.rint(values) if whole else values


def are_pixels(x: Array, form: InputForm) -> bool:
    """Whether an array for a model that was trained on pictures holds pictures: integers, with or without an axis of channels."""
    if form.image is None or x.dtype.kind not in "biu" or 0 in x.shape[1:]:
        return False
    return x.ndim == 3 or (x.ndim == 4 and x.shape[-1] in CHANNELS.values()) or x.shape[1:] == (_size(form.image),)


def from_pixels(x: Array, slot: Slot, form: InputForm, wanted: Wanted, name: str, trained_on: str) -> Array:
    """Pictures in an array of integers, converted as files of the same pictures are.

    Raises:
        SpecError: the value of a white pixel is not known.
    """
    image, white = form.image, form.white
    assert image is not None
    assert white is not None
    if x.ndim == 2:
        x = x.reshape(len(x), *image.size, -1)
    facts = find(trained_on)
    greatest = int(x.max()) if x.size else 0
    if facts is not None and x.dtype != bool and 0 < greatest <= facts.pixel_range[1] < 255:
        message = f"`{name}` goes up to {greatest}: almost black as pixels from 0 to 255, and the whole range of `{facts.name}`"
        raise wanted.misfit(message, f"divide values of `{facts.name}` by {facts.pixel_range[1]}, and multiply them by {white:g}")
    depth = WHITE.get(x.dtype.name, 1 if x.dtype == bool else 255)
    if greatest > depth or (x.size and x.min() < 0):
        message = f"`{name}` goes from {x.min()} to {greatest}; which value is white is not known for {x.dtype}"
        raise wanted.misfit(message, "save pixels as uint8, 0 to 255, or as uint16, 0 to 65535")
    return stacked((fitted(_picture(one, depth), image) for one in x), len(x), image, slot, white)


def _size(image: ImageForm) -> int:
    return image.size[0] * image.size[1] * CHANNELS[image.mode]


def _picture(pixels: Array, white: int) -> Array | object:
    """One picture in the form that `fitted` takes; Pillow has no colours of 16 bits, and reads those of files with 8."""
    import PIL.Image

    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if white == WHITE["uint16"]:
        if pixels.ndim == 2:
            return np.asarray(pixels / np.float32(white), np.float32)
        pixels = pixels >> 8
    elif white == 1:
        pixels = pixels * 255
    return PIL.Image.fromarray(np.ascontiguousarray(pixels.astype(np.uint8)))


def as_trained(x: Array, slot: Slot, form: ArrayForm, wanted: Wanted, name: str) -> Array:
    """An array in the range of the arrays that were trained on; arrays of the same dtype, and those of no pixels, are unchanged.

    Raises:
        SpecError: they are pixels of another range, and which one is not known.
    """
    white = form.saved_white
    if x.dtype == form.dtype or x.dtype.kind == "f" or white is None or not x.size or not takes_pictures(slot):
        return x
    if x.dtype == bool:
        return x * np.float32(white) if white != 1 else x
    own = WHITE.get(x.dtype.name, 255)
    channels = len(slot.shape) == 3
    trained = f"the model was trained on {form.dtype} from {form.least:g} to {form.greatest:g}"
    message = f"`{name}` holds {x.dtype} from {x.min():g} to {x.max():g}; {trained}"
    help = f"save it as {form.dtype}, in the range that the model was trained on"
    if not form.dtype.startswith("float"):
        if channels and {own, white} == set(WHITE.values()):
            raise wanted.misfit(message, help)
        return x
    if not channels and white != 1:
        return x  # perhaps measurements: integers in the range of the floats
    if x.max() <= 1:
        if channels and x.max() == 1 and white == 1:
            raise wanted.misfit(message, help)
        return x
    if x.min() < 0 or x.max() > own:
        raise wanted.misfit(message, help)
    return x if own == white else x.astype(np.float32) * np.float32(white / own)


def check_range(x: Array, slot: Slot, white: float | None, wanted: Wanted, name: str) -> None:
    """Refuses pictures of floats whose range is another than that of the pixels that were trained on."""
    if white is None or x.dtype.kind != "f" or not x.size or len(slot.shape) != 3 or not takes_pictures(slot):
        return
    greatest = float(x.max())
    if (white == 1 and greatest > 16) or (white >= 255 and x.min() >= 0 and 0 < greatest <= 1):
        message = f"`{name}` holds floats up to {greatest:g}; the model was trained on pixels from 0 to {white:g}"
        raise wanted.misfit(message, "bring them to that range, or save pixels as uint8, which are converted")


def takes_pictures(slot: Slot) -> bool:
    """Whether an input has the shape of a picture: with 1, 3 or 4 channels, without them, or a square in one row."""
    shape = slot.shape
    if len(shape) == 3:
        return shape[2] in (None, *CHANNELS.values())
    return len(shape) == 2 or (len(shape) == 1 and (shape[0] or 0) >= 64 and _is_square(shape[0] or 0))


def _is_square(pixels: int) -> bool:
    return any(pixels % channels == 0 and isqrt(pixels // channels) ** 2 == pixels // channels for channels in CHANNELS.values())
