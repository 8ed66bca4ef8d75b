"""A learning-rate schedule that is over within the first epoch."""

from __future__ import annotations

from layerctl.analysis.arriving import steps_per_epoch
from layerctl.diagnostics import Code, Sink
from layerctl.lint.training._rule import Plan, TrainRule


class ScheduleEndsEarly(Code, id="LC525", severity="warning"):
    """A learning-rate schedule that is over within the first epoch, long before training ends.

    Reported is a schedule that leaves a tenth of its highest rate or less (a thousandth, where it never stops falling). A
    schedule that rises is not reported, nor one on data whose size is not known.

    Why:
        A schedule counts steps, one for each batch, and not epochs. After its last step the rate stays at its end, often 0: most
        epochs then train nothing. keras.io on `decay_steps` of `CosineDecay`: "Number of steps to decay over."

    Example:
        ```yaml
        inputs: {image: [8, 8, 1]}
        layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
        train:
          data: digits
          loss: sparse_categorical_crossentropy
          epochs: 10
          optimizer: {Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 10}}}}
        ```

    Fix:
        Give the number of all steps: epochs × samples / batch size.
    """


def check(plan: Plan, sink: Sink) -> None:
    if plan.train.rule is None:
        return
    path, optimizer = plan.train.rule.innermost
    schedule = optimizer.learning_rate
    over = schedule.over_after if not isinstance(schedule, float) else None
    batches = steps_per_epoch(plan.train, plan.model) if over is not None else None
    if over is None or batches is None:
        return
    total = batches * plan.train.epochs  # of batches, also where the gradients of several are accumulated
    if over <= batches and over * 2 <= total:
        name, field = type(schedule).keras_name(), schedule.length_field
        message = f"{name} is over after {over:,.0f} of {total:,} steps, within the first epoch of {batches:,}"
        place = plan.train.optimizer.argument_place(*path, "learning_rate", field)
        help = f"`{field}` counts batches: all {plan.train.epochs} epochs are {total:,} steps"
        sink.add(ScheduleEndsEarly, place, message, help=help)


RULE = TrainRule(check)
