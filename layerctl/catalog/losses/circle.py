from pydantic import Field, PositiveFloat

from layerctl.catalog.losses._base import Loss, Name


class Circle(Loss):
    """Pulls embeddings of one class together and pushes others apart, targets as class numbers (Sun et al. 2020)."""

    targets = "index"
    unit_per_class = False
    rank = 2

    gamma: PositiveFloat = Field(80.0, description="the scale of the similarities; a larger one separates pairs more sharply.")
    margin: float = Field(0.4, description="how much more similar pairs of one class should be.")
    remove_diagonal: bool = Field(True, description="whether a sample's similarity to itself is left out.")
    name: Name = "circle"
