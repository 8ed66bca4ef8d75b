"""What stands out in a trace, in words: dead units, scales that explode or vanish, gradients that do not arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerctl.report.results.trace import CallTrace, LayerTrace, Remark, every_layer

SCALE = 10.0
"""From this factor on, a layer changes the standard deviation too much, up or down."""
OVERALL = 1000.0
"""From this factor on, the gradients of two kernels differ too much in size."""
HALF = 0.5
"""Above this share of saturated values there is a remark."""
MOST_OUTSIDE = 0.05
"""Above this share of a weight's values outside -1 … 1 there is a remark."""


def remarks(layers: Sequence[LayerTrace], samples: int) -> tuple[Remark, ...]:
    """All remarks, in the order of the layers; `samples` is the number of input samples."""
    rows = list(every_layer(layers))
    return (*(remark for name, layer in rows for remark in _of_layer(name, layer, samples)), *_of_gradients(rows))


def _of_layer(name: str, layer: LayerTrace, samples: int) -> Iterator[Remark]:
    output, on = layer.output, "on this sample" if samples == 1 else f"on all {samples} samples"
    if output.nonfinite:
        yield Remark(name, "nonfinite", f"{output.nonfinite:,} values are infinite or no number")
    units = layer.calls[0].units
    if units is not None and units.dead:
        share = f"{units.dead} of {units.of} units"
        yield Remark(
            name, "dead", f"{share} are 0 {on}" + (": they are dead" if samples > 1 else "; look at more with `--samples`")
        )
    if output.std == 0 and output.shape[1:] not in ((), (1,)) and not (units is not None and units.dead == units.of):
        yield Remark(name, "constant", f"every value is {output.mean:g} {on}")
    if (output.saturated or 0) > HALF:
        yield Remark(name, "saturated", f"{output.saturated:.0%} of the values are at an end of the activation, where it is flat")
    yield from _scale(name, layer, layer.calls[0])
    for weight in layer.weights:
        outside = 1 - (weight.within_one if weight.within_one is not None else 1)
        if weight.trainable and outside > MOST_OUTSIDE:
            yield Remark(name, "weights", f"{outside:.0%} of `{weight.name}` lies outside -1 … 1")


def _scale(name: str, layer: LayerTrace, call: CallTrace) -> Iterator[Remark]:
    """Whether a layer with a kernel changes the standard deviation much."""
    before, after = call.input_std, call.output.std
    kernel = any(len(weight.distribution.shape) > 1 for weight in layer.weights)
    if not kernel or not before or not after:
        return
    words = f"the standard deviation goes from {before:.3g} to {after:.3g}"
    if after / before >= SCALE:
        yield Remark(name, "exploding", f"{words}, {after / before:.0f} times as large")
    elif before / after >= SCALE and call.output.saturated is None:
        yield Remark(name, "vanishing", f"{words}, {before / after:.0f} times as small")


def _of_gradients(rows: list[tuple[str, LayerTrace]]) -> Iterator[Remark]:
    sizes: dict[str, float] = {}
    for name, layer in rows:
        for weight in layer.weights:
            gradient = weight.gradient
            if gradient is None:
                continue
            if gradient.nonfinite:
                yield Remark(name, "gradient", f"the gradient of `{weight.name}` is infinite or no number")
            elif not gradient.rms:
                yield Remark(name, "gradient", f"`{weight.name}` gets no gradient: it does not learn from this batch")
            elif len(weight.distribution.shape) > 1:
                sizes[f"{name}/{weight.name}"] = gradient.rms
    if sizes:
        low, high = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        if sizes[high] / sizes[low] >= OVERALL:
            ratio = sizes[high] / sizes[low]
            yield Remark(None, "gradient", f"gradients differ much in size: `{high}` gets {ratio:,.0f} times as much as `{low}`")
