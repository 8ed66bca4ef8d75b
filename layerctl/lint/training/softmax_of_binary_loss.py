"""A softmax over several units under a loss that takes each unit by itself."""

from __future__ import annotations

from layerctl.diagnostics import Code, Related, Sink
from layerctl.lint.training._rule import Plan, TrainRule


class SoftmaxOfBinaryLoss(Code, id="LC520", severity="warning"):
    """A softmax over several units, and a loss that takes each unit for a yes-or-no question of its own.

    Why:
        A softmax shares one probability among the units: one class out of several. A binary loss asks each unit by itself, and
        also pushes down those that are not asked for; accuracies that Keras then picks are those of single units. keras.io:
        `BinaryCrossentropy` is for "binary (0 or 1) classification applications".

    Example:
        ```yaml
        inputs: {x: [4]}
        layers: [{Dense: {units: 5, activation: softmax}}]
        train: {data: synthetic, loss: binary_crossentropy}
        ```

    Fix:
        For one class out of several, use `categorical_crossentropy`, or `sparse_categorical_crossentropy` for class numbers.
        Where several can be true at once, use `activation: sigmoid`.
    """


def check(plan: Plan, sink: Sink) -> None:
    for output in plan.trained:
        loss, units = output.loss, output.units
        over_units = output.layer is not None and -1 in _from_last(output.layer.softmax_axes, output.tensor.rank)
        if not over_units or units == 1 or loss.one_unit != "binary" or not loss.wants or loss.takes_logits:
            continue
        name, several = output.chosen.written, f"{units} units" if units else "all units"
        message = f"{name} takes each unit by itself; the softmax of `{output.name}` makes one class of {several}"
        help = "use `categorical_crossentropy` (for class numbers `sparse_categorical_crossentropy`), or `activation: sigmoid` "
        help += "where several can be true at once"
        related = (Related(output.node.place, "the softmax"),)
        sink.add(SoftmaxOfBinaryLoss, output.chosen.place, message, help=help, related=related)


RULE = TrainRule(check)


def _from_last(axes: tuple[int, ...], rank: int) -> list[int]:
    """Axes counted from the last one, -1."""
    return [axis if axis < 0 else axis - rank for axis in axes]
