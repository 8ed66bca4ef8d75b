"""Which classes a model takes for which: a matrix of counts, a row for each true class and a column for each predicted one."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from layerctl.analysis.classes import class_count
from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.reported import losses_by_output
from layerctl.language.spec.train import Train
from layerctl.lint.missing_probabilities import loss_class
from layerctl.runtime.training.class_weights import class_numbers

MOST_CLASSES = 1000
MOST_NUMBERS = 20
"""Classes up to which the picture has the counts in its cells."""


def confusion(model: Any, compiled: Accepted, train: Train, x: Any, y: Any) -> dict[str, Any] | None:
    """The confusion of a model on a part of the data; None unless it has one output that tells classes apart.

    Args:
        model: a trained one.
        compiled: its spec.
        train: the section.
        x: inputs.
        y: labels, as the loss takes them.
    """
    outputs = compiled.model.outputs()
    (name, _, tensor), *others = outputs
    loss = losses_by_output(train, [name]).get(name)
    count = class_count(loss, tensor)
    if others or loss is None or count is None or count > MOST_CLASSES:
        return None
    found = model.predict(x, batch_size=train.batch_size, verbose=0)
    given = np.asarray(found[name] if isinstance(found, dict) else found, np.float32)
    given = given.reshape(len(given), -1)
    true = class_numbers(y[name] if isinstance(y, dict) else y, binary=given.shape[1] == 1)
    probable = loss_class(loss, tensor)
    threshold = 0.0 if getattr(probable, "from_logits", False) or not probable.wants else 0.5
    predicted = (given[:, 0] > threshold).astype(np.int64) if given.shape[1] == 1 else given.argmax(-1)
    counted = (true >= 0) & (true < count)  # a class that the loss ignores is out of range
    matrix = np.bincount(true[counted] * count + predicted[counted], minlength=count * count).reshape(count, count)
    right, of_class, said = np.diag(matrix), matrix.sum(1), matrix.sum(0)
    return {
        "version": 1,
        "output": name,
        "classes": list(range(count)),
        "rows": "true",
        "columns": "predicted",
        "matrix": matrix.tolist(),
        "recall": _shares(right, of_class),
        "precision": _shares(right, said),
    }


def _shares(part: Any, whole: Any) -> list[float | None]:
    return [int(a) / int(b) if b else None for a, b in zip(part, whole, strict=True)]


def draw(found: dict[str, Any], title: str) -> bytes:
    """A PNG of the matrix; each cell's colour is its share of the true class."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matrix = np.asarray(found["matrix"])
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    side = min(12.0, 3 + 0.45 * len(matrix))
    figure = Figure(figsize=(side, side), layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.add_subplot(title=title, xlabel="predicted class", ylabel="true class")
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(matrix) <= MOST_NUMBERS:
        panel.set(xticks=found["classes"], yticks=found["classes"])
        for (row, column), count in np.ndenumerate(matrix):
            colour = "white" if shares[row, column] > 0.5 else "black"
            panel.text(column, row, f"{count}", ha="center", va="center", color=colour, fontsize=8)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
