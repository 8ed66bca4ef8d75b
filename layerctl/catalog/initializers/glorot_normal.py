from layerctl.catalog.initializers._base import FanScaled


class GlorotNormal(FanScaled):
    """Normal values with a standard deviation of sqrt(2 / (fan_in + fan_out)),
    truncated at two standard deviations (Glorot, Bengio 2010)."""
