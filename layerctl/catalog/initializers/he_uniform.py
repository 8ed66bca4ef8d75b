from layerctl.catalog.initializers._base import FanScaled


class HeUniform(FanScaled):
    """Uniform values up to sqrt(6 / fan_in) in absolute value: made for ReLU (He et al. 2015)."""
