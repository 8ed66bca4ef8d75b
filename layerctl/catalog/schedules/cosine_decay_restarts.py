from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.schedules._base import Schedule


class CosineDecayRestarts(Schedule):
    """Falls along half a cosine again and again, each time over more steps (Loshchilov, Hutter 2016)."""

    initial_learning_rate: PositiveFloat = Field(description="where the learning rate begins.")
    first_decay_steps: PositiveInt = Field(description="how many steps the first fall takes.")
    t_mul: PositiveFloat = Field(2.0, description="by what each following period is longer.")
    m_mul: PositiveFloat = Field(1.0, description="by what each following start is multiplied.")
    alpha: Rate = Field(0.0, description="where a fall ends, as a fraction of the start.")
    name: str = Field("SGDRDecay", description="of the operation.")
