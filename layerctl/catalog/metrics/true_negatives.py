from layerctl.catalog.metrics._base import Count


class TrueNegatives(Count):
    """How many targets of 0 have an output that counts as 0."""
