"""The pictures of the claims, as SVG in the colours of the page that they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from layerctl.report.results.claims import Followed, Judgement
from layerctl.report.results.intervals import Interval
from layerctl.runtime.claims import identities, probes
from layerctl.runtime.claims.designs import KERNELS, OF_CLAIM_6, RATES, UNPOOLED, VARIATIONS
from layerctl.runtime.claims.figures import READ, SHIFT, Figures
from layerctl.runtime.claims.judgement import interval
from layerctl.runtime.data._types import Array
from layerctl.runtime.lettering import lettering
from layerctl.runtime.study.charts import band, colour, ends, examples, figure, mark
from layerctl.runtime.study.perturb import PERMUTE, TESTS

DIVERGING = "RdBu_r"
"""The colours of weights: blue below 0, red above."""
MANY = 8
"""So many kernels are shown."""
Named = Mapping[str, Array]


def pictures(judgement: Judgement, figures: Figures) -> list[str]:
    """The SVG elements that show what a claim is about, and what was found."""
    return PICTURES[judgement.claim.number](judgement, figures)


def dots(title: str, named: Named, at: float | None = None) -> str:
    """Figures below each other, with their 95 % intervals; a dashed line stands at some value."""

    def draw(panels: Sequence[Any]) -> None:
        (panel,) = panels
        for row, values in enumerate(named.values()):
            mean, low, high = _ends(interval(values))
            panel.errorbar([mean], [row], xerr=[[mean - low], [high - mean]], color=colour(row), marker=mark(row), capsize=3)
        panel.set_yticks(range(len(named)), [lettering(name) for name in named])
        panel.set_ylim(len(named) - 0.5, -0.5)
        panel.margins(x=0.1)
        panel.set(title=title)
        if at is not None:
            panel.axvline(at, color="gray", linestyle="--", linewidth=1)

    return figure(draw, 1, size=(4.8, 1.1 + 0.4 * len(named)))


def _ends(of: Interval) -> tuple[float, float, float]:
    mean, low, high = of
    return mean, mean if low is None else low, mean if high is None else high


def accuracies(figures: Figures, names: Mapping[str, str], title: str = "accuracy") -> str:
    """The accuracies of designs, by what they are called in the picture."""
    return dots(title, {label: figures(f"{name}: accuracy") for label, name in names.items()})


def _permuted(_: Judgement, figures: Figures) -> list[str]:
    names = ("dense", "dense, permuted", "conv2d", "conv2d, permuted")
    return [accuracies(figures, dict(zip(names, names, strict=True))), examples(figures.candidate("dense"), PERMUTE)]


def _compared(judgement: Judgement, figures: Figures) -> list[str]:
    tables = [name for name, design in figures.designs.items() if design.table]
    return [
        *map(_followed, judgement.followed),
        accuracies(figures, dict(zip(tables, tables, strict=True)), "accuracy on tables"),
    ]


def _followed(found: Followed) -> str:
    def draw(panels: Sequence[Any]) -> None:
        from matplotlib.ticker import NullLocator

        (panel,) = panels
        for number, (name, side) in enumerate(zip(found.range.names, (found.left, found.right), strict=True)):
            band(panel, number, name, found.at, side)
        for at in found.crossings:
            panel.axvline(at, color="gray", linestyle="--", linewidth=1)
        panel.set(xscale="log", xlabel=found.range.unit, title=f"accuracy {found.range.text}")
        panel.xaxis.set_minor_locator(NullLocator())
        panel.set_xlim(*ends([round(at) for at in found.at]))
        panel.set_xticks(found.at, [f"{at:,.0f}" for at in found.at])
        panel.legend(frameon=False)

    return figure(draw, 1)


def _shifted(_: Judgement, figures: Figures) -> list[str]:
    shift = next(test for test in TESTS if test.name == SHIFT)

    def draw(panels: Sequence[Any]) -> None:
        (panel,) = panels
        for number, name in enumerate(("dense", "conv2d")):
            band(panel, number, name, shift.levels, [interval(values) for values in figures.shifted(name)])
        panel.set(xlabel=f"shifted by {shift.unit}", title="accuracy")
        panel.set_xticks(shift.levels)
        panel.legend(frameon=False)

    return [figure(draw, 1), examples(figures.candidate("dense"), SHIFT)]


def _kernels(_: Judgement, figures: Figures) -> list[str]:
    seen = {size: int(figures(f"kernel {size}: pixels seen")[0]) for size in KERNELS}
    image = figures.images.x_test[0].mean(axis=-1)

    def draw(panels: Sequence[Any]) -> None:
        from matplotlib.patches import Rectangle

        for panel, (size, width) in zip(panels, seen.items(), strict=True):
            panel.imshow(image, cmap="gray", interpolation="nearest")
            corner = (len(image) - width) / 2 - 0.5
            panel.add_patch(Rectangle((corner, corner), width, width, fill=False, edgecolor=colour(1), linewidth=2))
            panel.set(title=f"{size}×{size}: sees {width}×{width}", xticks=[], yticks=[])

    named = {f"{size}×{size}": f"kernel {size}" for size in KERNELS}
    return [accuracies(figures, named, "accuracy at as many parameters"), figure(draw, len(seen), size=(1.9, 2.2))]


def _matrix(_: Judgement, figures: Figures) -> list[str]:
    matrix = identities.as_matrix(figures.seeds[0])
    return [_weights("a 3×3 Conv2D as the matrix of a Dense (white: 0)", [("", matrix)], size=(4.8, 3.4))]


def _weights(title: str, parts: Sequence[tuple[str, Array]], size: tuple[float, float]) -> str:
    """Arrays of weights as images, 0 in white."""
    largest = max(float(np.abs(part).max()) for _, part in parts)

    def draw(panels: Sequence[Any]) -> None:
        for panel, (name, part) in zip(panels, parts, strict=True):
            panel.imshow(part, cmap=DIVERGING, vmin=-largest, vmax=largest, interpolation="nearest", aspect="auto")
            panel.set(title=name or title, xticks=[], yticks=[])

    return figure(draw, len(parts), size=size)


def _values(_: Judgement, figures: Figures) -> list[str]:
    every = {name: identities.weights_of(figures.compiled(name), figures.trials(name)[0]) for name in OF_CLAIM_6}

    def draw(panels: Sequence[Any]) -> None:
        for panel, (name, parts) in zip(panels, every.items(), strict=True):
            bins = np.linspace(-1.25, 1.25, 51)
            for number, (when, weights) in enumerate(zip(("initial", "trained"), parts, strict=True)):
                panel.hist(weights.clip(-1.25, 1.25), bins, histtype="step", color=colour(number), label=when)
            panel.set(title=f"weights of {name}", yscale="log")
            for end in (-1, 1):
                panel.axvline(end, color="gray", linestyle="--", linewidth=1)
            panel.legend(frameon=False)

    inside = {
        f"{name}, {changed}": figures(f"{name}, {changed}: trained weights within 1")
        for name in OF_CLAIM_6
        for changed in VARIATIONS
    }
    return [figure(draw, len(every), size=(3.4, 2.8)), dots("trained weights within -1 … 1", inside, 0.95)]


def _probes(_: Judgement, figures: Figures) -> list[str]:
    halved = probes.halved(figures.images.x_test[:1])
    shown = [
        probes.placed(halved, np.array([place]), float(halved.min()))[0].mean(axis=-1) for place in range(len(probes.PLACES))
    ]

    def draw(panels: Sequence[Any]) -> None:
        rows = [np.concatenate(shown[start : start + 3], axis=1) for start in (0, 3, 6)]
        panels[0].imshow(np.concatenate(rows), cmap="gray", interpolation="nearest")
        panels[0].set(title="the nine places", xticks=[], yticks=[])

    named = ("Flatten", "pooling")
    place = {f"behind {name}": figures(f"place, {name}: accuracy") for name in named}
    known = {f"behind {name}, {where}": figures(f"{where}, {name}: accuracy") for name in named for where in ("middle", "moved")}
    return [
        dots("the place is read back (share)", place, 1 / len(probes.PLACES)),
        dots("what is learnt in the middle is recognized (share)", known),
        figure(draw, 1, size=(2.4, 2.6)),
    ]


def _filters(_: Judgement, figures: Figures) -> list[str]:
    result = figures.trials(READ)[0]
    initial, trained = (probes.first_kernels(model) for model in probes.before_and_after(figures.compiled(READ), result))
    seed = result.trial.seed
    kinds = {"initial": initial, "trained": trained, "the same, shuffled": next(probes.shuffled(trained, seed))}
    kinds["random, as smooth"] = probes.as_smooth(trained, seed)
    rows = [(name, np.concatenate([*_framed(kernels[:MANY])], axis=1)) for name, kernels in kinds.items()]

    def draw(panels: Sequence[Any]) -> None:
        largest = max(float(np.nanmax(np.abs(row))) for _, row in rows)
        for panel, (name, row) in zip(panels, rows, strict=True):
            panel.imshow(row, cmap=DIVERGING, vmin=-largest, vmax=largest, interpolation="nearest")
            panel.set(title=name, xticks=[], yticks=[])

    kernels = {name: figures(f"{name} kernels: orientation") for name in ("trained", "initial", "shuffled", "random")}
    return [figure(draw, len(rows), size=(4.2, 1.1), below=True), dots("orientation of the kernels", kernels)]


def _framed(kernels: Array) -> list[Array]:
    """Kernels with room around them."""
    return [np.pad(kernel, 1, constant_values=np.nan) for kernel in kernels]


def _late(_: Judgement, figures: Figures) -> list[str]:
    return [accuracies(figures, {"Dense at the end (conv2d)": "conv2d", "Dense in front": "early"})]


def _pooling(_: Judgement, figures: Figures) -> list[str]:
    ratios = {what: figures(f"unpooled 12 / {UNPOOLED[12]}: {what}") for what in ("parameters", "MACs", "activations", "seconds")}
    names = {"with pooling (conv2d)": "conv2d", "without, as many parameters": "unpooled 3"}
    return [dots("without pooling, so many times as much", ratios, 1.0), accuracies(figures, names)]


def _normalized(_: Judgement, figures: Figures) -> list[str]:
    names = {f"{name}, rate {rate:g}": f"{name}, rate {rate:g}" for rate in RATES for name in ("plain", "normalized")}
    return [accuracies(figures, names, "accuracy after one epoch")]


PICTURES: dict[int, Callable[[Judgement, Figures], list[str]]] = {
    1: _permuted,
    2: _compared,
    3: _shifted,
    4: _kernels,
    5: _matrix,
    6: _values,
    7: _probes,
    8: _filters,
    9: _late,
    10: _pooling,
    11: _normalized,
}
