from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import Schedule


class PolynomialDecay(Schedule):
    """The learning rate falls to an end value along a polynomial; a straight line by default."""

    initial_learning_rate: PositiveFloat = Field(description="where the learning rate begins.")
    decay_steps: PositiveInt = Field(description="how many steps that takes.")
    end_learning_rate: NonNegativeFloat = Field(0.0001, description="where it ends.")
    power: PositiveFloat = Field(1.0, description="of the polynomial.")
    cycle: bool = Field(False, description="whether it starts again from above after the end.")
    name: str = Field("PolynomialDecay", description="of the operation.")
