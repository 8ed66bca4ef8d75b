from layerctl.catalog.losses._base import Loss, Name


class SquaredHinge(Loss):
    """The square of the hinge loss, targets -1 and 1; 0 and 1 are converted."""

    one_unit = "binary"
    signed = True

    name: Name = "squared_hinge"
