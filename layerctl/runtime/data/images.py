"""A directory of images with a directory for each class, perhaps below `train/`, `val/` and `test/`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.base.shapes import text
from layerctl.runs.preprocessing import ImageForm, InputForm
from layerctl.runtime.data._labels import matches
from layerctl.runtime.data._source import Source, normalized
from layerctl.runtime.data._types import Array, Raw, Slot, numpy_dtype
from layerctl.runtime.data.pixels import check_rescaled, image_axes

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
PARTS = {"train": ("train", "training"), "validation": ("validation", "valid", "val"), "test": ("test", "testing")}
MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4}


class Images(Source):
    """Files of images, which are opened only when they are converted."""

    format = "images"
    judged_whole = False

    def read(self, path: Path) -> Raw:
        folders = self.folders(path)
        parts = {part: self.files([folder]) for part, folder in folders.items()}
        nothing = (None, None)
        origin = {part: path.name if folder == path else f"{folder.name}/" for part, folder in folders.items()}
        return Raw(*parts["train"], *parts.get("test", nothing), *parts.get("validation", nothing), origin=origin)

    def part(self, path: Path) -> tuple[Any, Any]:
        return self.files([self.folder(path)])

    def folder(self, path: Path) -> Path:
        if not path.is_dir():
            raise self.unreadable(f"{path} is no directory", "name a directory that holds one for each class")
        return path

    def folders(self, path: Path) -> dict[str, Path]:
        """The folder of each part; that of the training part is the directory itself if it is not divided into parts."""
        inner = [entry for entry in sorted(self.folder(path).iterdir()) if entry.is_dir() and not entry.name.startswith(".")]
        folders: dict[str, Path] = {}
        for part, names in PARTS.items():
            named = [folder for folder in inner if folder.name.lower() in names]
            if len(named) > 1 and (part == "train" or "train" in folders):
                message = f"{path} holds {' and '.join(f'{folder.name}/' for folder in named)}: which is the {part} part?"
                raise self.unreadable(message, "move the images of the one into the other, or move one elsewhere")
            if named:
                folders[part] = named[0]
        if "train" not in folders:
            # A class may be called `test`, but its folder holds images, not folders.
            astray = [folder for folder in folders.values() if any(entry.is_dir() for entry in folder.iterdir())]
            if astray:
                help = f"move the folders of the classes to train on into {path / 'train'}/"
                raise self.unreadable(f"{path} holds {astray[0].name}/, but no train/", help)
            return {"train": path}
        if rest := [folder for folder in inner if folder not in folders.values()]:
            listed = ", ".join(f"{folder.name}/" for folder in rest[:8])
            self.notes.append(f"{path} also holds {listed}{', …' if len(rest) > 8 else ''}: not used")
        return folders

    def files(self, folders: list[Path]) -> tuple[Array, Array]:
        """The files of some folders and the names of their classes, in order."""
        labelled = [
            (file, group.name)
            for folder in folders
            for group in sorted(folder.iterdir())
            if group.is_dir() and not group.name.startswith(".")
            for file in sorted(group.rglob("*"))
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
        ]
        if not labelled:
            where = folders[0]
            help = f"one directory for each class: {where}/cat/1.png, {where}/dog/1.png; files {', '.join(SUFFIXES)}"
            raise self.unreadable(f"{where} holds no directories of images", help)
        files: Array = np.empty(len(labelled), object)
        files[:] = [file for file, _ in labelled]
        return files, np.array([name for _, name in labelled], object)

    def learn(self, x: Any) -> dict[str, InputForm]:
        (slot,) = self.only(self.wanted.inputs, "input")
        learnt = super().learn(x).get(slot.name, InputForm())
        return {slot.name: learnt.model_copy(update={"image": self.image(slot, x)})}

    def axes(self, slot: Slot, array: Array) -> tuple[int, ...]:
        return image_axes(array)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        (slot,) = self.only(self.wanted.inputs, "input")
        form = forms.get(slot.name)
        image = form.image if form is not None and form.image is not None else self.image(slot, x)
        return [normalized(self.pixels(x, slot, image), form)]

    def image(self, slot: Slot, files: Array) -> ImageForm:
        """Size and mode to convert images to: from the options and the input, else from the first image."""
        options, shape = self.wanted.options, slot.shape
        rescale = bool(options.get("rescale", True))
        if rescale:
            check_rescaled(slot, self)
        channels = (shape[2:] or ((None,) if len(shape) == 1 else (1,)))[0]
        modes = {number: mode for mode, number in CHANNELS.items()}
        mode = MODES.get(options.get("color_mode", ""), modes.get(channels or 3, "RGB"))
        size = options.get("image_size")
        size = (size, size) if isinstance(size, int) else size
        if size is None and len(shape) in (2, 3):
            first = self.size_of(files[0]) if None in shape[:2] and len(files) else (1, 1)
            size = tuple(dim or first[at] for at, dim in enumerate(shape[:2]))
        elif size is None and len(shape) == 1 and shape[0] is not None:
            mode = MODES[options["color_mode"]] if "color_mode" in options else "RGB" if _square(shape[0], 3) else "L"
            side = isqrt(shape[0] // CHANNELS[mode])
            size = (side, side)
        form = ImageForm(size=tuple(size or (1, 1)), mode=mode, rescale=rescale)  # type: ignore[arg-type]  # by the options' types
        self.check(slot, form)
        return form

    def check(self, slot: Slot, image: ImageForm) -> None:
        (height, width), channels = image.size, CHANNELS[image.mode]
        flat = (height * width * channels,)
        fits: tuple[tuple[int, ...], ...] = ((height, width, channels), flat)
        if channels == 1:
            fits = (*fits, (height, width))
        if not any(matches(fit, slot.shape) for fit in fits):
            message = f"the images become {text(fits[0], batch=False)}; the input `{slot.name}` is {text((None, *slot.shape))}"
            help = f"declare it as `{slot.name}: [{height}, {width}, {channels}]`, or set `image_size` and `color_mode`"
            raise self.refuse(message, help)

    def pixels(self, files: Array, slot: Slot, image: ImageForm) -> Array:
        """The pixels of all images, in the input's shape and dtype."""
        channels = CHANNELS[image.mode]
        height, width = image.size
        pixels: Array = np.empty((len(files), height, width, channels), np.uint8)
        for number, file in enumerate(files.tolist()):
            pixels[number] = self.opened(file, image).reshape(height, width, channels)
        values: Array = pixels.astype(numpy_dtype(slot.dtype))
        if image.rescale:
            values /= np.asarray(255, values.dtype)
        if len(slot.shape) == 1:
            return values.reshape(len(values), -1)
        return values[..., 0] if len(slot.shape) == 2 else values

    def opened(self, file: Any, image: ImageForm) -> Array:
        import PIL.Image

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
                with PIL.Image.open(file) as picture:
                    fitting = picture.convert("RGBA" if picture.mode == "P" and image.mode == "RGBA" else image.mode)
                    height, width = image.size
                    return np.asarray(fitting.resize((width, height), PIL.Image.Resampling.BILINEAR))
        except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
            raise self.unreadable(f"{file} cannot be read as an image: {error}", "remove it, or save it anew") from None

    def size_of(self, file: Any) -> tuple[int, int]:
        import PIL.Image

        try:
            with PIL.Image.open(file) as picture:
                return picture.height, picture.width
        except OSError as error:
            raise self.unreadable(f"{file} cannot be read as an image: {error}", "remove it, or save it anew") from None


def _square(pixels: int, channels: int) -> bool:
    return pixels % channels == 0 and isqrt(pixels // channels) ** 2 == pixels // channels
