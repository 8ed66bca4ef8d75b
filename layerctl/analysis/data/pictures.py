"""A directory of images: its parts and classes, and the size and mode that the images are converted to for an input."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt
from pathlib import Path
from typing import Literal, NamedTuple

from layerctl.analysis.data.arrays import check_labels, matches
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.labels import check_classes
from layerctl.analysis.data.wanted import Slot, Wanted, tests
from layerctl.base import image_files, pictures
from layerctl.base.arrays import Head
from layerctl.base.shapes import FLOATS, text
from layerctl.diagnostics.errors import SpecError

PARTS = {"train": ("train", "training"), "validation": ("validation", "valid", "val"), "test": ("test", "testing")}
Mode = Literal["L", "RGB", "RGBA"]
MODES: dict[str, Mode] = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
CHANNELS: dict[Mode, int] = {"L": 1, "RGB": 3, "RGBA": 4}
BY_CHANNELS = {number: mode for mode, number in CHANNELS.items()}


class Folders(NamedTuple):
    """The folders of each part; those of the test part are empty if it is drawn from the training part."""

    train: list[Path]
    test: list[Path]


def look(path: Path, wanted: Wanted) -> None:
    """Judges a directory of images by its classes, and by the head of one image.

    Raises:
        SpecError: it is certain that it cannot be read, or does not fit.
    """
    divided, count = folders(path), 0
    found: dict[Path, str] = {}
    for part in (divided.train, divided.test):
        try:
            images = [pair for folder in part for pair in image_files.by_class(folder, lambda reason, file: None)]
        except OSError as error:
            raise cannot_read(path, error, wanted) from None
        if part and not images:
            raise no_images(part[0], wanted)
        found |= dict(images)
        count = count_of(divided, len(images), wanted) if part is divided.train else count
    first = next(iter(found))
    if (damage := pictures.damage(first)) is not None:
        raise no_image(first, damage, wanted)
    slot, target = wanted.only(wanted.inputs, "input"), wanted.only(wanted.targets, "output")
    if wanted.options.get("rescale", True):
        check_rescaled(slot, wanted)
    form(slot, wanted, lambda: (1, 1))
    if target.form is not None:
        kind = ("f", "float64") if check_classes(set(found.values()), target, wanted) is None else ("i", "int64")
        check_labels(Head((count,), *kind), target, wanted, "y_train")


def count_of(divided: Folders, images: int, wanted: Wanted) -> int:
    """How many of the images of the training part are trained on."""
    return images if divided.test else images - tests(images, wanted)


def folders(path: Path) -> Folders:
    """The folders of the training and the test part of a directory."""
    parts = {part: next((path / name for name in names if (path / name).is_dir()), None) for part, names in PARTS.items()}
    train, validation, test = parts["train"], parts["validation"], parts["test"]
    if train is None:
        return Folders([path], [])
    aside = [validation] if validation is not None else []
    return Folders([train, *aside], [test]) if test is not None else Folders([train], aside)


def form(slot: Slot, wanted: Wanted, first: Callable[[], tuple[int, int]]) -> tuple[tuple[int, int], Mode]:
    """Size and mode to convert images to: from the options and the input, else from the first image.

    Args:
        slot: the input.
        wanted: the model's requirements.
        first: finds height and width of the first image; only called where nothing else says them.

    Raises:
        SpecError: the input does not take such images.
    """
    options, shape = wanted.options, slot.shape
    channels = (shape[2:] or ((None,) if len(shape) == 1 else (1,)))[0]
    mode = MODES.get(options.get("color_mode", ""), BY_CHANNELS.get(channels or 3, "RGB"))
    size = options.get("image_size")
    size = (size, size) if isinstance(size, int) else size
    if size is None and len(shape) in (2, 3):
        sides = first() if None in shape[:2] else (1, 1)
        size = tuple(dim or sides[at] for at, dim in enumerate(shape[:2]))
    elif size is None and len(shape) == 1 and shape[0] is not None:
        mode = MODES[options["color_mode"]] if "color_mode" in options else "RGB" if _square(shape[0], 3) else "L"
        side = isqrt(shape[0] // CHANNELS[mode])
        size = (side, side)
    height, width = size or (1, 1)
    _check_form(slot, (height, width), mode, wanted)
    return (height, width), mode


def _check_form(slot: Slot, size: tuple[int, int], mode: Mode, wanted: Wanted) -> None:
    (height, width), channels = size, CHANNELS[mode]
    flat = (height * width * channels,)
    fits: tuple[tuple[int, ...], ...] = ((height, width, channels), flat)
    if channels == 1:
        fits = (*fits, (height, width))
    if not any(matches(fit, slot.shape) for fit in fits):
        message = f"the images become {text(fits[0], batch=False)}; the input `{slot.name}` is {text((None, *slot.shape))}"
        help = f"declare it as `{slot.name}: [{height}, {width}, {channels}]`, or set `image_size` and `color_mode`"
        raise wanted.misfit(message, help)


def check_rescaled(slot: Slot, wanted: Wanted) -> None:
    if slot.dtype not in FLOATS:
        message = f"the input `{slot.name}` takes {slot.dtype}; pixels from 0 to 1 would all become 0 or 1"
        raise wanted.misfit(message, "set `rescale: false` for 0 to 255, or leave out the input's `dtype`")


def no_images(folder: Path, wanted: Wanted) -> SpecError:
    help = f"one directory for each class: {folder}/cat/1.png, {folder}/dog/1.png; `.png`, `.jpg`, `.tif`, `.webp`, …"
    return wanted.unreadable(f"{folder} holds no directories of images", help)


def no_image(file: Path, reason: object, wanted: Wanted) -> SpecError:
    return wanted.unreadable(f"{file} cannot be read as an image: {reason}", "remove it, or save it anew")


def _square(pixels: int, channels: int) -> bool:
    return pixels % channels == 0 and isqrt(pixels // channels) ** 2 == pixels // channels
