from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.schedules._base import Schedule


class CosineDecay(Schedule):
    """The learning rate falls along half a cosine, after a linear warm-up if wanted (Loshchilov, Hutter 2016)."""

    initial_learning_rate: NonNegativeFloat = Field(description="where the learning rate begins.")
    decay_steps: PositiveInt = Field(description="how many steps the fall takes.")
    alpha: Rate = Field(0.0, description="where it ends, as a fraction of where the fall begins.")
    name: str = Field("CosineDecay", description="of the operation.")
    warmup_target: PositiveFloat | None = Field(None, description="where the warm-up ends; null for none.")
    warmup_steps: NonNegativeInt = Field(0, description="how many steps the warm-up takes.")
