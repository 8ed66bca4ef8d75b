from layerctl.catalog.initializers._base import FanScaled


class LecunNormal(FanScaled):
    """Normal values with a standard deviation of sqrt(1 / fan_in),
    cut off at two deviations: for SELU (Klambauer et al. 2017)."""
