"""The pictures of a comparison as SVG, in the colours of the page that they stand in."""

from __future__ import annotations

import hashlib
import io
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from layerctl.report import comparison
from layerctl.runtime.study import verdicts
from layerctl.runtime.study.compare import Variant
from layerctl.runtime.study.perturb import PERMUTE, TESTS, Array, disturbed, image_shape, permutation, permuted

INK = "#010203"
"""Stands for the page's own colour of text until the picture is done."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#9a7d0a", "#56b4e9", "#7f7f7f", "#e69f00")
"""After Okabe and Ito: told apart by colour-blind readers, and seen on light and on dark ground."""
MARKS = "osD^vP*X"
SAMPLES = 2
"""Images that are shown of each disturbance."""


def curves(found: Mapping[str, Any]) -> list[str]:
    """The learning curves of each metric, with a band for the 95 % interval."""
    variants = found["variants"]

    def draw(panel: Any, metric: str) -> None:
        from matplotlib.ticker import MaxNLocator

        for number, variant in enumerate(variants):
            _band(panel, number, variant["name"], _points(variant["curves"][metric], range(1, 1 << 20)))
        panel.set(xlabel="epoch", title=f"{metric} ({variants[0]['curves']['on']})")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.legend(frameon=False)

    metrics = (name for name in variants[0]["curves"] if name != "on")
    return [_figure(lambda panels, metric=metric: draw(panels[0], metric), 1) for metric in metrics]  # type: ignore[misc]


def sizes(found: Mapping[str, Any]) -> list[str]:
    """The first metric of each variant against its parameters, and against its MACs."""
    metric = next(iter(found["variants"][0]["metrics"]))

    def draw(panel: Any, key: str, label: str) -> None:
        from matplotlib.ticker import NullLocator

        for number, variant in enumerate(found["variants"]):
            value = variant["metrics"][metric]
            half = 0 if value["low"] is None else (value["high"] - value["low"]) / 2
            look = {"color": _colour(number), "marker": _mark(number), "label": variant["name"]}
            panel.errorbar([max(1, variant[key])], [verdicts.number(value["mean"])], [half], capsize=3, linestyle="none", **look)
        panel.set(xscale="log", xlabel=label, title=metric)
        panel.xaxis.set_minor_locator(NullLocator())
        low, high = ends([max(1, variant[key]) for variant in found["variants"]])
        panel.set_xlim(low, high)
        ticks = apart([max(1, variant[key]) for variant in found["variants"]], high / low)
        panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        panel.legend(frameon=False)

    axes = (("params", "parameters"), ("macs", "MACs"))
    return [_figure(lambda panels, axis=axis: draw(panels[0], *axis), 1) for axis in axes]  # type: ignore[misc]


def ends(values: Sequence[int]) -> tuple[float, float]:
    """The ends of a logarithmic axis on which what is nearly equal stands side by side: it spans at least a factor of 2."""
    margin = max((max(values) / min(values)) ** 0.08, math.sqrt(2))
    return min(values) / margin, max(values) * margin


def apart(values: Sequence[int], span: float) -> list[int]:
    """Of the values those that have room for a number beside each other on a logarithmic axis of that span."""
    ordered = sorted(set(values))
    room = span**0.2
    kept: list[int] = []
    for value in ordered:
        if not kept or value > kept[-1] * room:
            kept.append(value)
    return kept


def strengths(found: Mapping[str, Any], name: str) -> str:
    """The first metric of each variant by the strength of a disturbance."""
    kind = found["perturbations"][name]
    metric = next(iter(kind["variants"][0]["metrics"]))

    def draw(panels: Sequence[Any]) -> None:
        (panel,) = panels
        for number, variant in enumerate(kind["variants"]):
            _band(panel, number, variant["name"], _points(variant["metrics"][metric], kind["levels"]))
        panel.set(xlabel=kind["unit"], title=f"{metric}: {name}")
        panel.set_xticks(kind["levels"], comparison.strengths(kind))
        panel.legend(frameon=False)

    return _figure(draw, 1)


def examples(variant: Variant, name: str) -> str:
    """A few test images at each strength of a disturbance."""
    x = variant.data.x_test[:SAMPLES]
    if name == PERMUTE:
        rows = {"as it is": x, "permuted": permuted(x, permutation(variant))}
    else:
        test = next(test for test in TESTS if test.name == name)
        rows = {f"{level:g}": disturbed(variant, x, test, level) for level in test.levels}
    shape = image_shape(variant)
    low, high = float(variant.data.x_train.min()), float(variant.data.x_train.max())
    images = {title: ((row.reshape(len(row), *shape) - low) / (high - low or 1)).clip(0, 1) for title, row in rows.items()}

    def draw(panels: Sequence[Any]) -> None:
        for panel, (title, row) in zip(panels, images.items(), strict=True):
            panel.imshow(_picture(_below_each_other(row)), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            panel.set(title=title, xticks=[], yticks=[])

    return _figure(draw, len(images), size=(1.4, 0.5 + 1.3 * SAMPLES))


def _below_each_other(images: Array) -> Array:
    """Images as one, with a grey line between two."""
    line = np.full_like(images[0][:1], 0.5)
    return np.concatenate([part for image in images for part in (line, image)][1:], axis=0)


def _picture(image: Array) -> Array:
    """An image as matplotlib shows it: grey, or three channels."""
    return image if image.shape[-1] == 3 else image.mean(axis=-1)


def _points(spreads: Sequence[Mapping[str, Any]], levels: Sequence[float]) -> tuple[list[float], ...]:
    """Where, means, lower and upper ends."""
    mean = [verdicts.number(value["mean"]) for value in spreads]
    low = [verdicts.number(value["mean"] if value["low"] is None else value["low"]) for value in spreads]
    high = [verdicts.number(value["mean"] if value["high"] is None else value["high"]) for value in spreads]
    return list(levels[: len(mean)]), mean, low, high


def _band(panel: Any, number: int, name: str, points: tuple[list[float], ...]) -> None:
    at, mean, low, high = points
    panel.plot(at, mean, color=_colour(number), marker=_mark(number), markersize=4, label=name)
    panel.fill_between(at, low, high, color=_colour(number), alpha=0.18, linewidth=0)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _mark(number: int) -> str:
    return MARKS[number % len(MARKS)]


def _figure(draw: Callable[[Sequence[Any]], None], panels: int, size: tuple[float, float] = (4.4, 3.3)) -> str:
    """An SVG element that can stand in a page: no prologue, no names of other places, text and axes in the page's colour."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    style: dict[str, Any] = dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color"), INK)
    style |= {
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "svg.hashsalt": "layerctl",
        "axes.grid": True,
        "grid.alpha": 0.25,
    }
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(size[0] * panels, size[1]), layout="constrained")
        FigureCanvasSVG(figure)
        draw([figure.add_subplot(1, panels, number + 1, facecolor="none") for number in range(panels)])
        out = io.StringIO()
        figure.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return embedded(out.getvalue())


def embedded(svg: str) -> str:
    """What stands between the prologue and the end of an SVG file, with names of its own where a page holds several."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href").replace(INK, "currentColor")
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", svg)
    own = hashlib.sha256(svg.encode()).hexdigest()[:6]
    svg = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{own}-", svg)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    head = f'<svg role="img" viewBox="{size[0][9:-1]}" style="max-width: {float(size[1]):g}pt">'
    return re.sub(r"<svg [^>]*>", head, svg, count=1)
