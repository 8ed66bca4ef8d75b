from typing import ClassVar

from pydantic import Field

from layerctl.catalog import Rate, Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, HasDataFormat, Tree
from layerctl.catalog.layers._noise import Noise


class _SpatialDropout(Noise):
    """The family; of the base layer's arguments, Keras's constructors take only `dtype`."""

    rank: ClassVar[int]
    depends_on_shape = True
    trainable: ClassVar[bool] = True  # type: ignore[misc]  # no argument of these classes
    autocast: ClassVar[bool] = True  # type: ignore[misc]  # likewise
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]  # likewise

    rate: Rate = Field(description="the share of channels that is dropped.")

    def output(self, call: Call) -> Tree:
        checks.rank(call.x.shape, self.rank)
        if 0 < self.rate < 1:
            checks.floating(call.x, self.keras_name())
        return call.result(call.x.shape)


class SpatialDropout1D(_SpatialDropout):
    """Sets a random share of the channels to 0 in training, each for all steps, and scales the others up.

    Input shape: (batch, steps, channels).

    Example:
        ```yaml
        - SpatialDropout1D: 0.2
        ```
    """

    rank = 3

    seed: Seed | None = Field(None, description="makes the random draws repeatable.")


class SpatialDropout2D(HasDataFormat, _SpatialDropout):
    """Sets a random share of the channels to 0 in training, each for the whole image, and scales the others up.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) for `channels_first`.

    Example:
        ```yaml
        - SpatialDropout2D: 0.2
        ```
    """

    rank = 4

    data_format: DataFormat | None = Field(
        None, description="whether the channels are the last axis or the first after the batch; null is `channels_last`."
    )
    seed: Seed | None = Field(None, description="makes the random draws repeatable.")


class SpatialDropout3D(HasDataFormat, _SpatialDropout):
    """Sets a random share of the channels to 0 in training, each for the whole volume, and scales the others up.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) for `channels_first`.

    Example:
        ```yaml
        - SpatialDropout3D: 0.2
        ```
    """

    rank = 5

    data_format: DataFormat | None = Field(
        None, description="whether the channels are the last axis or the first after the batch; null is `channels_last`."
    )
    seed: Seed | None = Field(None, description="makes the random draws repeatable.")
