from layerctl.catalog.initializers._base import FanScaled


class GlorotUniform(FanScaled):
    """Uniform values up to sqrt(6 / (fan_in + fan_out)) in absolute value: Keras's default for kernels (Glorot, Bengio 2010)."""
