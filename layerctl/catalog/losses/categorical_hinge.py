from pydantic import Field

from layerctl.catalog.losses._base import Loss


class CategoricalHinge(Loss):
    """How far the best wrong class comes within 1 of the right one, targets one-hot."""

    name: str | None = Field("categorical_hinge", description="the loss's name.")
