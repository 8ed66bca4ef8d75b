from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class LogCoshError(Metric):
    """The logarithm of the hyperbolic cosine of the error."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "logcosh"
