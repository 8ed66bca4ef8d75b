from __future__ import annotations

from layerctl.catalog.initializers._base import FanScaled


class LecunNormal(FanScaled):
    """Normal values with a standard deviation of sqrt(1 / fan_in), cut off at two deviations: for SELU (Klambauer et al. 2017).

    Args:
        seed: makes the values repeatable.
        input_axes: the axes that count as inputs; by default those that the weight of a Dense or a convolution has.
        output_axes: the axes that count as outputs, given together with `input_axes`.
    """
