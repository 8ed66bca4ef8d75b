from layerctl.catalog.initializers._base import FanScaled


class HeNormal(FanScaled):
    """Normal values with a standard deviation of sqrt(2 / fan_in),
    truncated at two standard deviations: made for ReLU (He et al. 2015)."""
