from layerctl.catalog.constraints._base import Norm


class UnitNorm(Norm):
    """Scales every norm to 1."""
