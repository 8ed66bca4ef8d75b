from __future__ import annotations

from layerctl.catalog.initializers._base import FanScaled


class HeUniform(FanScaled):
    """Uniform values up to sqrt(6 / fan_in) in size: made for ReLU (He et al. 2015).

    Args:
        seed: makes the values repeatable.
        input_axes: the axes that count as inputs; by default those that the weight of a Dense or a convolution has.
        output_axes: the axes that count as outputs, given together with `input_axes`.
    """
