"""The base class of optimizers: common arguments, and the memory of their state."""

import sys
from math import prod
from typing import Annotated, Any, ClassVar, Self

from annotated_types import Ge, Lt
from pydantic import BeforeValidator, Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from layerctl.catalog import ArgumentError, Arguments, Kind, Rate, Says


def _learning_rate(value: object) -> object:
    """Accepts a positive number, or a schedule, which is checked separately."""
    if isinstance(value, Arguments):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("learning_rate", "learning rate")
    if not 0 < value <= sys.float_info.max:
        raise PydanticCustomError("greater_than", "learning rate")
    return float(value)


LearningRate = Annotated[
    Any,
    Says("a positive number, or a learning-rate schedule"),
    Kind("schedules"),
    BeforeValidator(_learning_rate, json_schema_input_type=PositiveFloat),
    Field(description="the size of a step: a number, or a schedule."),
]
DecayRate = Annotated[float, Ge(0), Lt(1)]
Beta1 = Annotated[DecayRate, Field(description="the decay rate of the mean of the gradients.")]
Beta2 = Annotated[DecayRate, Field(description="the decay rate of the mean of their squares.")]
Epsilon = Annotated[NonNegativeFloat, Field(description="a small number, against division by zero.")]


class Optimizer(Arguments):
    """An optimizer, with the arguments of Keras's base class.

    Class attributes:
        moments: the number of values that the update rule keeps for each value of a trainable weight.
    """

    moments: ClassVar[int] = 2

    learning_rate: LearningRate = 0.001
    weight_decay: NonNegativeFloat | None = Field(
        None, description="the part of each weight that every step subtracts, in units of the learning rate."
    )
    clipnorm: PositiveFloat | None = Field(
        None, description="the largest norm of one weight's gradient; larger ones are scaled down."
    )
    clipvalue: PositiveFloat | None = Field(
        None, description="the largest absolute value in a gradient; larger ones are cut to it."
    )
    global_clipnorm: PositiveFloat | None = Field(None, description="the largest norm of all gradients together.")
    use_ema: bool = Field(False, description="whether a moving average of the weights is kept, and replaces them at the end.")
    ema_momentum: Rate = Field(0.99, description="the decay rate of that average.")
    ema_overwrite_frequency: PositiveInt | None = Field(
        None, description="after how many steps the weights are set to their average; by default only at the end."
    )
    loss_scale_factor: PositiveFloat | None = Field(
        None, description="the factor by which the loss is multiplied and the gradients divided, against underflow in float16."
    )
    gradient_accumulation_steps: Annotated[int, Ge(2)] | None = Field(
        None, description="the number of batches whose gradients are averaged for one step."
    )
    name: str | None = Field(None, description="the optimizer's name.")

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        """The number of values kept for a trainable weight, with its moving average and accumulated gradients.

        Args:
            path: the names of the weight's layer and of the weight: `dense/kernel`.
            shape: the weight's shape.
        """
        return (self.moments + self.use_ema + (self.gradient_accumulation_steps is not None)) * prod(shape)

    @model_validator(mode="after")
    def _one_way_to_clip(self) -> Self:
        clips = [name for name in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, name) is not None]
        if len(clips) > 1:
            message = f"`{clips[0]}` and `{clips[1]}` exclude each other"
            raise ArgumentError(clips[1], message, "clip in one way only")
        return self


class AdamFamily(Optimizer):
    """A step size for each weight from running means of its gradients and their squares."""

    learning_rate: LearningRate = 0.001
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999
    epsilon: Epsilon = 1e-7
