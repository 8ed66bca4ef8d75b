"""Datasets as a model takes them: one dataset or format a file, each with a `load` that gives the arrays as they are."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from layerctl import datasets
from layerctl.datasets._base import Facts
from layerctl.runtime.codes import DataDoNotFit, DataNotFound, TooFewSamples
from layerctl.runtime.data import _images, _labels, npz
from layerctl.runtime.data._types import Array, Data, Raw, Slot, Target, Wanted, samples, take
from layerctl.shapes import text

__all__ = ["Data", "Slot", "Target", "Wanted", "load", "split"]

T = TypeVar("T")


def load(wanted: Wanted, *, limit: int | None = None) -> Data:
    """Reads the data that a spec names, and fits them to its model.

    Args:
        wanted: what the model wants.
        limit: at most so many samples of each of the two parts, drawn the same way each time.

    Raises:
        SpecError: the data are not there, cannot be read or do not fit.
    """
    facts = datasets.find(wanted.name)
    raw = _read(wanted, facts)
    held = {part: getattr(raw, part) for part in ("x_train", "y_train", "x_test", "y_test")}
    if facts is not None:  # what a user made is judged as a whole, what is known need not be
        held = {part: _limited(tree, limit) for part, tree in held.items()}
    parts = {part: _limited(_arrange(tree, part, facts, wanted), limit) for part, tree in held.items()}
    return Data(wanted.name, fingerprint=raw.fingerprint(), **parts)


def _read(wanted: Wanted, facts: Facts | None) -> Raw:
    if facts is not None:
        found = import_module(f"{__name__}.{facts.name}").load(facts, wanted)
        assert isinstance(found, Raw)
        return found
    named = Path(wanted.name).expanduser()
    path = next((found for folder in (Path(), wanted.beside) if (found := folder / named).exists()), None)
    if path is None:
        message = f"there is no dataset and no file `{wanted.name}`"
        raise wanted.refuse(DataNotFound, message, help=f"check the path, or name one of {', '.join(datasets.names())}")
    if path.suffix != ".npz":
        message = f"`{wanted.name}` is in no format that this version reads"
        raise wanted.refuse(DataNotFound, message, help="save it as .npz with x_train, y_train, x_test and y_test")
    return npz.load(path, wanted)


def _limited(tree: Any, limit: int | None) -> Any:
    """At most `limit` samples, drawn without regard to their order, since files are often sorted by class."""
    if limit is None or limit >= samples(tree):
        return tree
    return take(tree, np.sort(np.random.default_rng(0).permutation(samples(tree))[:limit]))


def _arrange(held: Any, part: str, facts: Facts | None, wanted: Wanted) -> Any:
    """One part of the data in the structure of the model's inputs or outputs."""
    if part.startswith("x"):
        if isinstance(held, dict):
            arrays = [held[slot.name] for slot in wanted.inputs]
        else:
            arrays = [_fit_input(held, slot, facts, wanted, part) for slot in _only(wanted.inputs, "input", wanted)]
        return arrays if len(arrays) > 1 else arrays[0]
    if not isinstance(held, dict):
        held = {target.name: _labels.fit(held, target, wanted, part) for target in _only(wanted.targets, "output", wanted)}
    if wanted.keyed:
        return held
    labels = [held.get(target.name) for target in wanted.targets]
    return labels if len(labels) > 1 else labels[0]


def _fit_input(x: Array, slot: Slot, facts: Facts | None, wanted: Wanted, name: str) -> Array:
    if facts is None:
        return npz.fit(x, slot, wanted, name)
    size = wanted.options.get("image_size")
    layout = facts.layout(slot.shape, (size, size) if isinstance(size, int) else size)
    if layout is None:
        height, width = (size, size) if isinstance(size, int) else size or facts.size or (0, 0)
        message = f"{facts.name} has images of {height}×{width} pixels; the input `{slot.name}` is {text((None, *slot.shape))}"
        raise wanted.refuse(DataDoNotFit, message, help=f"declare the input as [{height}, {width}, 1], or set `image_size`")
    rescale = wanted.options.get("rescale", True)
    if rescale and np.dtype(_numpy(slot.dtype)).kind in "iub":
        message = f"the input `{slot.name}` takes {slot.dtype}; pixels from 0 to 1 would all become 0 or 1"
        raise wanted.refuse(DataDoNotFit, message, help="set `rescale: false` for 0 to 255, or leave out the input's `dtype`")
    return _images.fit(x, layout, _numpy(slot.dtype), greatest=facts.pixel_range[1], rescale=rescale)


def _numpy(dtype: str) -> str:
    """NumPy has no bfloat16; Keras casts on the way in."""
    return "float32" if dtype == "bfloat16" else dtype


def _only(slots: tuple[T, ...], what: str, wanted: Wanted) -> tuple[T, ...]:
    if len(slots) != 1:
        message = f"`{wanted.name}` holds one array of {what}s; the model has {len(slots)} {what}s"
        raise wanted.refuse(DataDoNotFit, message, help="`synthetic` is made for any number of inputs and outputs")
    return slots


def split(data: Data, share: float, seed: int, wanted: Wanted, *, multiple: int = 1) -> tuple[Data, tuple[object, object] | None]:
    """The data with a share of the training samples set aside for validation, drawn by seed.

    Args:
        data: the whole.
        share: 0 for none.
        seed: of the draw.
        wanted: where to say that there are too few samples.
        multiple: each part gets a multiple of so many samples: the batch size that a model fixes.

    Returns:
        The rest, and the inputs and labels for validation.
    """
    order = np.random.default_rng((seed, 0x5B117)).permutation(data.train_samples)
    kept = round(len(order) * share)
    kept = max(kept - kept % multiple, multiple if share else 0)
    rest = len(order) - kept
    rest -= rest % multiple
    tested = data.test_samples - data.test_samples % multiple
    if rest < 1 or tested < 1:
        short = "test" if tested < 1 else "training"
        message = f"{data.train_samples} training and {data.test_samples} test samples leave no {short} sample"
        raise wanted.refuse(TooFewSamples, message, help="raise `--limit`, or lower `validation_split`")
    train, aside = np.sort(order[kept : kept + rest]), np.sort(order[:kept])
    whole = rest == data.train_samples and tested == data.test_samples
    left = data if whole else Data(
        data.name, take(data.x_train, train), take(data.y_train, train),
        take(data.x_test, slice(tested)), take(data.y_test, slice(tested)), data.fingerprint,
    )  # fmt: skip
    return left, (take(data.x_train, aside), take(data.y_train, aside)) if kept else None
