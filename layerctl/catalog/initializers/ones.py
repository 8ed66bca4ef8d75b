from layerctl.catalog.initializers._base import Initializer


class Ones(Initializer):
    """All values 1."""
