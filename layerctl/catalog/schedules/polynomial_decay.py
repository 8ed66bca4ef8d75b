from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import Schedule


class PolynomialDecay(Schedule):
    """The learning rate falls to an end value along a polynomial; a straight line by default."""

    initial_learning_rate: PositiveFloat = Field(description="the initial learning rate.")
    decay_steps: PositiveInt = Field(description="the number of steps of the decay.")
    end_learning_rate: NonNegativeFloat = Field(0.0001, description="the last learning rate.")
    power: PositiveFloat = Field(1.0, description="the exponent of the polynomial.")
    cycle: bool = Field(False, description="whether, at the end, the learning rate rises again and decays over a longer period.")
    name: str = Field("PolynomialDecay", description="the name of the operation.")
