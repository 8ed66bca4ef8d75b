from pydantic import Field

from layerctl.catalog.metrics._base import ByThreshold, Thresholds


class TrueNegatives(ByThreshold):
    """How many targets of 0 have an output that counts as 0."""

    thresholds: Thresholds = Field(None, description="larger outputs count as 1; a list gives a result for each. 0.5 by default.")
