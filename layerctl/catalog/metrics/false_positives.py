from layerctl.catalog.metrics._base import Count


class FalsePositives(Count):
    """How many targets of 0 have an output that counts as 1."""
