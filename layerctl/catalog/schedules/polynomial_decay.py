from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import LITTLE, Schedule


class PolynomialDecay(Schedule):
    """The learning rate falls to an end value along a polynomial; a straight line by default."""

    initial_learning_rate: PositiveFloat = Field(description="the initial learning rate.")
    decay_steps: PositiveInt = Field(description="the number of steps of the decay.")
    end_learning_rate: NonNegativeFloat = Field(0.0001, description="the last learning rate.")
    power: PositiveFloat = Field(1.0, description="the exponent of the polynomial.")
    cycle: bool = Field(False, description="whether, at the end, the learning rate rises again and decays over a longer period.")
    name: str = Field("PolynomialDecay", description="the name of the operation.")

    @property
    def highest(self) -> float:
        return max(self.initial_learning_rate, self.end_learning_rate)

    @property
    def over_after(self) -> float | None:
        ends = self.end_learning_rate <= LITTLE * self.initial_learning_rate and not self.cycle
        return self.decay_steps if ends else None
