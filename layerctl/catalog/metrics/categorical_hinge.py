from layerctl.catalog.metrics._base import Error, Name


class CategoricalHinge(Error):
    """max(0, 1 + largest output of a wrong class - output of the right class), targets one-hot."""

    name: Name = "categorical_hinge"
