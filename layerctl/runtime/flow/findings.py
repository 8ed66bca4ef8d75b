"""What stands out in a trace, in words: dead units, scales that explode or vanish, gradients that do not arrive.

What chance explains is no remark: a unit behind a relu is 0 for one sample in two, and the spread of a few values says little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log, prod, sqrt
from typing import NamedTuple

from layerctl.base.words import joined
from layerctl.catalog.activations import OVER_LAST_AXIS, STEEPEST
from layerctl.report.results.trace import CallTrace, DeadUnits, LayerTrace, Remark, WeightTrace, every_layer

SCALE = 10.0
"""From this factor on, a layer changes the standard deviation too much, up or down."""
CHAIN = 100.0
"""From this factor on, several layers together do."""
OVERALL = 1000.0
"""From this factor on, the gradients of two kernels differ too much in size."""
HALF = 0.5
"""Above this share of saturated values there is a remark."""
MOST_OUTSIDE = 0.05
"""Above this share of a weight's values outside -1 … 1 there is a remark."""
FEWEST_VALUES = 8
"""The standard deviation of fewer values is not compared."""
FEWEST_SAMPLES = 8
"""Of fewer samples no unit is said to be dead: in a trained network many units are 0 for a single sample."""
BY_CHANCE = 0.001
"""Below this probability it is no chance that so many units are 0, if each is for one sample in two."""
NEARLY_LINEAR = 0.3
"""Up to this standard deviation of its input, such an activation shows how far the sums spread."""
CONFIDENT = frozenset(("softmax", "sigmoid"))
"""Activations of outputs that a trained model may well saturate: its loss has a gradient nevertheless."""


class Circumstances(NamedTuple):
    """How a trace was made.

    Attributes:
        samples: the number of input samples.
        outputs: the layers that give the model's outputs.
        gradients: whether gradients were computed.
        trained: whether the weights are those of a run.
    """

    samples: int
    outputs: frozenset[str] = frozenset()
    gradients: bool = False
    trained: bool = False


def remarks(layers: Sequence[LayerTrace], made: Circumstances) -> tuple[Remark, ...]:
    """All remarks, in the order of the layers."""
    rows = list(every_layer(layers))
    each = (remark for name, layer in rows for remark in _of_layer(name, layer, made))
    return (*each, *_of_chains(layers), *(_of_gradients(rows) if made.gradients else ()))


def _of_layer(name: str, layer: LayerTrace, made: Circumstances) -> Iterator[Remark]:
    call, output = layer.calls[0], layer.output
    on = "on this sample" if made.samples == 1 else f"on all {made.samples} samples"
    if output.nonfinite:
        yield Remark(name, "nonfinite", f"{output.nonfinite:,} values are infinite or no number")
    units = call.units
    dead = units is not None and made.samples >= FEWEST_SAMPLES and _chance(units, made.samples) < BY_CHANCE
    if units is not None and dead:
        yield Remark(name, "dead", f"{units.dead} of {units.of} units are 0 {on}: dead, as far as these show")
    may_be_chance = call.input_std == 0 or (units is not None and _values(call) < log(1 / BY_CHANCE, 2))
    if output.std == 0 and output.shape[1:] not in ((), (1,)) and not may_be_chance and not dead:
        yield Remark(name, "constant", f"every value is {output.mean:g} {on}")
    is_confident = made.trained and name in made.outputs and call.activation in CONFIDENT
    if (output.saturated or 0) > HALF and not is_confident:
        yield Remark(name, "saturated", f"{output.saturated:.0%} of the values are where the activation is flat")
    yield from _scale(name, layer)
    for weight in layer.weights:
        outside = 1 - (weight.within_one if weight.within_one is not None else 1)
        if weight.trainable and outside > MOST_OUTSIDE and (weight.distribution.std or 0) >= _usual(weight):
            yield Remark(name, "weights", f"{outside:.0%} of `{weight.name}` lies outside -1 … 1")


def _usual(weight: WeightTrace) -> float:
    """Twice the standard deviation that HeNormal gives a kernel; with few inputs to a unit, much of it lies outside -1 … 1."""
    inputs = prod(weight.distribution.shape[:-1])
    return 2 * sqrt(2 / inputs) if len(weight.distribution.shape) > 1 and inputs else 0.0


def _values(call: CallTrace) -> int:
    return sum(call.output.histogram.counts) if call.output.histogram is not None else 0


def _chance(units: DeadUnits, samples: int) -> float:
    """How likely it is that at least so many units are 0 for all samples, if each is for one sample in two."""
    from scipy.special import bdtrc

    return float(bdtrc(units.dead - 1, units.of, 0.5**samples))


def _change(layer: LayerTrace) -> float:
    """The factor by which weighted sums change the standard deviation, before the activation; 1 if that cannot be said."""
    call = layer.calls[0]
    before, after = call.input_std, call.output.std
    if not call.sums or not before or not after or min(call.input_values, _values(call)) < FEWEST_VALUES:
        return 1.0
    if call.activation in OVER_LAST_AXIS:
        return 1.0
    steepest = STEEPEST.get(call.activation or "")
    if steepest is not None and after / steepest > NEARLY_LINEAR:
        return 1.0
    return after / (steepest or 1) / before


def _scale(name: str, layer: LayerTrace) -> Iterator[Remark]:
    """Whether a layer changes the standard deviation much."""
    change = _change(layer)
    words = f"the standard deviation goes from {layer.calls[0].input_std or 0:.3g} to {layer.output.std or 0:.3g}"
    if change >= SCALE:
        yield Remark(name, "exploding", f"{words}, {change:.0f} times as large")
    elif change <= 1 / SCALE and (layer.output.saturated or 0) <= HALF:
        yield Remark(name, "vanishing", f"{words}, {1 / change:.0f} times as small")


class _Chain(NamedTuple):
    """The layers with kernels that lead to a tensor, since the last normalization or remark, and how they change its scale."""

    first: str = ""
    layers: int = 0
    change: float = 1.0


def _of_chains(layers: Sequence[LayerTrace], within: str = "") -> Iterator[Remark]:
    """Whether several layers, each of them harmless, together change the standard deviation much."""
    chains: dict[str, _Chain] = {}
    for layer in layers:
        call = layer.calls[0]
        known = [chain for name in call.inputs if (chain := chains.get(name)) is not None]
        before = min(known, key=lambda chain: abs(log(chain.change)), default=_Chain())
        change = _change(layer)
        if change == 1.0:
            starts_anew = bool(layer.weights) or bool(layer.layers)  # a normalization, or layers of its own
            chains[layer.name] = _Chain() if starts_anew else before
        elif change >= SCALE or change <= 1 / SCALE:
            chains[layer.name] = _Chain()
        else:
            chain = _Chain(before.first or layer.name, before.layers + 1, before.change * change)
            if chain.layers > 1 and not 1 / CHAIN < chain.change < CHAIN:
                kind, size = ("exploding", "large") if chain.change > 1 else ("vanishing", "small")
                factor = chain.change if chain.change > 1 else 1 / chain.change
                words = f"over {chain.layers} layers, from `{within}{chain.first}` on, the standard deviation becomes"
                yield Remark(within + layer.name, kind, f"{words} {factor:.0f} times as {size}")
                chain = _Chain()
            chains[layer.name] = chain
        if layer.layers is not None:
            yield from _of_chains(layer.layers, f"{within}{layer.name}/")


def _of_gradients(rows: Sequence[tuple[str, LayerTrace]]) -> Iterator[Remark]:
    for name, layer in rows:
        trained = [weight for weight in layer.weights if weight.trainable and layer.layers is None]
        for weight in trained:
            if weight.gradient is not None and weight.gradient.nonfinite:
                yield Remark(name, "gradient", f"the gradient of `{weight.name}` is infinite or no number")
        silent = [f"`{weight.name}`" for weight in trained if not _arrives(weight)]
        if silent:
            gets = "get" if len(silent) > 1 else "gets"
            learn = "they do not learn" if len(silent) > 1 else "it does not learn"
            cut = any(weight.gradient is None for weight in trained)
            why = ": the loss does not depend on it through anything that has a gradient" if cut else ""
            yield Remark(name, "gradient", f"{joined(silent)} {gets} no gradient: {learn} from this batch{why}")
    yield from _unequal({f"{name}/{weight.name}": weight for name, layer in rows for weight in layer.weights})


def _arrives(weight: WeightTrace) -> bool:
    return weight.gradient is not None and bool(weight.gradient.rms or weight.gradient.nonfinite)


def _unequal(weights: Mapping[str, WeightTrace]) -> Iterator[Remark]:
    """Whether the gradients of two kernels differ much in size; those of a bias, even of several axes, can be tiny by design."""
    sizes = {
        name: weight.gradient.rms
        for name, weight in weights.items()
        if weight.gradient is not None and weight.gradient.rms and not weight.gradient.nonfinite
        if len(weight.distribution.shape) > 1 and "bias" not in weight.name
    }
    if sizes:
        low, high = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        ratio = sizes[high] / sizes[low]
        if ratio >= OVERALL:
            yield Remark(None, "gradient", f"gradients differ much in size: `{high}` gets {ratio:,.0f} times as much as `{low}`")
