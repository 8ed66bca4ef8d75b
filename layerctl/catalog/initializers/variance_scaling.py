from __future__ import annotations

from typing import Literal

from layerctl.catalog import PositiveFloat
from layerctl.catalog.initializers._base import FanScaled


class VarianceScaling(FanScaled):
    """Values with a variance of scale / n, where n is a number of inputs or outputs: what He, Glorot and LeCun specialize.

    Args:
        scale: the variance times n.
        mode: what n is: the inputs, the outputs, or the mean of both.
        distribution: of the values; `normal` is another name of `truncated_normal`.
        seed: makes the values repeatable.
        input_axes: the axes that count as inputs; by default those that the weight of a Dense or a convolution has.
        output_axes: the axes that count as outputs, given together with `input_axes`.
    """

    scale: PositiveFloat = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform", "normal"] = "truncated_normal"
