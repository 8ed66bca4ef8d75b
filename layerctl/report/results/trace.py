"""The result of `layerctl trace`: each layer's outputs and weights in figures, and how one value is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from layerctl.base.json_text import by_field, plain
from layerctl.report.results.following import Followed


class Histogram(NamedTuple):
    """How many values lie between each two edges."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class Distribution(NamedTuple):
    """How the values of a tensor are distributed; figures are of the finite values, None if there are none.

    Attributes:
        shape: of the tensor, the batch first.
        std: standard deviation.
        zeros: share of values that are 0.
        saturated: share of values at which the activation is flat; None if the activation has no flat ends.
        nonfinite: how many values are infinite or not a number; None for text.
        quantiles: by the share of values below them, `0.05`.
        rms: root mean square; of gradients alone.
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
    rms: float | None = None

    def to_json(self) -> dict[str, Any]:
        optional = ("nonfinite", "quantiles", "histogram", "rms")
        return by_field(self, *optional) if self.histogram else by_field(self, "saturated", *optional)


class WeightTrace(NamedTuple):
    """One weight of a layer.

    Attributes:
        name: as in a summary.
        within_one: share of values from -1 to 1; None if there are no values, or they are not floats.
        trainable: whether training changes it.
        gradient: of the loss of one batch; None without `gradients`, or if the weight gets none.
    """

    name: str
    distribution: Distribution
    within_one: float | None
    trainable: bool
    gradient: Distribution | None = None

    def to_json(self) -> dict[str, Any]:
        data = by_field(self, "gradient")
        distribution = data.pop("distribution")
        distribution.pop("saturated", None)
        return {"name": data.pop("name"), **distribution, **data}


class DeadUnits(NamedTuple):
    """How many units of a layer are 0 for all samples at all positions, of how many units there are."""

    dead: int
    of: int


class CallTrace(NamedTuple):
    """One call of a layer.

    Attributes:
        inputs: the names of its inputs.
        outputs: one for each output.
        input_std: the largest standard deviation of its inputs; None if they are not floats.
        input_values: how many values its inputs hold.
        sums: whether the outputs are weighted sums, so that their scale can be compared with that of the inputs.
        activation: the function that is applied last; None if there is none.
        units: the dead ones; None if the activation cannot leave a unit dead.
    """

    inputs: tuple[str, ...]
    outputs: tuple[Distribution, ...]
    input_std: float | None
    input_values: int
    sums: bool
    activation: str | None = None
    units: DeadUnits | None = None

    @property
    def output(self) -> Distribution:
        """The first output."""
        return self.outputs[0]

    def to_json(self) -> dict[str, Any]:
        data = by_field(self, "activation", "units")
        del data["input_values"], data["sums"]
        outputs = data.pop("outputs")
        several = {"outputs": outputs} if len(outputs) > 1 else {}
        return {"inputs": data.pop("inputs"), "output": outputs[0], **several, **data}


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """One layer, with each of its calls.

    Attributes:
        type: its class, or the name of a function.
        calls: in their order; at least one.
        layers: of a nested model, at its first call; None for any other layer.
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
        first, *others = plain(self.calls)
        data: dict[str, Any] = {"name": self.name, "type": self.type, **first, "weights": plain(self.weights)}
        if self.layers is not None:
            data["layers"] = plain(self.layers)
        if others:
            data["calls"] = [{"inputs": first["inputs"], "output": first["output"]}, *others]
        return data


def every_layer(layers: Sequence[LayerTrace], within: str = "") -> Iterator[tuple[str, LayerTrace]]:
    """All layers, those of nested models too, each with its full name: `encoder/dense`."""
    for layer in layers:
        yield within + layer.name, layer
        yield from every_layer(layer.layers or (), f"{within}{layer.name}/")


class Remark(NamedTuple):
    """Something that stands out.

    Attributes:
        layer: where; `encoder/dense` in a nested model, None for the whole model.
        kind: `nonfinite`, `constant`, `dead`, `saturated`, `exploding`, `vanishing`, `weights`, or `gradient`.
    """

    layer: str | None
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """What flows through a model, in figures.

    Attributes:
        model: its name.
        weights: `of the run`, or `fresh`.
        seed: of fresh weights and of random input.
        data: the input: the name of a dataset, a file, or `random`.
        samples: how many there are.
        inputs: by name.
        layers: in the order of their first calls.
        notes: how the input was changed to fit.
        loss: of the batch; None without `gradients`.
        followed: how one value is computed; None without `layer`.
        remarks: what stands out.
    """

    model: str
    weights: str
    seed: int
    data: str
    samples: int
    inputs: Mapping[str, Distribution]
    layers: tuple[LayerTrace, ...]
    notes: tuple[str, ...] = ()
    loss: float | None = None
    followed: Followed | None = None
    remarks: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The trace as `trace.json` holds it; `layerctl trace --format json` adds the files that were written."""
        data = {"version": 1, **by_field(self, "loss", "followed")}
        data["inputs"] = [{"name": name, **distribution} for name, distribution in data["inputs"].items()]
        data["findings"] = data.pop("remarks")
        return data
