from pydantic import Field

from layerctl.catalog.metrics._base import Metric, Thresholds


class FalsePositives(Metric):
    """How many targets of 0 were taken for 1."""

    thresholds: Thresholds = Field(
        None, description="from where an output counts as 1: one number, or several for a figure each; 0.5 by default."
    )
