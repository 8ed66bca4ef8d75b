from layerctl.catalog.initializers._base import Initializer


class Zeros(Initializer):
    """All values 0."""
