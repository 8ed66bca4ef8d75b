"""The pictures of a comparison as SVG, in the colours of the page that they stand in."""

from __future__ import annotations

import hashlib
import io
import logging
import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from layerctl.report import comparison
from layerctl.report.results.comparison import Comparison, Disturbance
from layerctl.report.results.intervals import Interval, Spread
from layerctl.runtime.data._types import Array
from layerctl.runtime.lettering import lettering
from layerctl.runtime.study.candidate import Candidate
from layerctl.runtime.study.perturb import PERMUTE, TESTS, disturbed, image_shape, permutation, permuted

INK = "#010203"
"""Replaced at the end by the text colour of the page."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#9a7d0a", "#56b4e9", "#7f7f7f", "#e69f00")
"""After Okabe and Ito: colour-blind readers can distinguish them, on light and on dark ground."""
MARKS = "osD^vP*X"
SAMPLES = 2
"""Images that are shown of each disturbance."""


def curves(comparison: Comparison) -> list[str]:
    """The learning curves of each metric, with a band for the 95 % interval."""
    return [figure(partial(_curves, comparison, metric), 1) for metric in comparison.variants[0].curves.metrics]


def _curves(comparison: Comparison, metric: str, panels: Sequence[Any]) -> None:
    from matplotlib.ticker import MaxNLocator

    (panel,) = panels
    for number, variant in enumerate(comparison.variants):
        curve = variant.curves.metrics[metric]
        band(panel, number, variant.name, range(1, len(curve) + 1), curve)
    panel.set(xlabel="epoch", title=f"{lettering(metric)} ({comparison.variants[0].curves.on})")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.legend(frameon=False)


def sizes(comparison: Comparison) -> list[str]:
    """The first metric of each variant against its parameters, and against its MACs."""
    sizes = {"parameters": [one.params for one in comparison.variants], "MACs": [one.macs for one in comparison.variants]}
    return [figure(partial(_sizes, comparison, label, [max(1, size) for size in every]), 1) for label, every in sizes.items()]


def _sizes(comparison: Comparison, label: str, sizes: Sequence[int], panels: Sequence[Any]) -> None:
    from matplotlib.ticker import NullLocator

    (panel,) = panels
    metric = next(iter(comparison.variants[0].metrics))
    for number, (variant, size) in enumerate(zip(comparison.variants, sizes, strict=True)):
        value = variant.metrics[metric]
        low, high = (value.mean if end is None else end for end in (value.low, value.high))
        look = {"color": colour(number), "marker": mark(number), "label": lettering(variant.name)}
        panel.errorbar([size], [value.mean], [[value.mean - low], [high - value.mean]], capsize=3, linestyle="none", **look)
    panel.set(xscale="log", xlabel=label, title=lettering(metric))
    panel.xaxis.set_minor_locator(NullLocator())
    low, high = ends(sizes)
    panel.set_xlim(low, high)
    ticks = apart(sizes, high / low)
    panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    panel.legend(frameon=False)


def ends(values: Sequence[int]) -> tuple[float, float]:
    """The ends of a logarithmic axis; it spans at least a factor of 2, so that nearly equal values stand close together."""
    margin = max((max(values) / min(values)) ** 0.08, math.sqrt(2))
    return min(values) / margin, max(values) * margin


def apart(values: Sequence[int], span: float) -> list[int]:
    """The values that get a tick on a logarithmic axis of that span; those too close to the one before get none."""
    room = span**0.2
    ticks: list[int] = []
    for value in sorted(set(values)):
        if not ticks or value > ticks[-1] * room:
            ticks.append(value)
    return ticks


def strengths(disturbance: Disturbance) -> str:
    """The first metric of each variant by the strength of a disturbance."""
    metric = next(iter(disturbance.variants[0].metrics))

    def draw(panels: Sequence[Any]) -> None:
        (panel,) = panels
        for number, variant in enumerate(disturbance.variants):
            band(panel, number, variant.name, disturbance.levels, variant.metrics[metric])
        panel.set(xlabel=disturbance.unit, title=f"{lettering(metric)}: {disturbance.name}")
        panel.set_xticks(disturbance.levels, comparison.strengths(disturbance))
        panel.legend(frameon=False)

    return figure(draw, 1)


def examples(candidate: Candidate, name: str) -> str:
    """A few test images at each strength of a disturbance."""
    x = candidate.data.x_test[:SAMPLES]
    if name == PERMUTE:
        rows = {"as it is": x, "permuted": permuted(x, permutation(candidate))}
    else:
        test = next(test for test in TESTS if test.name == name)
        rows = {f"{level:g}": disturbed(candidate, x, test, level) for level in test.levels}
    shape = image_shape(candidate)
    low, high = float(candidate.data.x_train.min()), float(candidate.data.x_train.max())
    images = {title: ((row.reshape(len(row), *shape) - low) / (high - low or 1)).clip(0, 1) for title, row in rows.items()}

    def draw(panels: Sequence[Any]) -> None:
        for panel, (title, row) in zip(panels, images.items(), strict=True):
            panel.imshow(picture(_below_each_other(row)), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            panel.set(title=title, xticks=[], yticks=[])

    return figure(draw, len(images), size=(1.4, 0.5 + 1.3 * SAMPLES))


def _below_each_other(images: Array) -> Array:
    """The images below each other as one, with a grey line between two."""
    line = np.full_like(images[0][:1], 0.5)
    return np.concatenate([part for image in images for part in (line, image)][1:], axis=0)


def picture(image: Array) -> Array:
    """An image as matplotlib shows it: grey, or three channels."""
    return image if image.shape[-1] == 3 else image.mean(axis=-1)


def band(panel: Any, number: int, name: str, at: Sequence[float], values: Sequence[Interval | Spread]) -> None:
    """A line through the means, with a band for their intervals where there are some."""
    low = [value.mean if value.low is None else value.low for value in values]
    high = [value.mean if value.high is None else value.high for value in values]
    panel.plot(
        at, [value.mean for value in values], color=colour(number), marker=mark(number), markersize=4, label=lettering(name)
    )
    panel.fill_between(at, low, high, color=colour(number), alpha=0.18, linewidth=0)


def colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def mark(number: int) -> str:
    return MARKS[number % len(MARKS)]


def figure(
    draw: Callable[[Sequence[Any]], None], panels: int, size: tuple[float, float] = (4.4, 3.3), *, below: bool = False
) -> str:
    """A picture as an SVG element for a page; text and axes have the page's text colour.

    Args:
        draw: draws in all panels.
        panels: how many there are.
        size: of a panel, in inches.
        below: whether they lie below each other, not side by side.
    """
    rows, columns = (panels, 1) if below else (1, panels)
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    style: dict[str, Any] = dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color"), INK)
    style |= {"svg.fonttype": "none", "svg.hashsalt": "layerctl", "font.family": "sans-serif"}
    style |= {"axes.grid": True, "grid.alpha": 0.25}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
        FigureCanvasSVG(figure)
        draw([figure.add_subplot(rows, columns, number + 1, facecolor="none") for number in range(panels)])
        out = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    return embedded(out.getvalue())


def embedded(svg: str) -> str:
    """The `<svg>` element of an SVG file, with ids that are unique in a page of several."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href").replace(INK, "currentColor")
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", svg)
    prefix = hashlib.sha256(svg.encode()).hexdigest()[:6]
    svg = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    head = f'<svg role="img" viewBox="{size[0][9:-1]}" style="max-width: {float(size[1]):g}pt">'
    return re.sub(r"<svg [^>]*>", head, svg, count=1)
