"""Datasets converted to a model's inputs and targets. One file for each dataset or format."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from layerctl.analysis.data.wanted import TEST_SPLIT, Wanted, tests
from layerctl.base.machine import stage
from layerctl.runs.preprocessing import Preprocessing
from layerctl.runtime.codes import TooFewSamples
from layerctl.runtime.data._found import read_data
from layerctl.runtime.data._source import Source
from layerctl.runtime.data._types import PARTS, Array, Data, Raw, samples, take

__all__ = ["Data", "learnt", "load", "split"]


@stage("the data were read")
def load(wanted: Wanted, *, limit: int | None = None, fitted: Preprocessing | None = None, whole: bool = False) -> Data:
    """Reads the data that a spec names, and converts them to its model's inputs and targets.

    Args:
        wanted: the model's requirements.
        limit: the largest number of training samples, and of test samples; the same ones are drawn each time.
        fitted: the preprocessing of a trained model; by default it is learnt from the training part.
        whole: whether all samples are test samples if the data have no test part.

    Raises:
        SpecError: the data are missing, cannot be read or do not fit.
        RanOut: they do not fit in memory.
    """
    source, raw = read_data(wanted, fitted)
    fingerprint = raw.fingerprint()
    if raw.x_test is None:
        raw = _with_test_part(raw, wanted, whole)
    present = [part for part in PARTS if getattr(raw, part) is not None]
    if not source.judged_whole:  # known or large data are limited first; a user's own data are checked completely
        raw = replace(raw, **{part: _limited(getattr(raw, part), limit) for part in present})
    fitted = fitted or _learn(source, raw, limit)
    parts = {part: _limited(_fitted(source, getattr(raw, part), part, fitted), limit) for part in present}
    return Data(
        wanted.name,
        fingerprint=fingerprint,
        preprocessing=fitted,
        origin=raw.origin,
        notes=tuple(dict.fromkeys(source.notes)),
        **parts,
    )


def _with_test_part(raw: Raw, wanted: Wanted, whole: bool) -> Raw:
    """Splits the training part of data without a test part by seed.

    With `whole`, for data to evaluate on, the validation part becomes the test part; without one, all samples do.
    """
    if whole and raw.x_val is not None:
        origin = {"train": raw.origin["train"], "test": raw.origin["validation"]}
        return replace(raw, x_test=raw.x_val, y_test=raw.y_val, x_val=None, y_val=None, origin=origin)
    count = samples(raw.x_train)
    order = np.random.default_rng((wanted.seed, 0x7E57)).permutation(count)
    held = count if whole else tests(count, wanted)
    train, test = np.sort(order[held:]), np.sort(order[:held])
    x, y, origin = raw.x_train, raw.y_train, dict(raw.origin)
    if origin:
        share = wanted.options.get("test_split", TEST_SPLIT)
        origin["test"] = origin["train"] if whole else f"{share:g} of {origin['train']}"
    parts = {"x_train": take(x, train), "y_train": take(y, train), "x_test": take(x, test), "y_test": take(y, test)}
    return replace(raw, **parts, origin=origin)


def _learn(source: Source, raw: Raw, limit: int | None) -> Preprocessing:
    """The preprocessing learnt from the training part, without the samples that will be set aside for validation."""
    wanted = source.wanted
    drawn = _drawn(samples(raw.x_train), limit)
    seed = wanted.seed if wanted.aside is None else wanted.aside
    rows = drawn[shares(len(drawn), wanted.validation_split, seed, wanted.multiple).train]
    if not len(rows):
        rows = drawn  # `split` reports that these are too few to train on
    whole = len(rows) == samples(raw.x_train)
    table = source.table()
    return Preprocessing(
        version=1,
        format=source.format,
        data=wanted.name,
        options=dict(wanted.options),
        seed=wanted.seed,
        limit=limit,
        **({} if table is None else {"table": table}),
        inputs=source.learn(raw.x_train if whole else take(raw.x_train, rows)),
        targets=source.learn_labels((raw.y_train, raw.y_val, raw.y_test), raw.class_names),
    )


def _drawn(count: int, limit: int | None) -> Array:
    """The indices of the samples that a limit leaves, drawn at random, since files are often sorted by class."""
    if limit is None or limit >= count:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).permutation(count)[:limit])


def _limited(tree: Any, limit: int | None) -> Any:
    return tree if limit is None or limit >= samples(tree) else take(tree, _drawn(samples(tree), limit))


def _fitted(source: Source, content: Any, part: str, fitted: Preprocessing) -> Any:
    """One part of the data in the structure of the model's inputs or outputs."""
    wanted = source.wanted
    if part.startswith("x"):
        arrays = source.inputs(content, fitted.inputs, part)
        return arrays if len(arrays) > 1 else arrays[0]
    targets = source.targets(content, fitted.targets, part)
    if wanted.keyed:
        return targets
    labels = [targets.get(target.name) for target in wanted.targets]
    return labels if len(labels) > 1 else labels[0]


def learnt(data: Data) -> bool:
    """Whether the preprocessing depends on the samples, for example by their mean; the size of images alone does not."""
    return any(form.depends_on_samples for form in data.preprocessing.inputs.values())


class Shares(NamedTuple):
    """The indices of the samples to train on, and of those set aside for validation."""

    train: Array
    aside: Array


def shares(count: int, share: float, seed: int, multiple: int) -> Shares:
    """Splits `count` samples by seed; the size of each part is a multiple of `multiple`."""
    order = np.random.default_rng((seed, 0x5B117)).permutation(count)
    validation = round(count * share)
    validation = max(validation - validation % multiple, multiple if share else 0)
    training = count - validation
    training -= training % multiple
    return Shares(np.sort(order[validation : validation + max(training, 0)]), np.sort(order[:validation]))


def split(data: Data, share: float, seed: int, wanted: Wanted, *, multiple: int = 1) -> tuple[Data, tuple[object, object] | None]:
    """The training and the validation part: that of the data, or a share of the training samples, drawn by seed.

    Args:
        data: all samples.
        share: 0 for no validation.
        seed: of the draw.
        wanted: names the place in the spec at which too few samples are reported.
        multiple: the size of each part is a multiple of this: the batch size of a model that fixes it.

    Returns:
        The data without the validation samples; and the inputs and labels for validation, None without a validation part.
    """
    train, aside = shares(data.train_samples, share, seed, multiple)
    tested = data.test_samples - data.test_samples % multiple
    brought = None if data.x_val is None else samples(data.x_val) - samples(data.x_val) % multiple
    if not len(train) or tested < 1 or brought == 0:
        short = "validation" if brought == 0 else "test" if tested < 1 else "training"
        message = f"{data.train_samples} training and {data.test_samples} test samples leave no {short} sample"
        if brought == 0:
            message = f"{samples(data.x_val)} validation samples leave no validation sample"
        helps = "raise `--limit`, or lower `validation_split`" if data.train_samples and data.test_samples else "add samples"
        raise wanted.refuse(TooFewSamples, message, help=helps)
    whole = len(train) == data.train_samples and tested == data.test_samples
    left = data if whole else replace(
        data, x_train=take(data.x_train, train), y_train=take(data.y_train, train),
        x_test=take(data.x_test, slice(tested)), y_test=take(data.y_test, slice(tested)),
    )  # fmt: skip
    if brought is not None:
        return left, (take(data.x_val, slice(brought)), take(data.y_val, slice(brought)))
    return left, (take(data.x_train, aside), take(data.y_train, aside)) if len(aside) else None
