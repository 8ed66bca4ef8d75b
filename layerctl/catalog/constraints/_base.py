"""What constraints on norms share."""

from __future__ import annotations

from collections.abc import Sequence

from layerctl.catalog import Axes, OfWeight, declared_order


class Norm(OfWeight):
    """Holds the norms of a weight's parts."""

    axis: Axes = 0

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return declared_order(cls)

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
