from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class LogCoshError(Metric):
    """The logarithm of the hyperbolic cosine of the error."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("logcosh", description="the name in reports.")
