"""How much memory data take once they are read, as far as names, file heads and listings tell it."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import NamedTuple

from layerctl.analysis.data import archives, pictures
from layerctl.analysis.data.found import format_of, located
from layerctl.analysis.data.wanted import TEST_SPLIT, Slot, Wanted
from layerctl.base import image_files
from layerctl.base.shapes import Shape
from layerctl.catalog import datasets
from layerctl.catalog.datasets._base import Facts
from layerctl.catalog.datasets.synthetic import held_samples, train_samples
from layerctl.catalog.layers._calls import BYTES
from layerctl.diagnostics.errors import SpecError


class Held(NamedTuple):
    """What is known of data in memory; each figure is at most the real one.

    Attributes:
        samples: to train on.
        bytes: of all parts.
        each: the bytes that `limit` allows for each sample, of all parts together; 0 where it saves none.
        of: of data that are made for the model, the input or output whose arrays are the largest; else empty.
        side: the length of the longest axis of those arrays, the samples apart.
    """

    samples: int = 1
    bytes: int = 0
    each: int = 0
    of: str = ""
    side: int = 0


def held(wanted: Wanted, limit: int | None = None) -> Held:
    """The memory of the data that a spec names; nothing where it is unknown, or where the data have a mistake.

    Args:
        wanted: the model's requirements.
        limit: the largest number of training samples, and of test samples.
    """
    facts = datasets.find(wanted.name)
    if facts is not None:
        found = _made(wanted) if facts.size is None else _named(facts, wanted, limit)
    else:
        try:
            path = located(wanted)
            format = format_of(path, wanted)
            found = _archive(path, wanted) if format == "npz" else _images(path, wanted, limit) if format == "images" else Held()
        except (SpecError, OSError, ValueError):
            return Held()
    samples = found.samples if limit is None else min(found.samples, limit)
    return found._replace(samples=max(1, int(samples * (1 - wanted.validation_split)) - 1))


def _values(shape: Shape) -> int:
    """The values of a sample, unknown dimensions counted as 1."""
    return prod(dim or 1 for dim in shape)


def _sample(slot: Slot, shape: Shape | None = None) -> int:
    return _values(slot.shape if shape is None else shape) * BYTES.get(slot.dtype, 1)


def _made(wanted: Wanted) -> Held:
    """Synthetic data: float32 while they are made, whatever the dtype of the input; labels likewise, or class numbers."""
    values = {slot.name: _values(slot.shape) for slot in wanted.inputs}
    train = train_samples(sum(values.values()) + sum(_values(target.shape) for target in wanted.targets))
    for target in wanted.targets:
        if target.form not in (None, "sequence"):
            values[target.name] = _values(target.shape[:-1] if target.form == "classes" else target.shape)
    shapes = {slot.name: slot.shape for slot in wanted.inputs} | {target.name: target.shape for target in wanted.targets}
    largest = max(values, key=lambda name: values[name])
    side = max((dim or 1 for dim in shapes[largest]), default=1)
    return Held(train, held_samples(train) * 4 * sum(values.values()), of=largest, side=side)


def _named(facts: Facts, wanted: Wanted, limit: int | None) -> Held:
    """Images of a named set, resized to the input, which they are converted to after `limit`."""
    size = wanted.options.get("image_size")
    slot = wanted.inputs[0]
    layout = facts.layout(slot.shape, (size, size) if isinstance(size, int) else size)
    if layout is None or facts.train is None or facts.test is None:
        return Held()
    each = _sample(slot, (layout.height, layout.width, layout.channels))
    parts = [count if limit is None else min(count, limit) for count in (facts.train, facts.test)]
    return Held(facts.train, sum(parts) * each, 2 * each)


def _images(path: Path, wanted: Wanted, limit: int | None) -> Held:
    """A directory of images; the files beyond `limit` are not opened."""
    divided, _ = pictures.folders(path, wanted)
    counts = {part: len(image_files.by_class(folder, lambda reason, file: None)) for part, folder in divided.items()}
    slot = wanted.inputs[0]
    (height, width), mode = pictures.form(slot, wanted, lambda: (1, 1))
    each = _sample(slot, (height, width, pictures.CHANNELS[mode]))
    kept = [count if limit is None else min(count, limit) for count in counts.values()]
    return Held(_rest(counts["train"], wanted, "test" in counts), sum(kept) * each, len(counts) * each)


def _archive(path: Path, wanted: Wanted) -> Held:
    """Arrays, which are read as a whole before `limit` leaves samples out."""
    found = archives.judged(path, wanted)
    heads = {name: found.heads[key] for name, key in found.keys.items()}
    total = sum(prod(head.shape) * BYTES.get(head.dtype, 1) for head in heads.values())  # texts become numbers: 1 byte at least
    return Held(_rest(heads["x_train"].shape[0], wanted, "x_test" in heads), total)


def _rest(count: int, wanted: Wanted, tested: bool) -> int:
    """The samples that are left to train on, where those to test on may be taken from them."""
    return count if tested else int(count * (1 - wanted.options.get("test_split", TEST_SPLIT)))
