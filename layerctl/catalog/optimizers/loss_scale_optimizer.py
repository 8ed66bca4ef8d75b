from typing import Annotated, Any

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt
from pydantic_core import PydanticCustomError

from layerctl.catalog import Arguments, Kind, Says
from layerctl.catalog.optimizers._base import Optimizer


def _optimizer(value: object) -> object:
    if not isinstance(value, Arguments):
        raise PydanticCustomError("optimizer", "not an optimizer")
    return value


class LossScaleOptimizer(Arguments):
    """Scales the loss so that small gradients do not underflow in float16; wraps another optimizer."""

    inner_optimizer: Annotated[Any, Says("an optimizer, such as `Adam`"), Kind("optimizers"), AfterValidator(_optimizer)] = Field(
        description="the optimizer that makes the steps."
    )
    initial_scale: PositiveFloat = Field(32768.0, description="the first scale; it halves after an overflow.")
    dynamic_growth_steps: PositiveInt = Field(2000, description="after how many steps without overflow the scale doubles.")
    name: str | None = Field(None, description="the optimizer's name.")

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        """The number of values that the wrapped optimizer keeps."""
        return self.inner_optimizer.kept(path, shape)  # type: ignore[no-any-return]  # an optimizer, which its kind does not say

    @property
    def innermost(self) -> tuple[tuple[str, ...], Optimizer]:
        """The optimizer that makes the steps, and the arguments that lead to it."""
        path, optimizer = self.inner_optimizer.innermost
        return ("inner_optimizer", *path), optimizer
