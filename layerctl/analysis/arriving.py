"""How data reach a model, as far as the spec alone tells: the range of pixels, and the steps of an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.base.shapes import prod
from layerctl.catalog.datasets import _formats, find

if TYPE_CHECKING:
    from layerctl.graph.typed import TypedGraph
    from layerctl.language.spec.data import Data
    from layerctl.language.spec.train import Train

PIXELS = ("images", "idx")
"""The formats whose values are pixels, which arrive from 0 to 1 unless the spec says otherwise."""


def pixel_range(data: Data | None) -> tuple[float, float] | None:
    """The lowest and the highest value of pixels as they reach the model; None where the values are no pixels, or not known.

    Values that `normalize` brings to mean 0 are not known. Arrays of an archive arrive as they are, unless `rescale` is set.
    """
    if data is None or data.normalize:
        return None
    facts = find(data.name) if data.name is not None else None
    if facts is not None:
        return _range(data.rescale) if facts.size is not None else None
    format = format_name(data)
    if format == "npz":
        return (0.0, 1.0) if data.rescale and "rescale" in data.model_fields_set else None
    return _range(data.rescale) if format in PIXELS else None


def _range(rescaled: bool) -> tuple[float, float]:
    return (0.0, 1.0) if rescaled else (0.0, 255.0)


def format_name(data: Data) -> str | None:
    """The format of data by path; a path without a suffix is a folder of images. None where only the file tells."""
    if data.path is None or data.format is not None:
        return data.format
    format = _formats.by_suffix(data.path)
    last = data.path.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return format.name if format is not None else None if "." in last.strip(".") else "images"


def steps_per_epoch(train: Train, model: TypedGraph) -> int | None:
    """How many batches an epoch has; None where only the data tell."""
    facts = find(train.data.name) if train.data is not None and train.data.name is not None else None
    samples = facts.train if facts is not None else None
    if facts is not None and facts.size is None:
        from layerctl.catalog.datasets.synthetic import train_samples

        shapes = [node.shape for node in model.graph.inputs] + [tensor.shape for _, _, tensor in model.outputs()]
        samples = train_samples(sum(prod(dim or 1 for dim in shape[1:]) or 1 for shape in shapes))
    if samples is None:
        return None
    samples = min(samples, train.limit or samples)
    samples -= round(samples * train.validation_split)
    return max(1, -(-samples // train.batch_size))


def gives_classes(train: Train) -> bool:
    """Whether the spec tells that the labels are classes: those of a named dataset, of a folder of images, or named."""
    data = train.data
    if train.class_weight or data is None:
        return bool(train.class_weight)
    facts = find(data.name) if data.name is not None else None
    by_path = data.class_names is not None or data.one_hot or format_name(data) in PIXELS
    return facts.classes is not None if facts is not None else bool(by_path)
