from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import Schedule


class InverseTimeDecay(Schedule):
    """The learning rate falls as initial / (1 + rate × step / steps)."""

    initial_learning_rate: PositiveFloat = Field(description="the initial learning rate.")
    decay_steps: PositiveInt = Field(description="the unit of time, in steps.")
    decay_rate: PositiveFloat = Field(description="how fast the learning rate falls.")
    staircase: bool = Field(False, description="whether the learning rate falls in steps, not continuously.")
    name: str = Field("InverseTimeDecay", description="the name of the operation.")
