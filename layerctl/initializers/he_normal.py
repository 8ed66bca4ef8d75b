from __future__ import annotations

from layerctl.catalog import Arguments


class HeNormal(Arguments):
    """Normal values with a standard deviation of sqrt(2 / fan_in), cut off at two deviations: made for ReLU.

    Args:
        seed: makes the values repeatable.
    """

    seed: int | None = None
