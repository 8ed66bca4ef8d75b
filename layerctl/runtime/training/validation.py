"""Judges the validation data before training: data by path show only when they are read whether they have such a part."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.analysis.trainability import no_validation
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec._codes import NothingToMonitor, TwoValidationParts
from layerctl.language.spec.callbacks import CALLBACKS
from layerctl.language.spec.train import Train
from layerctl.runtime.data import Data
from layerctl.runtime.data._wanted import place


def check_validation(compiled: Accepted, train: Train, data: Data) -> None:
    """Checks that there is at most one validation part, and one if a metric of it is watched.

    Raises:
        SpecError: there are two, or none.
    """
    if wrong := tuple(_mistakes(compiled, train, data)):
        raise SpecError(wrong)


def _mistakes(compiled: Accepted, train: Train, data: Data) -> Iterator[Diagnostic]:
    if data.x_val is not None and train.validation_split:
        message = f"`{data.name}` has a validation part, {data.origin['validation']}; `validation_split` would make another"
        help = "remove `validation_split`, or leave the validation part out of the data"
        yield Diagnostic(TwoValidationParts, place(compiled, "train", "validation_split"), message, "", help)
    if data.x_val is not None or train.validation_split:
        return
    for key in CALLBACKS:
        section = getattr(train, key)
        if section is not None and section.monitor.startswith("val_"):
            message, advice = no_validation(section.monitor)
            yield Diagnostic(NothingToMonitor, place(compiled, "train", key, "monitor"), message, "", advice.text)
