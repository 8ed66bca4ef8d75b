"""A directory of images with a directory for each class, perhaps below `train/`, `val/` and `test/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data import pictures
from layerctl.analysis.data._codes import UnreadableData
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.pictures import check_pixels, form, no_images
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base import image_files, reading
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import ImageForm, InputForm, Preprocessing
from layerctl.runtime.data import _pictures
from layerctl.runtime.data._left_out import LeftOut
from layerctl.runtime.data._pictures import Unreadable
from layerctl.runtime.data._source import Parted, normalized
from layerctl.runtime.data._types import Array, Raw
from layerctl.runtime.data._values import stacked
from layerctl.runtime.data.pixels import image_axes

SHOWN = 20
"""The largest number of unreadable images that are looked for and listed."""
ANY = ImageForm(size=(1, 1), mode="RGB", rescale=True)
"""A form for images that are decoded only to see whether that is possible."""


class Images(Parted):
    """Files of images, which are opened only when they are converted."""

    format = "images"
    judged_whole = False

    def __init__(self, wanted: Wanted, fitted: Preprocessing | None = None) -> None:
        super().__init__(wanted, fitted)
        self.left_out = LeftOut(self.notes)
        self.all: list[Path] = []
        self.classes: dict[str, set[str]] = {}

    def read(self, path: Path) -> Raw:
        try:
            divided, notes = pictures.folders(path, self.wanted)
        except OSError as error:
            raise cannot_read(path, error, self.wanted) from None
        self.notes += notes
        parts = {part: self.files([folder]) for part, folder in divided.items()}
        nothing = (None, None)
        self.check_files()
        self.classes = {part: set(names) for part, (_, names) in parts.items()}
        origin = pictures.origin(path, divided)
        return Raw(*parts["train"], *parts.get("test", nothing), *parts.get("validation", nothing), origin=origin)

    def part(self, path: Path) -> tuple[Any, Any]:
        x, y = self.files([pictures.directory(path, self.wanted)])
        self.check_files()
        self.classes[path.name] = set(y)
        return x, y

    def files(self, parts: list[Path]) -> tuple[Array, Array]:
        """The files of some folders and the names of their classes, in order."""
        try:
            labelled = [pair for folder in parts for pair in image_files.by_class(folder, self.left_out.add)]
        except OSError as error:
            raise self.wanted.unreadable(f"cannot read {error.filename}: {error.strerror}", "make it readable") from None
        if not labelled:
            raise no_images(parts[0], self.wanted)
        self.all += [file for file, _ in labelled]
        return paths([file for file, _ in labelled]), np.array([name for _, name in labelled], object)

    def check_files(self) -> None:
        """Refuses files that cannot be opened, or are too large, before their content is hashed."""
        for file in self.all:
            try:
                reading.opened(file, reading.PICTURES).close()
            except PermissionError:
                raise self.unreadables({file: "it is not readable"}) from None
            except FileNotFoundError:
                raise self.unreadables({file: "it is a link to nothing"}) from None
            except OSError as error:
                raise self.unreadables({file: _pictures.reason(error)}) from None

    def check_classes(self) -> None:
        """Refuses classes that the training part lacks, and notes those that another part lacks."""
        pictures.check_trained(self.classes, self.wanted)
        trained, *others = self.classes
        for part in others:
            for name in sorted(self.classes[trained] - self.classes[part]):
                self.left_out.add(f"classes without an image in the {part} part", name)

    def kept(self, x: Any) -> dict[str, InputForm]:
        self.check_classes()
        slot = self.wanted.only(self.wanted.inputs, "input")
        rescale = bool(self.wanted.options.get("rescale", True))
        check_pixels(slot, self.wanted, rescale=rescale)
        return {slot.name: InputForm(image=self.image(slot, x, rescale))}

    def axes(self, slot: Slot, array: Array) -> tuple[int, ...]:
        return image_axes(array)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        slot = self.wanted.only(self.wanted.inputs, "input")
        learnt = forms.get(slot.name, InputForm())
        white = self.white(slot, learnt)
        image = learnt.image or self.image(slot, x, rescale=white == 1)
        return [normalized(stacked(self.pixels(x, image), len(x), image, slot, white), learnt)]

    def image(self, slot: Slot, files: Array, rescale: bool) -> ImageForm:
        """Size and mode to convert images to: from the options and the input, else from the first image."""
        size, mode = form(slot, self.wanted, lambda: self.size_of(files[0]) if len(files) else (1, 1))
        return ImageForm(size=size, mode=mode, rescale=rescale)

    def pixels(self, files: Array, image: ImageForm) -> Iterator[Array]:
        """The pixels of each image.

        Raises:
            SpecError: some cannot be read; it lists them, those of the other parts too.
        """
        for file in files.tolist():
            try:
                yield _pictures.decoded(file, image, self.left_out)
            except Unreadable as error:
                raise self.unreadables({file: str(error)}) from None

    def unreadables(self, reasons: dict[Path, str]) -> SpecError:
        """The error for images that cannot be read: some with their reasons, and others that are looked for in all parts."""
        for file in self.all:
            if file in reasons:
                continue
            if len(reasons) == SHOWN:
                break
            try:
                _pictures.decoded(file, ANY, LeftOut([]))
            except Unreadable as error:
                reasons[file] = str(error)
        (first, reason), *others = sorted(reasons.items())
        message = f"{first} cannot be read as an image: {reason}"
        if others:
            count = f"at least {SHOWN}" if len(reasons) == SHOWN else len(reasons)
            message = f"{count} images cannot be read, the first of them {first}: {reason}"
        return self.wanted.refuse(
            UnreadableData, message, help="remove what cannot be read, or save it anew with 8 or 16 bits",
            trace=tuple(f"{file}: {reason}" for file, reason in others),
        )  # fmt: skip

    def size_of(self, file: Any) -> tuple[int, int]:
        try:
            return _pictures.size(file)
        except Unreadable as error:
            raise self.unreadables({file: str(error)}) from None


def paths(files: Iterable[Path]) -> Array:
    """Files as an array."""
    listed = list(files)
    array: Array = np.empty(len(listed), object)
    array[:] = listed
    return array
