from layerctl.catalog.metrics._base import Retrieval


class Precision(Retrieval):
    """The share of targets of 1 among the outputs that count as 1."""
