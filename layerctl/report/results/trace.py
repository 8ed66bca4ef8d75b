"""What `layerctl trace` finds: each layer's outputs and weights in figures, and one value followed back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from layerctl.base.json_text import finite, plain
from layerctl.report.results.following import Followed


class Histogram(NamedTuple):
    """How many values lie between each two edges."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class Distribution(NamedTuple):
    """How the values of a tensor are distributed; figures are of the finite values, None where there are none.

    Attributes:
        shape: of the tensor, the batch first.
        mean: mean.
        std: standard deviation.
        min: least value.
        max: largest value.
        zeros: share of values that are 0.
        saturated: share of values at an end of the activation's range; None where it has no ends.
        nonfinite: how many values are infinite or no number; None where the values are text.
        quantiles: by the share of values below them, `0.05`.
        histogram: histogram.
    """

    shape: tuple[int, ...]
    mean: float | None = None
    std: float | None = None
    min: float | None = None
    max: float | None = None
    zeros: float | None = None
    saturated: float | None = None
    nonfinite: int | None = None
    quantiles: Mapping[str, float] | None = None
    histogram: Histogram | None = None

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"shape": list(self.shape), "mean": self.mean, "std": self.std, "min": self.min, "max": self.max}
        data["zeros"] = self.zeros
        if self.nonfinite is None:
            return data
        if self.histogram is None or self.quantiles is None:
            return data | {"nonfinite": self.nonfinite}
        return data | {
            "saturated": self.saturated,
            "nonfinite": self.nonfinite,
            "quantiles": self.quantiles,
            "histogram": plain(self.histogram),
        }


class Gradient(NamedTuple):
    """The gradient of a loss in a weight.

    Attributes:
        distribution: of its values.
        rms: their root mean square.
    """

    distribution: Distribution
    rms: float

    def to_json(self) -> dict[str, Any]:
        return {**self.distribution.to_json(), "rms": self.rms}


class WeightTrace(NamedTuple):
    """One weight of a layer.

    Attributes:
        name: as in a summary.
        distribution: of its values.
        within_one: share of values within -1 … 1; None where there are none, or they are no floats.
        trainable: whether training changes it.
        gradient: of the loss of one batch; None where it was not asked for, or the weight gets none.
    """

    name: str
    distribution: Distribution
    within_one: float | None
    trainable: bool
    gradient: Gradient | None = None

    def to_json(self) -> dict[str, Any]:
        data = {"name": self.name, **self.distribution.to_json()}
        data.pop("saturated", None)
        data |= {"within_one": self.within_one, "trainable": self.trainable}
        return data if self.gradient is None else data | {"gradient": self.gradient.to_json()}


class DeadUnits(NamedTuple):
    """How many units of a layer are 0 on all samples and at all places, of how many there are."""

    dead: int
    of: int


class CallTrace(NamedTuple):
    """One call of a layer.

    Attributes:
        inputs: what it was called on, by name.
        outputs: what it gave.
        input_std: the largest standard deviation of its inputs; None where they are no floats.
        units: those that are dead; None where a unit cannot die.
    """

    inputs: tuple[str, ...]
    outputs: tuple[Distribution, ...]
    input_std: float | None
    units: DeadUnits | None = None

    @property
    def output(self) -> Distribution:
        """The first output."""
        return self.outputs[0]

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"inputs": list(self.inputs), "output": self.output.to_json()}
        if len(self.outputs) > 1:
            data["outputs"] = plain(self.outputs)
        data["input_std"] = self.input_std
        return data if self.units is None else data | {"units": plain(self.units)}


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """One layer, with each of its calls.

    Attributes:
        name: of the layer.
        type: its class, or the function.
        calls: in their order; at least one.
        weights: its weights.
        layers: the layers of a nested model, as they are at its first call; None for any other layer.
    """

    name: str
    type: str
    calls: tuple[CallTrace, ...]
    weights: tuple[WeightTrace, ...]
    layers: tuple[LayerTrace, ...] | None = None

    @property
    def output(self) -> Distribution:
        """The first output of the first call."""
        return self.calls[0].output

    def to_json(self) -> dict[str, Any]:
        first, *others = self.calls
        data: dict[str, Any] = {"name": self.name, "type": self.type, **first.to_json()}
        data["weights"] = plain(self.weights)
        if self.layers is not None:
            data["layers"] = plain(self.layers)
        if others:
            short = {"inputs": list(first.inputs), "output": first.output.to_json()}
            data["calls"] = [short, *plain(others)]
        return data


def every_layer(layers: Sequence[LayerTrace], within: str = "") -> Iterator[tuple[str, LayerTrace]]:
    """All layers, those of nested models too, each with its name from the outside: `encoder/dense`."""
    for layer in layers:
        yield within + layer.name, layer
        yield from every_layer(layer.layers or (), f"{within}{layer.name}/")


class InputTrace(NamedTuple):
    """One input of the model."""

    name: str
    distribution: Distribution

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, **self.distribution.to_json()}


class Remark(NamedTuple):
    """Something that stands out.

    Attributes:
        layer: where; `encoder/dense` in a nested model, None for the whole.
        kind: `nonfinite`, `constant`, `dead`, `saturated`, `exploding`, `vanishing`, `weights`, or `gradient`.
        message: in words.
    """

    layer: str | None
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """What flows through a model, in figures.

    Attributes:
        model: its name.
        weights: whose weights it has: `of the run`, or `fresh`.
        seed: of fresh weights and of random input.
        data: what the input is: the name of a dataset, a file, or `random`.
        samples: how many samples it has.
        inputs: the inputs.
        layers: the layers, in the order of their first calls.
        notes: what was done to make the input fit.
        loss: of the batch; None where gradients were not asked for.
        followed: a value that was followed back; None where none was asked for.
        remarks: what stands out.
    """

    model: str
    weights: str
    seed: int
    data: str
    samples: int
    inputs: tuple[InputTrace, ...]
    layers: tuple[LayerTrace, ...]
    notes: tuple[str, ...] = ()
    loss: float | None = None
    followed: Followed | None = None
    remarks: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The trace as `trace.json` holds it; `layerctl trace --format json` adds the files that were written."""
        data: dict[str, Any] = {
            "version": 1,
            "model": self.model,
            "weights": self.weights,
            "seed": self.seed,
            "data": self.data,
            "samples": self.samples,
            "inputs": plain(self.inputs),
            "layers": plain(self.layers),
            "notes": list(self.notes),
        }
        if self.loss is not None:
            data["loss"] = self.loss
        if self.followed is not None:
            data["followed"] = self.followed.to_json()
        data["findings"] = plain(self.remarks)
        return finite(data)  # type: ignore[no-any-return]
