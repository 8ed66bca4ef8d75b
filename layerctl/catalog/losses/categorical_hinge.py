from pydantic import Field

from layerctl.catalog.losses._base import Loss


class CategoricalHinge(Loss):
    """max(0, 1 + largest output of a wrong class - output of the right class), targets one-hot."""

    name: str | None = Field("categorical_hinge", description="the loss's name.")
