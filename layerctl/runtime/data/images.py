"""A directory of images with a directory for each class, perhaps below `train/` and `test/` or `validation/`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.pictures import CHANNELS, folders, form, groups, images, no_image, no_images
from layerctl.analysis.data.wanted import Slot
from layerctl.runs.preprocessing import ImageForm, InputForm
from layerctl.runtime.data._source import Source, normalized
from layerctl.runtime.data._types import Array, Raw, numpy_dtype
from layerctl.runtime.data.pixels import image_axes


class Images(Source):
    """Files of images, which are opened only when they are converted."""

    format = "images"
    judged_whole = False

    def read(self, path: Path) -> Raw:
        divided = folders(path)
        test = self.files(divided.test) if divided.test else (None, None)
        return Raw(*self.files(divided.train), *test)

    def files(self, folders: list[Path]) -> tuple[Array, Array]:
        """The files of some folders and the names of their classes, in order."""
        labelled = [(file, group.name) for folder in folders for group in groups(folder) for file in sorted(images(group))]
        if not labelled:
            raise no_images(folders[0], self.wanted)
        files: Array = np.empty(len(labelled), object)
        files[:] = [file for file, _ in labelled]
        return files, np.array([name for _, name in labelled], object)

    def learn(self, x: Any) -> dict[str, InputForm]:
        slot = self.wanted.only(self.wanted.inputs, "input")
        learnt = super().learn(x).get(slot.name, InputForm())
        return {slot.name: learnt.model_copy(update={"image": self.image(slot, x)})}

    def axes(self, slot: Slot, array: Array) -> tuple[int, ...]:
        return image_axes(array)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        slot = self.wanted.only(self.wanted.inputs, "input")
        form = forms.get(slot.name)
        image = form.image if form is not None and form.image is not None else self.image(slot, x)
        return [normalized(self.pixels(x, slot, image), form)]

    def image(self, slot: Slot, files: Array) -> ImageForm:
        """Size and mode to convert images to: from the options and the input, else from the first image."""
        size, mode, rescale = form(slot, self.wanted, lambda: self.size_of(files[0]) if len(files) else (1, 1))
        return ImageForm(size=size, mode=mode, rescale=rescale)

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
            raise no_image(file, error, self.wanted) from None

    def size_of(self, file: Any) -> tuple[int, int]:
        import PIL.Image

        try:
            with PIL.Image.open(file) as picture:
                return picture.height, picture.width
        except OSError as error:
            raise no_image(file, error, self.wanted) from None
