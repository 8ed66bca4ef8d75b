from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class KLDivergence(Metric):
    """The Kullback-Leibler divergence of the target distribution from the output distribution."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("kl_divergence", description="the name in reports.")

    @property
    def needs_probabilities(self) -> bool:
        return True
