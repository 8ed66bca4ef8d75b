from layerctl.catalog.metrics._base import Error, Name


class SquaredHinge(Error):
    """The square of the hinge loss."""

    name: Name = "squared_hinge"
