from typing import ClassVar

from pydantic import Field

from layerctl.catalog.losses._base import DISTRIBUTION, Loss


class KLDivergence(Loss):
    """The Kullback-Leibler divergence of the target distribution from the output distribution."""

    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    name: str | None = Field("kl_divergence", description="the loss's name.")
