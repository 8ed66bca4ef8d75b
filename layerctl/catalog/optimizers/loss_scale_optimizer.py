from __future__ import annotations

from typing import Annotated, Any

from layerctl.catalog import Arguments, Kind, PositiveFloat, PositiveInt


class LossScaleOptimizer(Arguments):
    """Scales the loss so that small gradients survive in float16; wraps another optimizer.

    Args:
        inner_optimizer: the optimizer that makes the steps.
        initial_scale: the first scale; it halves after an overflow.
        dynamic_growth_steps: after how many good steps the scale doubles.
        name: the optimizer's name.
    """

    inner_optimizer: Annotated[Any, Kind("optimizers")]
    initial_scale: PositiveFloat = 32768.0
    dynamic_growth_steps: PositiveInt = 2000
    name: str | None = None

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        """What the optimizer within keeps."""
        return self.inner_optimizer.kept(path, shape)  # type: ignore[no-any-return]  # an optimizer, which its kind does not say
