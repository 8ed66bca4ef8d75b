"""A directory of images: its parts and classes, and the size and mode that the images are converted to for an input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isqrt
from pathlib import Path
from typing import Literal, NamedTuple

from layerctl.analysis.data.arrays import check_labels, matches
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.labels import check_classes
from layerctl.analysis.data.wanted import Slot, Wanted, tests
from layerctl.base import pictures
from layerctl.base.arrays import Head
from layerctl.base.shapes import FLOATS, text
from layerctl.diagnostics.errors import SpecError

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
PARTS = {"train": ("train", "training"), "validation": ("validation", "valid", "val"), "test": ("test", "testing")}
Mode = Literal["L", "RGB", "RGBA"]
MODES: dict[str, Mode] = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
CHANNELS: dict[Mode, int] = {"L": 1, "RGB": 3, "RGBA": 4}
BY_CHANNELS = {number: mode for mode, number in CHANNELS.items()}


class Form(NamedTuple):
    """What images are converted to: height and width in pixels, mode, and whether pixels go from 0 to 1."""

    size: tuple[int, int]
    mode: Mode
    rescale: bool


class Folders(NamedTuple):
    """The folders of each part; those of the test part are empty if it is drawn from the training part."""

    train: list[Path]
    test: list[Path]


def look(path: Path, wanted: Wanted) -> None:
    """Judges a directory of images by its classes, and by the head of one image.

    Raises:
        SpecError: it is certain that it cannot be read, or does not fit.
    """
    try:
        divided = folders(path)
        classes: dict[str, Path] = {}
        for folder in (*divided.train, *divided.test):
            found = {group.name: file for group in groups(folder) if (file := next(images(group), None)) is not None}
            if not found and folder in (divided.train[0], *divided.test[:1]):
                raise no_images(folder, wanted)
            classes |= {name: file for name, file in found.items() if name not in classes}
    except OSError as error:
        raise cannot_read(path, error, wanted) from None
    first = next(iter(classes.values()))
    if (damage := pictures.damage(first)) is not None:
        raise no_image(first, damage, wanted)
    form(wanted.only(wanted.inputs, "input"), wanted, lambda: (1, 1))
    target = wanted.only(wanted.targets, "output")
    if target.form is not None:
        kind = ("f", "float64") if check_classes(sorted(classes), target, wanted) is None else ("i", "int64")
        try:
            check_labels(Head((1,), *kind), target, wanted, "y_train")
        except SpecError:  # images are counted for the message only
            check_labels(Head((_training(divided, wanted),), *kind), target, wanted, "y_train")


def _training(divided: Folders, wanted: Wanted) -> int:
    """How many images there are to train on."""
    count = sum(1 for folder in divided.train for group in groups(folder) for _ in images(group))
    return count if divided.test else count - tests(count, wanted)


def folders(path: Path) -> Folders:
    """The folders of the training and the test part of a directory."""
    parts = {part: next((path / name for name in names if (path / name).is_dir()), None) for part, names in PARTS.items()}
    train, validation, test = parts["train"], parts["validation"], parts["test"]
    if train is None:
        return Folders([path], [])
    aside = [validation] if validation is not None else []
    return Folders([train, *aside], [test]) if test is not None else Folders([train], aside)


def groups(folder: Path) -> list[Path]:
    """The folders of the classes in a part."""
    return [group for group in sorted(folder.iterdir()) if group.is_dir() and not group.name.startswith(".")]


def images(group: Path) -> Iterator[Path]:
    """The images of a class."""
    return (file for file in group.rglob("*") if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))


def form(slot: Slot, wanted: Wanted, first: Callable[[], tuple[int, int]]) -> Form:
    """Size and mode to convert images to: from the options and the input, else from the first image.

    Args:
        slot: the input.
        wanted: the model's requirements.
        first: finds height and width of the first image; only called where nothing else says them.

    Raises:
        SpecError: the input does not take such images.
    """
    options, shape = wanted.options, slot.shape
    rescale = bool(options.get("rescale", True))
    if rescale:
        check_rescaled(slot, wanted)
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
    _check_form(slot, Form((height, width), mode, rescale), wanted)
    return Form((height, width), mode, rescale)


def _check_form(slot: Slot, form: Form, wanted: Wanted) -> None:
    (height, width), channels = form.size, CHANNELS[form.mode]
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
    help = f"one directory for each class: {folder}/cat/1.png, {folder}/dog/1.png; files {', '.join(SUFFIXES)}"
    return wanted.unreadable(f"{folder} holds no directories of images", help)


def no_image(file: Path, reason: object, wanted: Wanted) -> SpecError:
    return wanted.unreadable(f"{file} cannot be read as an image: {reason}", "remove it, or save it anew")


def _square(pixels: int, channels: int) -> bool:
    return pixels % channels == 0 and isqrt(pixels // channels) ** 2 == pixels // channels
