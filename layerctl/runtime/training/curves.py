"""The learning curves of a run as a picture: a panel for each metric, training and validation together."""

from __future__ import annotations

import io
from collections.abc import Sequence

from layerctl.runs.record import Epoch


def draw(epochs: Sequence[Epoch], title: str) -> bytes:
    """A PNG of the learning curves."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = dict.fromkeys(key.removeprefix("val_") for epoch in epochs for key in epoch.metrics)
    figure = Figure(figsize=(5 * max(1, len(names)), 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    for number, name in enumerate(names):
        panel = figure.add_subplot(1, len(names), number + 1)
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            points = [(epoch.epoch, epoch.metrics[key]) for epoch in epochs if key in epoch.metrics]
            if points:
                panel.plot(*zip(*points, strict=True), marker="o", markersize=3, label=label)
        panel.set(xlabel="epoch", title=name)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(alpha=0.3)
        panel.legend()
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
