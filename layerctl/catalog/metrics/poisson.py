from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class Poisson(Metric):
    """The Poisson loss: outputs are expected counts."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("poisson", description="the name in reports.")
