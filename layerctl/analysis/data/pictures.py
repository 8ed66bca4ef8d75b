"""A directory of images: its parts and classes, and the size and mode that the images are converted to for an input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isqrt
from pathlib import Path
from typing import Literal

from layerctl.analysis.data.arrays import check_labels, matches, refuse
from layerctl.analysis.data.found import cannot_read, part_path
from layerctl.analysis.data.labels import check_classes
from layerctl.analysis.data.wanted import Slot, Wanted, tests
from layerctl.base import image_files, pictures
from layerctl.base.arrays import Head
from layerctl.base.shapes import FLOATS, text
from layerctl.catalog.datasets._formats import PARTS as PARTS_BY_PATH
from layerctl.diagnostics.errors import SpecError

PARTS = {"train": ("train", "training"), "validation": ("validation", "valid", "val"), "test": ("test", "testing")}
Mode = Literal["L", "RGB", "RGBA"]
MODES: dict[str, Mode] = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
CHANNELS: dict[Mode, int] = {"L": 1, "RGB": 3, "RGBA": 4}
BY_CHANNELS = {number: mode for mode, number in CHANNELS.items()}


def look(path: Path, wanted: Wanted) -> None:
    """Judges a directory of images by its classes, and by the head of one image.

    Raises:
        SpecError: it is certain that it cannot be read, or does not fit.
    """
    try:
        divided, _ = folders(path, wanted)
        found = {part: _images(folder, wanted) for part, folder in divided.items()}
        classes = {part: set(images.values()) for part, images in found.items()}
        for option in PARTS_BY_PATH:
            with wanted.reading(option):
                if (folder := part_path(option, path, wanted, origin(path, divided))) is not None:
                    found[option] = _images(directory(folder, wanted), wanted)
                    classes[folder.name] = set(found[option].values())
    except OSError as error:
        raise cannot_read(path, error, wanted) from None
    first, count = next(iter(found["train"])), len(found["train"])
    if "test" not in found:
        count -= tests(count, wanted)
    if (damage := pictures.damage(first)) is not None:
        raise no_image(first, damage, wanted)
    check_trained(classes, wanted)
    slot, target = wanted.only(wanted.inputs, "input"), wanted.only(wanted.targets, "output")
    check_pixels(slot, wanted, rescale=wanted.options.get("rescale", True))
    form(slot, wanted, lambda: (1, 1))
    if target.form is not None:
        names = set().union(*classes.values())
        kind = ("f", "float64") if check_classes(names, target, wanted) is None else ("i", "int64")
        check_labels(Head((count,), *kind), target, wanted, "y_train")


def _images(folder: Path, wanted: Wanted) -> dict[Path, str]:
    """The images of a part, each with the name of its class."""
    images = dict(image_files.by_class(folder, lambda reason, file: None))
    if not images:
        raise no_images(folder, wanted)
    return images


def folders(path: Path, wanted: Wanted) -> tuple[dict[str, Path], list[str]]:
    """The folder of each part, and notes on those that are left out; a directory without parts is the training part itself.

    Raises:
        OSError: it cannot be read.
        SpecError: it is not clear which folder is which part.
    """
    entries = sorted(directory(path, wanted).iterdir())
    inner = [entry for entry in entries if entry.is_dir() and not image_files.hidden(entry.name)]
    parts: dict[str, Path] = {}
    for part, names in PARTS.items():
        named = [folder for folder in inner if folder.name.lower() in names]
        if len(named) > 1 and (part == "train" or "train" in parts):
            message = f"{path} holds {' and '.join(f'{folder.name}/' for folder in named)}: which is the {part} part?"
            raise wanted.unreadable(message, "move the images of the one into the other, or move one elsewhere")
        if named:
            parts[part] = named[0]
    if "train" not in parts:
        # A class may be called `test`, but its folder holds images, not folders.
        astray = [folder for folder in parts.values() if any(entry.is_dir() for entry in folder.iterdir())]
        if astray:
            help = f"move the folders of the classes to train on into {path / 'train'}/"
            raise wanted.unreadable(f"{path} holds {astray[0].name}/, but no train/", help)
        return {"train": path}, []
    rest = [f"{folder.name}/" for folder in inner if folder not in parts.values()]
    more = ", …" if len(rest) > 8 else ""
    return parts, [f"{path} also holds {', '.join(rest[:8])}{more}: not used"] if rest else []


def check_trained(classes: Mapping[str, set[str]], wanted: Wanted) -> None:
    """Checks that the training part, the first one, has every class that another part has."""
    trained, *others = classes
    for part in others:
        if names := sorted(classes[part] - classes[trained]):
            raise _untrained(names, classes[trained], part, wanted)


def _untrained(names: list[str], trained: set[str], part: str, wanted: Wanted) -> SpecError:
    listed = ", ".join(f"`{name}`" for name in names[:10]) + (", …" if len(names) > 10 else "")
    help = f"add images to the training part, or take the directory out of the {part} part"
    if near := {name.lower(): name for name in trained}.get(names[0].lower()):
        help = f"`{near}` in the training part and `{names[0]}` differ by case only: give both one name"
    are = "is a class" if len(names) == 1 else "are classes"
    return refuse(wanted, f"{listed} {are} with images in the {part} part alone, which no model can learn", help)


def origin(path: Path, divided: Mapping[str, Path]) -> dict[str, str]:
    """Where each part of a directory was found, for messages and records."""
    return {part: path.name if folder == path else f"{folder.name}/" for part, folder in divided.items()}


def directory(path: Path, wanted: Wanted) -> Path:
    """The path.

    Raises:
        SpecError: it is no directory.
    """
    if not path.is_dir():
        raise wanted.unreadable(f"{path} is no directory", "name a directory that holds one for each class")
    return path


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


def check_pixels(slot: Slot, wanted: Wanted, *, rescale: bool) -> None:
    """Checks that the dtype of an input holds pixels, which go to 1 with `rescale`, else to 255."""
    if rescale and slot.dtype not in FLOATS:
        message = f"the input `{slot.name}` takes {slot.dtype}; pixels from 0 to 1 would all become 0 or 1"
        raise wanted.misfit(message, "set `rescale: false` for 0 to 255, or leave out the input's `dtype`")
    if slot.dtype in ("bool", "int8"):
        message = f"the input `{slot.name}` takes {slot.dtype}; pixels go from 0 to 255"
        raise wanted.misfit(message, "declare it as `dtype: uint8`, or leave out `dtype`")


def no_images(folder: Path, wanted: Wanted) -> SpecError:
    help = f"one directory for each class: {folder}/cat/1.png, {folder}/dog/1.png; `.png`, `.jpg`, `.tif`, `.webp`, …"
    return wanted.unreadable(f"{folder} holds no directories of images", help)


def no_image(file: Path, reason: object, wanted: Wanted) -> SpecError:
    return wanted.unreadable(f"{file} cannot be read as an image: {reason}", "remove it, or save it anew")


def _square(pixels: int, channels: int) -> bool:
    return pixels % channels == 0 and isqrt(pixels // channels) ** 2 == pixels // channels
