from layerctl.catalog.initializers._base import FanScaled


class LecunNormal(FanScaled):
    """Normal values with a standard deviation of sqrt(1 / fan_in),
    truncated at two standard deviations: for SELU (Klambauer et al. 2017)."""
