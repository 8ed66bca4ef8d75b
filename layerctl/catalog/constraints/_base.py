"""The base class of constraints on norms."""

from collections.abc import Sequence

from pydantic import Field

from layerctl.catalog import Axes, OfWeight


class Norm(OfWeight):
    """A constraint on the norms of a weight along some axes."""

    axis: Axes = Field(
        0,
        description="the axis, or axes, along which norms are taken: 0 for each unit of a Dense, [0, 1, 2] for each "
        "filter of a Conv2D.",
    )

    @property
    def along(self) -> tuple[int, ...]:
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        axes = self.along
        wrong = next((axis for axis in axes if not -len(shape) <= axis < len(shape)), None)
        if wrong is not None:
            return f"has no axis {wrong}, along which {self.keras_name()} takes norms"
        twice = len({axis % len(shape) for axis in axes}) < len(axes)
        return f"has an axis that {self.keras_name()} names twice" if twice else None
