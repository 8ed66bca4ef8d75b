from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class Accuracy(Metric):
    """How often outputs equal targets exactly; the bare name `accuracy` picks the kind by the output's shape instead."""

    direction: ClassVar[Direction] = "max"

    name: str | None = "accuracy"
