"""The base class of learning-rate schedules."""

from typing import ClassVar

from layerctl.catalog import Arguments

LITTLE = 0.1
"""A rate that ends at this share of its highest value, or below, has ended."""
NOTHING = 1e-3
"""The same for a rate that never stops falling."""


class Schedule(Arguments):
    """A learning rate that depends on the number of the step.

    Class attributes:
        length_field: the argument that says how long it takes.
    """

    length_field: ClassVar[str] = "decay_steps"

    @property
    def highest(self) -> float:
        """The highest learning rate."""
        return self.initial_learning_rate  # type: ignore[attr-defined, no-any-return]  # a field of most schedules

    @property
    def over_after(self) -> float | None:
        """The number of steps after which little of the learning rate is left for good; None if there is always enough."""
        return None

    @classmethod
    def keras_module(cls) -> str:
        return "optimizers.schedules"

    @property
    def warmup(self) -> tuple[int, float | None]:
        """The number of steps in which the rate is to rise at first, and the rate that it then has; None if that is not said."""
        return 0, None
