from __future__ import annotations

from typing import Self

from layerctl.catalog import ArgumentError, FiniteFloat
from layerctl.initializers._base import Random
from layerctl.model import model_validator


class RandomUniform(Random):
    """Uniform values.

    Args:
        minval: the lower limit.
        maxval: the upper limit.
        seed: makes the values repeatable.
    """

    minval: FiniteFloat = -0.05
    maxval: FiniteFloat = 0.05

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.minval > self.maxval:
            field = "minval" if "minval" in self.model_fields_set else "maxval"
            raise ArgumentError(
                field, f"`minval` {self.minval} is above `maxval` {self.maxval}", "give both, the smaller one first"
            )
        return self
