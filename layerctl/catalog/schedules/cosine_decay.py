from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.schedules._base import LITTLE, Schedule


class CosineDecay(Schedule):
    """The learning rate falls along half a cosine, optionally after a linear warm-up (Loshchilov, Hutter 2016)."""

    initial_learning_rate: NonNegativeFloat = Field(description="the initial learning rate.")
    decay_steps: PositiveInt = Field(description="the number of steps of the decay.")
    alpha: Rate = Field(0.0, description="the last learning rate, as a share of that at the start of the decay.")
    name: str = Field("CosineDecay", description="the name of the operation.")
    warmup_target: PositiveFloat | None = Field(
        None, description="the learning rate at the end of the warm-up; null for no warm-up."
    )
    warmup_steps: NonNegativeInt = Field(0, description="the number of steps of the warm-up.")

    @property
    def highest(self) -> float:
        return max(self.initial_learning_rate, self.warmup_target or 0)

    @property
    def over_after(self) -> float | None:
        warming = self.warmup_steps if self.warmup_target is not None else 0
        return warming + self.decay_steps if self.alpha <= LITTLE else None

    @property
    def warmup(self) -> tuple[int, float | None]:
        return self.warmup_steps, self.warmup_target
