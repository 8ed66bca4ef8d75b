from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import ScoreAtLimit


class PrecisionAtRecall(ScoreAtLimit):
    """The best precision at a recall of at least `recall`."""

    recall: Rate = Field(description="the lowest recall allowed.")
