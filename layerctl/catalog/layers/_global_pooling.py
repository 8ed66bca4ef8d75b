"""The base class of the poolings over all positions."""

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import DataFormat, Reach, Read
from layerctl.catalog.layers._origin import Origin, Place, Window
from layerctl.catalog.layers._pooling import Pooling


class GlobalPooling(Pooling):
    """The families of GlobalMaxPooling and GlobalAveragePooling."""

    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")
    keepdims: bool = Field(False, description="whether the pooled axes are kept with length 1.")

    @classmethod
    def plain_sections(cls) -> dict[str, str]:
        ones = ", ".join("1" for _ in cls.axes)
        kept = f"(batch, channels); with `keepdims` (batch, {ones}, channels), or (batch, channels, {ones})."
        return {**super().plain_sections(), "Output shape": kept}

    def reach(self, shape: Shape) -> Reach:
        channel = self.channel_axis % len(shape) if self.keepdims else 1
        return self.spatially((Read(None),) * len(self.axes), Read(channel))

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        single = self.place(self.split(at)[0] if self.keepdims else at[0], (0,) * len(self.axes))
        return super().origin(shape, single)

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        return tuple(Window(dim or 0, 1, dim or 0, 1, 1, "valid") for dim in self.along(shape))

    def pooled(self, sizes: Shape) -> Shape:
        return (1,) * len(sizes) if self.keepdims else ()
