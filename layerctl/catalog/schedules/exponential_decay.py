from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import Schedule


class ExponentialDecay(Schedule):
    """The learning rate is multiplied by `decay_rate` every `decay_steps` steps: initial × rate^(step / steps)."""

    initial_learning_rate: PositiveFloat = Field(description="where the learning rate begins.")
    decay_steps: PositiveInt = Field(description="over how many steps it falls by one factor.")
    decay_rate: PositiveFloat = Field(description="that factor.")
    staircase: bool = Field(False, description="whether it falls in jumps.")
    name: str = Field("ExponentialDecay", description="of the operation.")
