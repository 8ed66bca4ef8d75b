from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class Accuracy(Metric):
    """How often outputs equal targets exactly. The name `accuracy`, in lower case, picks the kind by the output's shape."""

    direction: ClassVar[Direction] = "max"
    compares_exactly: ClassVar[bool] = True

    name: str | None = Field("accuracy", description="the name in reports.")
