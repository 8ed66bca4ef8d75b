"""A learning rate at which no optimizer learns."""

from __future__ import annotations

from layerctl.diagnostics import Code, Sink
from layerctl.lint.training._rule import Plan, TrainRule


class LearningRateTooLarge(Code, id="LC527", severity="warning"):
    """A learning rate some orders of magnitude above those at which the optimizer learns.

    Reported are 1 and more for Adam and its relatives, whose steps are about as large as the learning rate whatever the gradient,
    and 10 and more for the others; SGD that clips its gradients is not reported.

    Why:
        Each step moves every weight by about the learning rate, and weights begin well below 1: the first step throws away what
        was there, and the loss soon is NaN or stays where it is. Kingma and Ba, "Adam" (2014), section 2.1: the step is bounded
        by the learning rate. Goodfellow et al., "Deep Learning" (2016), section 11.4.1.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
        train: {data: synthetic, loss: sparse_categorical_crossentropy, optimizer: {Adam: {learning_rate: 10}}}
        ```

    Fix:
        Begin with Keras's default, and search around it in factors of 10.
    """


def check(plan: Plan, sink: Sink) -> None:
    if plan.train.rule is None:
        return
    path, optimizer = plan.train.rule.innermost
    rate = optimizer.learning_rate
    highest = rate if isinstance(rate, float) else rate.highest
    if highest >= optimizer.deadly_rate and not (optimizer.clips and optimizer.deadly_rate > 1):
        name, usual = type(optimizer).keras_name(), type(optimizer).model_fields["learning_rate"].default
        message = f"no model learns with {name} at a `learning_rate` of {highest:g}"
        place = plan.train.optimizer.argument_place(*path, "learning_rate")
        sink.add(LearningRateTooLarge, place, message, help=f"begin with Keras's default, `learning_rate: {usual}`")


RULE = TrainRule(check)
