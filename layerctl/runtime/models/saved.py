"""The weights of a file, given to a model: the file is judged first, and nothing in it is run."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Any

from layerctl.base.reading import opened
from layerctl.runs.reading import check_archive, reported

MEMBER = "model.weights.h5"
"""The member of a `.keras` archive with the weights; the others describe the model, can hold code, and are not read."""


def load_weights(model: Any, path: Path, help: str) -> None:
    """Gives a model the weights of a `.keras` or `.weights.h5` file.

    Args:
        model: that of the run.
        path: of the file.
        help: what to do where it cannot be used.

    Raises:
        Damaged: it is missing or damaged, or holds the weights of another model.
    """
    with reported(path, help):
        with opened(path) as file:
            size = file.seek(0, 2)
            if path.suffix == ".keras":
                with zipfile.ZipFile(file) as archive:
                    check_archive(archive, size)
                    with archive.open(MEMBER) as member:
                        _check_arrays(member, size)
            else:
                _check_arrays(file, size)
        model.load_weights(path)


def _check_arrays(file: IO[bytes], size: int) -> None:
    """Checks that the arrays of an HDF5 file take no more bytes than the file has: Keras packs none.

    Raises:
        ValueError: they take more.
    """
    import h5py

    sizes: list[int] = []
    with h5py.File(file, "r") as content:
        content.visititems(lambda name, item: sizes.append(item.nbytes if isinstance(item, h5py.Dataset) else 0))
    if sum(sizes) > size:
        raise ValueError("its arrays are larger than itself")
