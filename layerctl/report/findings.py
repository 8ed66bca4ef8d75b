"""What stands out in a trace, in words: dead units, scales that explode or vanish, gradients that do not arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]

SCALE = 10.0
"""How much one layer may change the standard deviation, up or down."""
OVERALL = 1000.0
"""How much the gradients of two kernels may differ in size."""
HALF = 0.5
MOST_OUTSIDE = 0.05


class Finding(NamedTuple):
    """One remark.

    Attributes:
        layer: where; `encoder/dense` in a nested model, None for the whole.
        kind: `nonfinite`, `constant`, `dead`, `saturated`, `exploding`, `vanishing`, `weights`, or `gradient`.
        message: in words.
    """

    layer: str | None
    kind: str
    message: str


def findings(record: Mapping[str, Any]) -> list[Finding]:
    """All remarks, in the order of the layers."""
    samples = record["samples"]
    rows = list(every(record["layers"]))
    found = [remark for name, row in rows for remark in _of_layer(name, row, samples)]
    return found + list(_of_gradients(rows))


def every(rows: list[Row], within: str = "") -> Iterator[tuple[str, Row]]:
    """All rows, those of nested models too, each with its name from the outside."""
    for row in rows:
        yield within + row["name"], row
        yield from every(row.get("layers", []), f"{within}{row['name']}/")


def _of_layer(name: str, row: Row, samples: int) -> Iterator[Finding]:
    output, on = row["output"], "on this sample" if samples == 1 else f"on all {samples} samples"
    if output.get("nonfinite"):
        yield Finding(name, "nonfinite", f"{output['nonfinite']:,} values are infinite or no number")
    units = row.get("units")
    if units and units["dead"]:
        share = f"{units['dead']} of {units['of']} units"
        yield Finding(
            name, "dead", f"{share} are 0 {on}" + (": they are dead" if samples > 1 else "; look at more with `--samples`")
        )
    if output["std"] == 0 and output["shape"][1:] not in ([], [1]) and not (units and units["dead"] == units["of"]):
        yield Finding(name, "constant", f"every value is {output['mean']:g} {on}")
    if (output.get("saturated") or 0) > HALF:
        yield Finding(
            name, "saturated", f"{output['saturated']:.0%} of the values are at an end of the activation, where it is flat"
        )
    yield from _scale(name, row, output)
    for weight in row["weights"]:
        outside = 1 - (weight["within_one"] if weight["within_one"] is not None else 1)
        if weight["trainable"] and outside > MOST_OUTSIDE:
            yield Finding(name, "weights", f"{outside:.0%} of `{weight['name']}` lies outside -1 … 1")


def _scale(name: str, row: Row, output: Row) -> Iterator[Finding]:
    """Whether a layer with a kernel changes the standard deviation much."""
    before, after = row.get("input_std"), output["std"]
    kernel = any(len(weight["shape"]) > 1 for weight in row["weights"])
    if not kernel or not before or not after:
        return
    words = f"the standard deviation goes from {before:.3g} to {after:.3g}"
    if after / before >= SCALE:
        yield Finding(name, "exploding", f"{words}, {after / before:.0f} times as large")
    elif before / after >= SCALE and output.get("saturated") is None:
        yield Finding(name, "vanishing", f"{words}, {before / after:.0f} times as small")


def _of_gradients(rows: list[tuple[str, Row]]) -> Iterator[Finding]:
    sizes: dict[str, float] = {}
    for name, row in rows:
        for weight in row["weights"]:
            gradient = weight.get("gradient")
            if gradient is None:
                continue
            full = f"{name}/{weight['name']}"
            if gradient.get("nonfinite"):
                yield Finding(name, "gradient", f"the gradient of `{weight['name']}` is infinite or no number")
            elif gradient["rms"] == 0:
                yield Finding(name, "gradient", f"`{weight['name']}` gets no gradient: it does not learn from this batch")
            elif len(weight["shape"]) > 1:
                sizes[full] = gradient["rms"]
    if sizes:
        low, high = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        if sizes[high] / sizes[low] >= OVERALL:
            ratio = sizes[high] / sizes[low]
            yield Finding(None, "gradient", f"gradients differ much in size: `{high}` gets {ratio:,.0f} times as much as `{low}`")
