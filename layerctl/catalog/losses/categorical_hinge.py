from layerctl.catalog.losses._base import Loss, Name


class CategoricalHinge(Loss):
    """max(0, 1 + largest output of a wrong class - output of the right class), targets one-hot."""

    name: Name = "categorical_hinge"
