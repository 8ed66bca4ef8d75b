from typing import Annotated

from pydantic import AfterValidator, Field, NonNegativeFloat

from layerctl.base.shapes import Shape, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Reach, Read, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import ChannelsNotDivisible
from layerctl.catalog.layers._normalization import SIZE_NEEDED, Affine, gamma_and_beta


def _groups(value: int) -> int:
    if value > 0 or value == -1:
        return value
    raise ValueError


class GroupNormalization(Affine):
    """Brings each group of channels of a sample to mean 0 and standard deviation 1, whatever the batch.

    Input shape: any, at least rank 2; the dimension at `axis` is known.

    Weights: gamma and beta, each of the size of `axis`.

    Example:
        ```yaml
        - GroupNormalization: 8
        ```
    """

    fixed_by_first_call = "channels"
    masks = "passes"

    groups: Annotated[int, AfterValidator(_groups), Says("a positive integer, or -1")] = Field(
        32,
        description="the number of groups, which divides the channels; -1 is one group for each channel (instance "
        "normalization).",
    )
    axis: int = Field(-1, description="the axis of the channels.")
    epsilon: NonNegativeFloat = Field(1e-3, description="added to the variance, against division by zero.")

    @property
    def channel_axis(self) -> int:
        return self.axis

    def channels_at(self, rank: int) -> int | None:
        return self.axis % rank

    def reach(self, shape: Shape) -> Reach:
        channel = self.axis % len(shape)
        return tuple(Read(None, among=(axis,) if axis == channel else ()) for axis in range(1, len(shape)))

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.numeric(x, "GroupNormalization")
        first = 1 if self.axis < 0 else 0  # Keras detects the batch axis only as 0
        channels = checks.known(x.shape, checks.axis(self.axis, x.rank, low=first), SIZE_NEEDED)
        if channels % self.groups:
            good = ", ".join(str(n) for n in range(1, min(channels, 64) + 1) if channels % n == 0)
            raise Refusal(
                ChannelsNotDivisible,
                f"{channels} channels cannot be split into {self.groups} groups; the input is {text(x.shape)}",
                label=f"`groups` is {self.groups}",
                help=f"set `groups` to a divisor of {channels}: {good}",
            )
        return call.result(x.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return gamma_and_beta((call.x.shape[self.axis] or 0,), scale=self.scale, center=self.center)
