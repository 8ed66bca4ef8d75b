"""The learning curves of a run as a picture: a panel for each metric, training and validation; of several figures their mean."""

from __future__ import annotations

import io
from collections.abc import Sequence

from layerctl.report.metrics import grouped, mean
from layerctl.runs.record import Epoch
from layerctl.runtime.lettering import lettering


def draw(epochs: Sequence[Epoch], title: str) -> bytes:
    """A PNG of the learning curves."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = grouped(dict.fromkeys(key.removeprefix("val_") for epoch in epochs for key in epoch.metrics))
    figure = Figure(figsize=(5 * max(1, len(names)), 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(lettering(title))
    for number, (name, keys) in enumerate(names.items()):
        panel = figure.add_subplot(1, len(names), number + 1)
        for prefix, label in (("", "training"), ("val_", "validation")):
            values = [(epoch.epoch, mean([epoch.metrics.get(prefix + key) for key in keys])) for epoch in epochs]
            points = [(epoch, value) for epoch, value in values if value is not None]
            if points:
                panel.plot(*zip(*points, strict=True), marker="o", markersize=3, label=label)
        panel.set(xlabel="epoch", title=lettering(name) if len(keys) == 1 else f"{lettering(name)} (mean of {len(keys)})")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(alpha=0.3)
        panel.legend()
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
