from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.schedules._base import Schedule


class CosineDecayRestarts(Schedule):
    """The learning rate falls along half a cosine repeatedly, each time over more steps (Loshchilov, Hutter 2016)."""

    initial_learning_rate: PositiveFloat = Field(description="the initial learning rate.")
    first_decay_steps: PositiveInt = Field(description="the number of steps of the first period.")
    t_mul: PositiveFloat = Field(2.0, description="the factor from one period's length to that of the next.")
    m_mul: PositiveFloat = Field(1.0, description="the factor from one period's first learning rate to that of the next.")
    alpha: Rate = Field(0.0, description="the last learning rate of a period, as a share of the initial one.")
    name: str = Field("SGDRDecay", description="the name of the operation.")
