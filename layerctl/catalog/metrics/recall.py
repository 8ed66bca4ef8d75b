from layerctl.catalog.metrics._base import Retrieval


class Recall(Retrieval):
    """The share of outputs that count as 1 among the targets of 1."""
