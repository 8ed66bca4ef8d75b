"""What of its input an output value of a layer is computed from, and which axis holds the channels."""

from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from layerctl.base.shapes import Dim, Shape
from layerctl.catalog import Axes
from layerctl.catalog.layers._values import AboutValues

DataFormat = Literal["channels_last", "channels_first"]


class Slide(NamedTuple):
    """How a window moves along one axis of the input.

    Attributes:
        dim: the length of the axis.
        window: how many positions the window covers.
        stride: how far it moves from one output position to the next.
        spread: how many output positions each input position becomes before that.
    """

    dim: Dim
    window: int
    stride: int
    spread: int = 1


Reach = tuple[Slide, ...] | Literal["place", "all"] | None
"""What one output value is computed from: a window along each axis between batch and channels; its own `place` along them;
`all` of the input; None where that is not known."""

FixedReach = Literal["place", "all"] | None


class AboutReceptiveField(AboutValues):
    """What one output value is computed from, when the model is used. Of a layer that says nothing, it is not known.

    Class attributes:
        fixed_reach: the reach, where it is the same for all inputs; of an elementwise layer it is `place`.
        moves_window: whether a window moves over the input: `reach` then says how.
    """

    fixed_reach: ClassVar[FixedReach] = None
    moves_window: ClassVar[bool] = False

    def reach(self, shape: Shape) -> Reach:
        """What of an input of that shape one output value is computed from."""
        return "place" if self.elementwise else self.fixed_reach

    @property
    def channels_first(self) -> bool | None:
        """Whether the channels stand before the other axes; None where the layer does not say: they stay where they are."""
        return None

    @property
    def channel_axis(self) -> int:
        """The axis that holds the channels, or features."""
        return 1 if self.channels_first else -1


class HasDataFormat(AboutReceptiveField):
    """A layer with an argument `data_format`, which says where the channels are."""

    if TYPE_CHECKING:  # each family declares it where Keras's constructor has it
        data_format: DataFormat | None

    @property
    def channels_first(self) -> bool | None:
        return self.data_format == "channels_first"


class AlongAxis(AboutReceptiveField):
    """A layer with an argument `axis`, along which it works; its reach, unless fixed, is then place by place or all."""

    elementwise: ClassVar[bool] = False

    if TYPE_CHECKING:
        axis: Axes

    @property
    def rowwise(self) -> bool:
        return self.axis in (-1, (-1,))

    def reach(self, shape: Shape) -> Reach:
        last = len(shape) - 1
        along_channels = last > 1 and self.axis in (-1, last, (-1,), (last,))
        return super().reach(shape) or ("place" if along_channels else "all")
