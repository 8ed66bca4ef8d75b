from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import ScoreAtLimit


class SensitivityAtSpecificity(ScoreAtLimit):
    """The best sensitivity at a specificity of at least `specificity`."""

    specificity: Rate = Field(description="the lowest specificity allowed.")
