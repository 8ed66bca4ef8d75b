"""The base class of the poolings to a given number of positions."""

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog import PerAxis
from layerctl.catalog.layers._base import DataFormat, Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._origin import Origin, Place
from layerctl.catalog.layers._pooling import Pooling


class AdaptivePooling(Pooling):
    """The families of AdaptiveMaxPooling and AdaptiveAveragePooling.

    The output size determines the windows; they overlap if it does not divide the input's. With a single position along an axis
    of input or output, Keras builds a model that TensorFlow cannot run; use global pooling then.

    Output shape: (batch, *output_size, channels), or (batch, channels, *output_size).
    """

    output_size: PerAxis = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        return None  # windows of different sizes

    def pooled(self, sizes: Shape) -> Shape:
        wanted = self.each(self.output_size)
        for axis, before, after in zip(self.axes, sizes, wanted, strict=True):
            if 1 in (before, after):
                # Keras asks TensorFlow for windows one larger than the axis: fit and predict fail, a direct call may even crash.
                got = f"{'?' if before is None else before} to {after}"
                raise Refusal(
                    ShapeDoesNotSuit,
                    f"{self.keras_name()} needs at least 2 positions along {axis}, before and after; got {got}",
                    label="Keras builds this, but TensorFlow cannot run it",
                    help=self._instead(wanted),
                )
        return wanted

    def _instead(self, wanted: tuple[int, ...]) -> str:
        if set(wanted) == {1}:
            return f"use `{self.keras_name().replace('Adaptive', 'Global')}: {{keepdims: true}}`, which gives the same"
        return "use an `output_size` of at least 2 along each axis, and drop a pooling layer before it if the input is too small"
