from layerctl.catalog.losses._base import Loss, Name


class Hinge(Loss):
    """max(0, 1 - target × output), targets -1 and 1; 0 and 1 are converted."""

    one_unit = "binary"
    signed = True

    name: Name = "hinge"
