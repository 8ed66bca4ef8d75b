"""A `mode` that keeps the worst epoch."""

from __future__ import annotations

from layerctl.analysis.losses import units_of
from layerctl.diagnostics import Code, Related, Sink
from layerctl.language.spec.reported import monitored
from layerctl.lint.training._rule import Plan, TrainRule


class WrongMode(Code, id="LC523", severity="warning"):
    """`mode` says the opposite of what is known about the monitored value.

    Why:
        With `mode: min`, an accuracy that falls counts as better: a checkpoint keeps the worst epoch, and early stopping ends the
        training that goes well. keras.io: in `max` mode training stops "when the quantity monitored has stopped increasing".

    Example:
        ```yaml
        inputs: {x: [4]}
        layers: [{Dense: {units: 3, activation: softmax}}]
        train:
          data: synthetic
          loss: sparse_categorical_crossentropy
          metrics: [accuracy]
          validation_split: 0.2
          early_stopping: {monitor: val_accuracy, mode: min, patience: 3}
        ```

    Fix:
        Leave `mode` out: `auto` knows losses and metrics.
    """


def check(plan: Plan, sink: Sink) -> None:
    for key in ("early_stopping", "checkpoint"):
        section = getattr(plan.train, key)
        if section is None or section.mode == "auto":
            continue
        value = monitored(plan.train, section.monitor, units_of(plan.model))
        if value is None or value.direction in (None, section.mode):
            continue
        better, worst = ("higher", "lowest") if value.direction == "max" else ("lower", "highest")
        message = f"`{section.monitor}` is better when it is {better}; `mode: {section.mode}` goes for the {worst}"
        help = f"leave `mode` out, or write `mode: {value.direction}`"
        related = (Related(plan.place(key, "monitor"), "what is watched"),)
        sink.add(WrongMode, plan.place(key, "mode"), message, help=help, related=related)


RULE = TrainRule(check)
