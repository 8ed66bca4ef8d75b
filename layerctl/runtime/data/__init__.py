"""Datasets as a model takes them: one dataset or format a file, each with a `load` that gives the arrays as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from layerctl.runs.preprocessing import Preprocessing
from layerctl.runtime.codes import TooFewSamples
from layerctl.runtime.data._found import found
from layerctl.runtime.data._source import Source
from layerctl.runtime.data._types import PARTS, Array, Data, Raw, Wanted, samples, take

__all__ = ["Data", "learnt", "load", "split"]


def load(wanted: Wanted, *, limit: int | None = None, fitted: Preprocessing | None = None, whole: bool = False) -> Data:
    """Reads the data that a spec names, and fits them to its model.

    Args:
        wanted: what the model wants.
        limit: at most so many samples of each of the two parts, drawn the same way each time.
        fitted: the preprocessing of a trained model; without it, it is learnt from the training part.
        whole: whether data without a test part are all for testing.

    Raises:
        SpecError: the data are not there, cannot be read or do not fit.
    """
    source, raw = found(wanted, fitted)
    fingerprint = raw.fingerprint()
    if raw.x_test is None:
        raw = _tested(raw, wanted, whole)
    if not source.judged_whole:  # what a user made is judged as a whole, what is known or large need not be
        raw = Raw(*(_limited(getattr(raw, part), limit) for part in PARTS))
    fitted = fitted or _learnt(source, raw, limit)
    parts = {part: _limited(_arranged(source, getattr(raw, part), part, fitted), limit) for part in PARTS}
    return Data(wanted.name, fingerprint=fingerprint, preprocessing=fitted, **parts)


def _tested(raw: Raw, wanted: Wanted, whole: bool) -> Raw:
    """Data without a test part, some of them held back for it by seed; all of them, where they are to be tested on."""
    count = samples(raw.x_train)
    order = np.random.default_rng((wanted.seed, 0x7E57)).permutation(count)
    share = 1.0 if whole else wanted.options.get("test_split", 0.2)
    tests = count if whole else max(1, round(count * share))
    train, test = np.sort(order[tests:]), np.sort(order[:tests])
    x, y = raw.x_train, raw.y_train
    return Raw(take(x, train), take(y, train), take(x, test), take(y, test))


def _learnt(source: Source, raw: Raw, limit: int | None) -> Preprocessing:
    """What the training part says, without what validation will hold back."""
    wanted = source.wanted
    kept = _drawn(samples(raw.x_train), limit)
    seed = wanted.seed if wanted.aside is None else wanted.aside
    rows = kept[shares(len(kept), wanted.validation_split, seed, wanted.multiple).train]
    if not len(rows):
        rows = kept  # too few to train on, as `split` says; enough to look at
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
        targets=source.learn_labels((raw.y_train, raw.y_test)),
    )


def _drawn(count: int, limit: int | None) -> Array:
    """The samples that a limit leaves, drawn without regard to their order, since files are often sorted by class."""
    if limit is None or limit >= count:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).permutation(count)[:limit])


def _limited(tree: Any, limit: int | None) -> Any:
    return tree if limit is None or limit >= samples(tree) else take(tree, _drawn(samples(tree), limit))


def _arranged(source: Source, held: Any, part: str, fitted: Preprocessing) -> Any:
    """One part of the data in the structure of the model's inputs or outputs."""
    wanted = source.wanted
    if part.startswith("x"):
        arrays = source.inputs(held, fitted.inputs, part)
        return arrays if len(arrays) > 1 else arrays[0]
    targets = source.targets(held, fitted.targets, part)
    if wanted.keyed:
        return targets
    labels = [targets.get(target.name) for target in wanted.targets]
    return labels if len(labels) > 1 else labels[0]


def learnt(data: Data) -> bool:
    """Whether the data were fitted with more than the form of images: with what some of the samples say."""
    return any(form.depends_on_samples for form in data.preprocessing.inputs.values())


class Shares(NamedTuple):
    """Which of the training samples are trained on, and which are set aside for validation."""

    train: Array
    aside: Array


def shares(count: int, share: float, seed: int, multiple: int) -> Shares:
    """The two parts, drawn by seed; each a multiple of so many samples."""
    order = np.random.default_rng((seed, 0x5B117)).permutation(count)
    kept = round(count * share)
    kept = max(kept - kept % multiple, multiple if share else 0)
    rest = count - kept
    rest -= rest % multiple
    return Shares(np.sort(order[kept : kept + max(rest, 0)]), np.sort(order[:kept]))


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
    train, aside = shares(data.train_samples, share, seed, multiple)
    tested = data.test_samples - data.test_samples % multiple
    if not len(train) or tested < 1:
        short = "test" if tested < 1 else "training"
        message = f"{data.train_samples} training and {data.test_samples} test samples leave no {short} sample"
        helps = "raise `--limit`, or lower `validation_split`" if data.train_samples and data.test_samples else "add samples"
        raise wanted.refuse(TooFewSamples, message, help=helps)
    whole = len(train) == data.train_samples and tested == data.test_samples
    left = data if whole else replace(
        data, x_train=take(data.x_train, train), y_train=take(data.y_train, train),
        x_test=take(data.x_test, slice(tested)), y_test=take(data.y_test, slice(tested)),
    )  # fmt: skip
    return left, (take(data.x_train, aside), take(data.y_train, aside)) if len(aside) else None
