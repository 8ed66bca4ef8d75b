"""One picture, from a file or an array, decoded to the size and the channels of an input."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.pictures import CHANNELS
from layerctl.base import reading
from layerctl.runs.preprocessing import WHITE, ImageForm
from layerctl.runtime.data._left_out import LeftOut
from layerctl.runtime.data._types import Array

LIMIT, PIXEL = reading.PICTURES, 4
"""The limit, and the bytes of a pixel."""
WORDS = LIMIT._replace(default=64 * 1024**2)
"""The limit for texts in a picture, which the same setting raises."""
NOT_PICTURES = frozenset(("BUFR", "EPS", "FITS", "GRIB", "HDF5", "MPEG", "WMF"))
"""Formats that Pillow knows and cannot decode by itself, or without running another program, or that hold measurements."""
UNKNOWN_RANGE = {"I": "integers that are signed or have 32 bits", "F": "floats"}
"""Pillow's modes whose white has no fixed value."""


class Unreadable(Exception):
    """A picture that cannot be decoded; the text says why."""


@cache
def formats() -> tuple[str, ...]:
    """The formats that are read, by Pillow's names."""
    import PIL.Image

    PIL.Image.init()
    return tuple(name for name in PIL.Image.OPEN if name not in NOT_PICTURES)


@contextmanager
def opened(file: Path) -> Iterator[Any]:
    """Pillow's image of a file, whose pixels are not decoded yet; of several frames or pages the first.

    Raises:
        Unreadable: it cannot be opened, or what is done with it fails.
    """
    import PIL.Image

    try:
        # not by its name: Pillow would map a bare TIFF into memory, and mix up its rows if it is turned
        with reading.opened(file, LIMIT) as stream, _bounded(), PIL.Image.open(stream, formats=formats()) as picture:
            yield picture
    except Unreadable:
        raise
    except PIL.UnidentifiedImageError:
        raise Unreadable("its content is no picture that Pillow can read") from None
    except Exception as error:  # damaged files make Pillow's decoders raise nearly every kind
        raise Unreadable(reason(error)) from None


@contextmanager
def _bounded() -> Iterator[None]:
    """Within it Pillow refuses pictures that are larger than the limit, and texts in them that are far too long."""
    import PIL.Image
    import PIL.PngImagePlugin as png

    before = PIL.Image.MAX_IMAGE_PIXELS, png.MAX_TEXT_CHUNK, png.MAX_TEXT_MEMORY
    PIL.Image.MAX_IMAGE_PIXELS, png.MAX_TEXT_CHUNK, png.MAX_TEXT_MEMORY = LIMIT.most() // PIXEL, WORDS.most(), WORDS.most()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            yield
    finally:
        PIL.Image.MAX_IMAGE_PIXELS, png.MAX_TEXT_CHUNK, png.MAX_TEXT_MEMORY = before


def reason(error: Exception) -> str:
    """Why a picture cannot be decoded; of one that is too large, with what raises the limit."""
    if pixels := re.match(r"Image size \(([0-9]+) pixels\)", str(error)):
        error = LIMIT.exceeded("its pixels take", PIXEL * int(pixels[1]))
    elif "MAX_TEXT" in str(error):
        error = reading.Refused(str(WORDS.exceeded("its texts have", None)), LIMIT.exceeded("", None).help)
    if isinstance(error, reading.Refused):
        return f"{error}; {error.help}"
    if isinstance(error, OSError):
        return reading.reason(error)
    return "it needs more memory than there is" if isinstance(error, MemoryError) else str(error) or type(error).__name__


def size(file: Path) -> tuple[int, int]:
    """Height and width of a file's picture, turned upright.

    Raises:
        Unreadable: it cannot be opened.
    """
    import PIL.Image

    with opened(file) as picture:
        exif = PIL.Image.Image.getexif(picture)  # that of PNG would decode the pixels
        turned = picture.format != "TIFF" and exif.get(ORIENTATION) in (5, 6, 7, 8)
        return (picture.width, picture.height) if turned else (picture.height, picture.width)


ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held."""


def decoded(file: Path, image: ImageForm, left_out: LeftOut) -> Array:
    """A file's picture as `fitted` gives it, turned upright as its EXIF tag says.

    Raises:
        Unreadable: it cannot be decoded, or its values have no known range.
    """
    with opened(file) as picture:
        deep = white(picture)
        values = _upright(picture)
        _note(file, picture, values, image, left_out)
        if deep:
            values = np.asarray(values).astype(np.float32) / np.float32(deep)
            if picture.format == "TIFF" and picture.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO:
                values = 1 - values  # Pillow does so for 8 bits alone
        return fitted(values, image)
    raise AssertionError("unreachable: `opened` passes every exception on")


def _upright(picture: Any) -> Any:
    import PIL.ImageOps

    picture.load()
    try:
        return PIL.ImageOps.exif_transpose(picture)
    except Exception:  # a damaged EXIF section, in which the camera's position cannot be read
        return picture.copy()


ANIMATED = frozenset(("AVIF", "GIF", "PNG", "TIFF", "WEBP"))


def _note(file: Path, picture: Any, upright: Any, image: ImageForm, left_out: LeftOut) -> None:
    """Notes what of a picture an input does not see: frames after the first, and transparency."""
    if image.mode != "RGBA" and upright.has_transparency_data and upright.convert("RGBA").getextrema()[3][0] < 255:
        left_out.add("transparency is dropped and colours stay as they were saved, unless the input has 4 channels", file)
    if picture.format in ANIMATED and picture.is_animated:
        left_out.add("of several frames or pages only the first is used", file)


PHOTOMETRIC, BITS, WHITE_IS_ZERO = 262, 258, 0
"""TIFF's tags for what a value means and for the bits of a value, and the meaning of 0 in negatives."""


def white(picture: Any) -> int | None:
    """The value of a white pixel of a picture with more than 8 bits; None for others.

    Raises:
        Unreadable: it is not known.
    """
    mode, format = picture.mode, picture.format
    if mode.startswith("I;16"):
        return int((1 << picture.tag_v2.get(BITS, (16,))[0]) - 1) if format == "TIFF" else WHITE["uint16"]
    if mode == "I" and format in ("PNG", "PPM"):
        return WHITE["uint16"]
    if mode in UNKNOWN_RANGE:
        raise Unreadable(f"it holds {UNKNOWN_RANGE[mode]}, of which nobody knows which value is white")
    return None


def fitted(picture: Any, image: ImageForm) -> Array:
    """The pixels (height, width, channels) of a picture in the size and the channels of an input.

    Args:
        picture: of Pillow, with 8 bits; or grey values (height, width) from 0 to 1.
        image: the size and the channels.

    Returns:
        uint8, where white is 255; or for grey values float32, where white is 1.
    """
    import PIL.Image

    height, width = image.size
    bilinear = PIL.Image.Resampling.BILINEAR
    if isinstance(picture, np.ndarray):
        grey = np.asarray(PIL.Image.fromarray(picture).resize((width, height), bilinear))[..., None]
        colours = np.repeat(grey, min(CHANNELS[image.mode], 3), axis=2)
        return np.concatenate((colours, np.ones_like(grey)), axis=2) if image.mode == "RGBA" else colours
    if picture.mode == "La":
        picture = picture.convert("LA")
    if picture.mode not in ("1", "L", "LA", "RGB", "RGBA"):  # palettes, CMYK, LAB, …: the way to grey leads through colour
        see_through = "transparency" in picture.info or picture.mode in ("PA", "RGBa")
        picture = picture.convert("RGBA" if see_through else "RGB")
    pixels = np.asarray(picture.convert(image.mode).resize((width, height), bilinear))
    return pixels.reshape(height, width, CHANNELS[image.mode])
