from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import Schedule


class InverseTimeDecay(Schedule):
    """The learning rate falls as initial / (1 + rate × step / steps)."""

    initial_learning_rate: PositiveFloat = Field(description="where the learning rate begins.")
    decay_steps: PositiveInt = Field(description="the unit of time, in steps.")
    decay_rate: PositiveFloat = Field(description="how fast it falls.")
    staircase: bool = Field(False, description="whether it falls in jumps.")
    name: str = Field("InverseTimeDecay", description="of the operation.")
