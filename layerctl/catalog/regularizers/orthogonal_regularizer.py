from collections.abc import Sequence
from typing import Literal

from pydantic import Field, NonNegativeFloat

from layerctl.catalog import OfWeight


class OrthogonalRegularizer(OfWeight):
    """Penalizes rows or columns of a matrix that are not orthogonal to each other."""

    dtypes = frozenset(("float32",))

    factor: NonNegativeFloat = Field(0.01, description="the weight of the penalty.")
    mode: Literal["rows", "columns"] = Field("rows", description="whether the rows or the columns are held orthogonal.")

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        if len(shape) != 2:
            return "is no matrix, and OrthogonalRegularizer judges one"
        unknown = self.mode == "rows" and shape[0] is None  # a batch; any other size is known when the data are
        return "has an unknown number of rows, which OrthogonalRegularizer compares" if unknown else None
