"""The values that Keras reports in training, by name."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from layerctl.catalog.datasets._formats import may_hold_validation
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.train import Train


class Reported(NamedTuple):
    """One reported value.

    Attributes:
        name: Keras's name, without `val_`; of one of a metric's several figures with its label behind it, `f1_score[2]`.
        direction: whether a smaller or a larger value is better; None where that is unknown.
    """

    name: str
    direction: Literal["min", "max"] | None


class Vector(NamedTuple):
    """A metric that gives several figures.

    Attributes:
        metric: as the spec names it.
        labels: what tells its figures apart: a class, an output or a threshold for each.
    """

    metric: Chosen
    labels: tuple[str, ...]

    @property
    def single(self) -> str:
        """The argument that makes one number of them."""
        return self.metric.arguments.single() if self.metric.arguments is not None else ""  # type: ignore[attr-defined]

    def names(self, name: str) -> list[str]:
        """The names of its figures, if Keras reports it under a name."""
        return [figure(name, label) for label in self.labels]


def figure(name: str, label: str) -> str:
    """The name of one of a metric's figures."""
    return f"{name}[{label}]"


Outputs = Mapping[str, int | None] | Sequence[str]
"""The outputs of a model by name, with the sizes of their last axes; or their names alone, where the sizes are not known."""


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


def reported(train: Train, outputs: Outputs) -> dict[str, Reported]:
    """Every value that can be monitored, by each name that a spec may use for it, without `val_`.

    Keras puts the output's name before a metric where the model has several outputs. A spec that gives metrics by output may do
    so with one output too.
    """
    values = {"loss": Reported("loss", "min")}
    losses = losses_by_output(train, list(outputs))
    if len(outputs) > 1 and len(losses) > 1:
        values |= {f"{output}_loss": Reported(f"{output}_loss", "min") for output in losses}
    for output, metrics in named_metrics(train, outputs).items():
        for name, metric in metrics.items():
            vector = _vector(metric, _units(outputs, output))
            for single in vector.names(name) if vector is not None else [name]:
                value = Reported(single, direction(metric))
                values.setdefault(single, value)
                if isinstance(train.metrics, Mapping) and len(outputs) == 1:
                    values.setdefault(f"{output}_{single}", value)
    return values


def named_metrics(train: Train, outputs: Outputs) -> dict[str, dict[str, Chosen]]:
    """The metrics of each output by the names under which Keras reports them."""
    named: dict[str, dict[str, Chosen]] = {}
    counts: dict[str, int] = {}
    for output, metrics in metrics_by_output(train, list(outputs)).items():
        named[output] = {}
        for metric in metrics:
            base = f"{output}_{metric.reported}" if len(outputs) > 1 else metric.reported
            number = counts[base] = counts.get(base, -1) + 1
            named[output][f"{base}_{number}" if number else base] = metric
    return named


def vectors(train: Train, outputs: Outputs) -> dict[str, Vector]:
    """The metrics that give several figures, by the names under which Keras reports them."""
    found: dict[str, Vector] = {}
    for output, metrics in named_metrics(train, outputs).items():
        units = _units(outputs, output)
        found |= {name: vector for name, metric in metrics.items() if (vector := _vector(metric, units)) is not None}
    return found


def _vector(metric: Chosen, units: int | None) -> Vector | None:
    labels = metric.arguments.figures(units) if metric.arguments is not None else ()  # type: ignore[attr-defined]
    return Vector(metric, labels) if labels else None


def _units(outputs: Outputs, output: str) -> int | None:
    return outputs[output] if isinstance(outputs, Mapping) else None


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


def monitored(train: Train, monitor: str, outputs: Outputs) -> Reported | None:
    """The value that a `monitor` names, under Keras's name, `val_` included; None where it is known that it will not exist."""
    validation = monitor.startswith("val_")
    value = reported(train, outputs).get(monitor.removeprefix("val_"))
    if value is None or (validation and not validated(train)):
        return None
    return value._replace(name=f"val_{value.name}") if validation else value
