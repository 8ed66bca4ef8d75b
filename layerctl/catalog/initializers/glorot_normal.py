from layerctl.catalog.initializers._base import FanScaled


class GlorotNormal(FanScaled):
    """Normal values with a standard deviation of sqrt(2 / (fan_in + fan_out)),
    cut off at two deviations (Glorot, Bengio 2010)."""
