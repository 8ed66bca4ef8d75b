from layerctl.catalog.initializers._base import FanScaled


class LecunUniform(FanScaled):
    """Uniform values up to sqrt(3 / fan_in) in absolute value (LeCun et al. 1998)."""
