"""A warm-up that lowers the learning rate, or never happens."""

from __future__ import annotations

from layerctl.diagnostics import Code, Sink
from layerctl.lint.training._rule import Plan, TrainRule


class IdleWarmup(Code, id="LC528", severity="warning"):
    """A warm-up that lowers the learning rate, or that never happens.

    Why:
        A warm-up begins with small steps and goes up to `warmup_target`, from which the decay begins: Goyal et al., "Accurate,
        Large Minibatch SGD" (2017), section 2.2. With a target below `initial_learning_rate` the rate falls instead; without one,
        Keras ignores `warmup_steps`.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
        train:
          data: synthetic
          loss: sparse_categorical_crossentropy
          optimizer:
            Adam:
              learning_rate:
                CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 1000, warmup_target: 1e-5, warmup_steps: 100}
        ```

    Fix:
        Make `initial_learning_rate` the small rate to begin with, and `warmup_target` the rate to train with.
    """


def check(plan: Plan, sink: Sink) -> None:
    if plan.train.rule is None:
        return
    path, optimizer = plan.train.rule.innermost
    schedule = optimizer.learning_rate
    steps, target = schedule.warmup if not isinstance(schedule, float) else (0, None)
    if not steps:
        return
    start = schedule.initial_learning_rate
    if target is None:
        message = f"`warmup_steps: {steps}` does nothing without `warmup_target`"
        help = f"write `warmup_target: {start:g}`, and a small `initial_learning_rate` such as 0"
        field = "warmup_steps"
    elif target < start:
        message = f"the learning rate falls from {start:g} to the `warmup_target` of {target:g}, where it should warm up"
        help = f"write `initial_learning_rate: {target:g}` and `warmup_target: {start:g}`"
        field = "warmup_target"
    else:
        return
    sink.add(IdleWarmup, plan.train.optimizer.argument_place(*path, "learning_rate", field), message, help=help)


RULE = TrainRule(check)
