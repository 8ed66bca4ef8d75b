"""The weights of a model as a file: what is written, and how a file is judged before its weights are given to a model.

Nothing in a file is run.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from layerctl.base.reading import opened
from layerctl.runs.reading import check_archive, reported

MEMBER = "model.weights.h5"
"""The member of a `.keras` archive with the weights; the others describe the model, can hold code, and are not read."""
OPTIMIZER = "optimizer"
"""The part of the weights that only a model in training has."""
DEEPEST = 200
"""How deep the parts of a file may be nested; of a model in a model by two."""


class _Memory(BytesIO):
    """A file of weights in memory: where the disk is full, HDF5 would crash. Keras asks for the suffix of its name."""

    def __str__(self) -> str:
        return MEMBER


def weights_file(model: Any) -> BytesIO:
    """The weights of a model, as the content of a `.weights.h5` file."""
    memory = _Memory()
    model.save_weights(memory)
    return memory


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
                        arrays = _arrays(member)
            else:
                arrays = _arrays(file)
        if sum(arrays.values()) > size:  # Keras packs none
            raise ValueError("its arrays are larger than itself")
        own = _arrays(weights_file(model))
        if more := sorted(name for name in arrays if name not in own and not name.startswith(f"{OPTIMIZER}/")):
            raise ValueError(f"it holds the weights `{more[0]}`, which the model does not have")
        model.load_weights(path)


def _arrays(file: IO[bytes]) -> dict[str, int]:
    """The arrays of an HDF5 file by their names, and the bytes that each takes.

    Raises:
        ValueError: the file is not as Keras writes it: a part leads to another file, or lies very deep.
    """
    import h5py

    sizes: dict[str, int] = {}
    seen: set[int] = set()
    with h5py.File(file, "r") as content:
        groups = [("", content, 0)]
        while groups:
            prefix, group, depth = groups.pop()
            address = h5py.h5o.get_info(group.id).addr
            if address in seen:  # groups can hold each other
                continue
            seen.add(address)
            if depth > DEEPEST:
                raise ValueError(f"its parts are nested more than {DEEPEST} deep")
            for key in group:
                name = f"{prefix}{key}"
                item = group[key] if isinstance(group.get(key, getlink=True), h5py.HardLink) else None
                if isinstance(item, h5py.Group):
                    groups.append((f"{name}/", item, depth + 1))
                elif isinstance(item, h5py.Dataset) and not item.external and not item.is_virtual:
                    sizes[name] = item.nbytes
                else:
                    raise ValueError(f"`{name}` leads elsewhere, as nothing in a saved model does")
    return sizes
