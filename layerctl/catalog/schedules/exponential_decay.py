from math import log

from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import NOTHING, Schedule


class ExponentialDecay(Schedule):
    """The learning rate is multiplied by `decay_rate` every `decay_steps` steps: initial × rate^(step / steps)."""

    initial_learning_rate: PositiveFloat = Field(description="the initial learning rate.")
    decay_steps: PositiveInt = Field(description="the number of steps over which `decay_rate` is applied once.")
    decay_rate: PositiveFloat = Field(description="the factor.")
    staircase: bool = Field(False, description="whether the learning rate falls in steps, not continuously.")
    name: str = Field("ExponentialDecay", description="the name of the operation.")

    @property
    def over_after(self) -> float | None:
        return self.decay_steps * log(NOTHING) / log(self.decay_rate) if self.decay_rate < 1 else None
