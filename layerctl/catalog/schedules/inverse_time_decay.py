from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.catalog.schedules._base import NOTHING, Schedule


class InverseTimeDecay(Schedule):
    """The learning rate falls as initial / (1 + rate × step / steps)."""

    initial_learning_rate: PositiveFloat = Field(description="the initial learning rate.")
    decay_steps: PositiveInt = Field(description="the unit of time, in steps.")
    decay_rate: PositiveFloat = Field(description="how fast the learning rate falls.")
    staircase: bool = Field(False, description="whether the learning rate falls in steps, not continuously.")
    name: str = Field("InverseTimeDecay", description="the name of the operation.")

    @property
    def over_after(self) -> float | None:
        return self.decay_steps * (1 / NOTHING - 1) / self.decay_rate
