from layerctl.catalog.metrics._base import Error, Name


class Hinge(Error):
    """max(0, 1 - target × output), targets -1 and 1; 0 and 1 are converted."""

    name: Name = "hinge"
