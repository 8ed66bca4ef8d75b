"""The confusion matrix: counts of samples, a row for each true class and a column for each predicted class."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from layerctl.analysis.classes import class_count
from layerctl.analysis.losses import loss_class
from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.reported import losses_by_output
from layerctl.language.spec.train import Train
from layerctl.runs.preprocessing import Preprocessing
from layerctl.runtime.lettering import lettering
from layerctl.runtime.training.class_weights import class_numbers

MOST_CLASSES = 1000
MOST_NUMBERS = 20
"""The largest number of classes for which the picture shows the counts in its cells."""
LONGEST = 20
"""Of a longer name of a class, the picture shows this many characters."""


def confusion(
    model: Any, compiled: Accepted, train: Train, x: Any, y: Any, fitted: Preprocessing | None = None
) -> dict[str, Any] | None:
    """The confusion matrix of a model on a part of the data; None unless the model is a classifier with one output.

    Args:
        model: a trained model.
        compiled: its spec.
        train: the section `train`.
        x: inputs.
        y: labels, in the form that the loss takes.
        fitted: the preprocessing, which knows the names of the classes.
    """
    outputs = compiled.model.outputs()
    (name, _, tensor), *others = outputs
    loss = losses_by_output(train, [name]).get(name)
    count = class_count(loss, tensor)
    if others or loss is None or count is None or count > MOST_CLASSES:
        return None
    predictions = model.predict(x, batch_size=train.batch_size, verbose=0)
    scores = np.asarray(predictions[name] if isinstance(predictions, dict) else predictions, np.float32)
    scores = scores.reshape(len(scores), -1)
    true = class_numbers(y[name] if isinstance(y, dict) else y, binary=scores.shape[1] == 1)
    threshold = loss_class(loss, tensor).threshold
    predicted = (scores[:, 0] > threshold).astype(np.int64) if scores.shape[1] == 1 else scores.argmax(-1)
    counted = (true >= 0) & (true < count)  # `ignore_class` may be out of range
    matrix = np.bincount(true[counted] * count + predicted[counted], minlength=count * count).reshape(count, count)
    right, by_class, by_prediction = np.diag(matrix), matrix.sum(1), matrix.sum(0)
    return {
        "version": 1,
        "output": name,
        "classes": class_names(fitted, name, count),
        "rows": "true",
        "columns": "predicted",
        "matrix": matrix.tolist(),
        "recall": _shares(right, by_class),
        "precision": _shares(right, by_prediction),
    }


def class_names(fitted: Preprocessing | None, output: str, count: int) -> list[str] | list[int]:
    """The classes of an output by name; by number where the data have no names."""
    form = fitted.targets.get(output) if fitted is not None else None
    known = (form.classes or []) if form is not None else []
    names = [known[number] if number < len(known) else str(number) for number in range(count)]
    return names if any(name != str(number) for number, name in enumerate(names)) else list(range(count))


def _shares(part: Any, whole: Any) -> list[float | None]:
    return [int(a) / int(b) if b else None for a, b in zip(part, whole, strict=True)]


def draw(confusion: dict[str, Any], title: str) -> bytes:
    """A PNG of the matrix; each cell's colour is its share of the true class."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matrix = np.asarray(confusion["matrix"])
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    side = min(12.0, 3 + 0.45 * len(matrix))
    figure = Figure(figsize=(side, side), layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.add_subplot(title=lettering(title), xlabel="predicted class", ylabel="true class")
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(matrix) <= MOST_NUMBERS:
        names = [lettering(str(name)[:LONGEST]) for name in confusion["classes"]]
        panel.set_xticks(range(len(names)), names, rotation=0 if all(len(name) < 3 for name in names) else 90)
        panel.set_yticks(range(len(names)), names)
        for (row, column), count in np.ndenumerate(matrix):
            colour = "white" if shares[row, column] > 0.5 else "black"
            panel.text(column, row, f"{count}", ha="center", va="center", color=colour, fontsize=8)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
