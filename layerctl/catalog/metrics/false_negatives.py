from layerctl.catalog.metrics._base import Count


class FalseNegatives(Count):
    """How many targets of 1 have an output that counts as 0."""
