"""The values that Keras reports in training, by name."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from layerctl.catalog.datasets._formats import may_hold_validation
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.train import Train


class Reported(NamedTuple):
    """One reported value.

    Attributes:
        name: Keras's name, without `val_`.
        direction: whether a smaller or a larger value is better; None where that is unknown.
    """

    name: str
    direction: Literal["min", "max"] | None


def losses_by_output(train: Train, outputs: Sequence[str]) -> dict[str, Chosen]:
    """The loss of each output that has one; a single loss in the spec belongs to every output."""
    losses = train.loss if isinstance(train.loss, Mapping) else dict.fromkeys(outputs, train.loss)
    return {output: losses[output] for output in outputs if losses.get(output) is not None}


def metrics_by_output(train: Train, outputs: Sequence[str]) -> dict[str, tuple[Chosen, ...]]:
    """The metrics of each output; a list belongs to every output."""
    by_output = train.metrics if isinstance(train.metrics, Mapping) else dict.fromkeys(outputs, train.metrics or ())
    return {output: tuple(metric for metric in by_output.get(output, ()) if metric is not None) for output in outputs}


def weights_by_output(train: Train, outputs: Sequence[str]) -> dict[str, float]:
    """The weight of each output's loss."""
    weights = train.loss_weights
    if isinstance(weights, Mapping):
        return {output: weights.get(output, 1.0) for output in outputs}
    numbers = weights if isinstance(weights, tuple) else (1.0 if weights is None else weights,) * len(outputs)
    return dict(zip(outputs, numbers, strict=False))


def reported(train: Train, outputs: Sequence[str]) -> dict[str, Reported]:
    """Every value that can be monitored, by each name that a spec may use for it, without `val_`.

    Keras puts the output's name before a metric where the model has several outputs. A spec that gives metrics by output may do
    so with one output too.
    """
    values = {"loss": Reported("loss", "min")}
    several = len(outputs) > 1
    if several and len(losses_by_output(train, outputs)) > 1:
        values |= {f"{output}_loss": Reported(f"{output}_loss", "min") for output in losses_by_output(train, outputs)}
    counts: dict[str, int] = {}
    for output, metrics in metrics_by_output(train, outputs).items():
        for metric in metrics:
            base = f"{output}_{metric.reported}" if several else metric.reported
            number = counts[base] = counts.get(base, -1) + 1
            value = Reported(f"{base}_{number}" if number else base, direction(metric))
            values.setdefault(value.name, value)
            if isinstance(train.metrics, Mapping) and not several:
                values.setdefault(f"{output}_{value.name}", value)
    return values


def direction(metric: Chosen) -> Literal["min", "max"] | None:
    """Whether a metric should fall or rise."""
    if metric.arguments is None:
        return "max"  # an accuracy, whose class Keras chooses by the output's shape
    return metric.arguments.direction  # type: ignore[attr-defined, no-any-return]


def validated(train: Train) -> bool:
    """Whether there may be validation data: data by path that have a part of their own show it only when they are read."""
    data = train.data
    if train.validation_split or data is None or data.path is None:
        return bool(train.validation_split)
    return data.validation is not None or may_hold_validation(data.path, data.format)


def monitored(train: Train, monitor: str, outputs: Sequence[str]) -> Reported | None:
    """The value that a `monitor` names, under Keras's name, `val_` included; None where it is known that it will not exist."""
    validation = monitor.startswith("val_")
    value = reported(train, outputs).get(monitor.removeprefix("val_"))
    if value is None or (validation and not validated(train)):
        return None
    return value._replace(name=f"val_{value.name}") if validation else value
