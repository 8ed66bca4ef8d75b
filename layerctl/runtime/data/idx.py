"""IDX files by path: a directory of them, named as in MNIST; or the file of the images, with its labels beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from layerctl.analysis.data.found import IMAGES
from layerctl.analysis.data.wanted import Wanted
from layerctl.catalog.datasets._base import Facts
from layerctl.runs.preprocessing import InputForm, Preprocessing
from layerctl.runtime.data import _idx
from layerctl.runtime.data._source import Source
from layerctl.runtime.data._types import Array, Raw
from layerctl.runtime.data.npz import Npz
from layerctl.runtime.data.pixels import Pixels

PREFIXES = {"train": ("train",), "test": ("t10k", "test"), "validation": ("val",)}
"""What the names of the files of each part begin with, in a directory."""
SAVE = "name the files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte"


class Idx(Source):
    """IDX files. 8-bit images are converted like those of named datasets, other arrays like those of an archive."""

    format = "idx"

    def __init__(self, wanted: Wanted, fitted: Preprocessing | None = None) -> None:
        super().__init__(wanted, fitted)
        self.arrays: Source = Npz(wanted, fitted)

    def read(self, path: Path) -> Raw:
        if path.is_dir():
            pairs = {part: pair for part, prefixes in PREFIXES.items() if (pair := self.pair(path, prefixes)) is not None}
        else:
            pairs = {"train": self.beside(path)}
        if pairs.keys() == {"test"}:
            pairs = {"train": pairs["test"]}
        if "train" not in pairs:
            raise self.wanted.unreadable(f"{path} holds no pair of IDX files, images and labels, to train on", SAVE)
        parts = {part: self.arrays_of(*pair) for part, pair in pairs.items()}
        x, y = parts["train"]
        nothing = (None, None)
        if x.dtype == "uint8" and x.ndim == 3:
            self.arrays = Pixels(self.wanted, Facts(self.wanted.name, "", size=x.shape[1:]))
        origin = {part: images.name for part, (images, _) in pairs.items()}
        return Raw(x, y, *parts.get("test", nothing), *parts.get("validation", nothing), origin=origin)

    def pair(self, folder: Path, prefixes: tuple[str, ...]) -> tuple[Path, Path] | None:
        for images in sorted(folder.iterdir()):
            if images.name.startswith(prefixes) and IMAGES.search(images.name):
                return self.beside(images)
        return None

    def beside(self, images: Path) -> tuple[Path, Path]:
        """A file of images with the file of its labels, which the option `labels` names, or which is named as in MNIST."""
        if (named := self.wanted.options.get("labels")) is not None:
            labels = next(
                (path for path in (Path(named), images.parent / named, self.wanted.beside / named) if path.is_file()), None
            )
            if labels is None:
                raise self.wanted.unreadable(f"there is no file `{named}`", "check `labels`")
            return images, labels
        stem = IMAGES.sub("labels", images.name)
        labels = next((path for path in sorted(images.parent.iterdir()) if path.name.startswith(stem) and path != images), None)
        if labels is None:
            raise self.wanted.unreadable(f"there are no labels beside {images}: no file {stem}…", "name it: `labels: PATH`")
        return images, labels

    def arrays_of(self, images: Path, labels: Path) -> tuple[Array, Array]:
        x, y = _idx.read(images, self.wanted), _idx.read(labels, self.wanted)
        if not x.ndim or len(x) != len(y):
            message = f"{images} has {len(x) if x.ndim else 0:,} samples, {labels} has {len(y):,}"
            raise self.wanted.unreadable(message, "each sample needs its label: take files that belong together")
        return x, y

    def learn(self, x: Any) -> dict[str, InputForm]:
        return self.arrays.learn(x)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        return self.arrays.inputs(x, forms, part)
