from layerctl.catalog.metrics._base import Count


class TruePositives(Count):
    """How many targets of 1 have an output that counts as 1."""
