"""What a layer computes, in a form that is equal for layers that compute the same; for `convert` and `compare --equivalence`."""

from typing import ClassVar, Literal, NamedTuple

from layerctl.base.shapes import Dim, Shape

Ends = tuple[tuple[int, int], ...]
"""The amounts at the start and the end of each axis."""


class Product(NamedTuple):
    """A product with one matrix: the layer's kernel, reshaped without changing the order of its values.

    Attributes:
        positions: how often the matrix is applied; None if unknown.
        inputs: the number of values that it is applied to at each position.
        outputs: the number of values that result.
    """

    positions: Dim
    inputs: int
    outputs: int


class Windows(NamedTuple):
    """A sum, average or maximum of the values under a window that moves along some axes.

    Attributes:
        how: with a kernel, a `sum` of products; without, the `average` or the `maximum`.
        sizes: the input along these axes.
        taps: the number of values under the window, along each axis.
        strides: the step from one position to the next; 1 along an axis with a single position.
        dilation: the step within the window; 1 along an axis with a single tap.
        padding: at both ends of each axis.
        positions: of the window, along each axis.
        groups: the number of groups of channels that are worked on separately.
        channels: of the input.
        outputs: channels of the output.
        channels_first: whether the channels stand before the axes, and that matters to the order of the values.
    """

    how: Literal["sum", "average", "maximum"]
    sizes: tuple[int, ...]
    taps: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Ends
    positions: tuple[int, ...]
    groups: int
    channels: int
    outputs: int
    channels_first: bool


class Channelwise(NamedTuple):
    """A factor and an offset for each channel; a value's channel is `place // inner % channels`.

    Attributes:
        values: how many there are in a sample.
        channels: how many channels.
        inner: how many values that follow each other share a channel.
    """

    values: int
    channels: int
    inner: int


class AboutRewriting:
    """Whether the layer, without activation and bias, is a product with a matrix; and what else it is. By default nothing.

    Class attributes:
        is_matrix: whether the flattened sample is multiplied by one matrix; its entries may repeat those of the kernel.
        kernel_outputs: the axes of the kernel, from its last, along which the output's channels lie.
        without_effect: arguments that change nothing in inference.
        commutes: what it makes of several inputs whatever their order, such as `add`; None if the order matters.
        regroups: whether a call on the result of another such call equals one call on all inputs.
    """

    is_matrix: ClassVar[bool] = False
    kernel_outputs: ClassVar[tuple[int, ...]] = (-1,)
    without_effect: ClassVar[tuple[str, ...]] = ()
    commutes: ClassVar[str | None] = None
    regroups: ClassVar[bool] = False

    def product(self, shape: Shape) -> Product | None:
        """The layer as a product with its kernel, on an input of that shape; None if it is none."""
        return None

    def windows(self, shape: Shape) -> Windows | None:
        """The layer as a window that moves over an input of that shape, all of whose sizes are known; None if it is none."""
        return None

    def zeros(self, shape: Shape) -> Ends | None:
        """How many zeros it adds at the ends of each axis of a sample of that shape; None if it does anything else."""
        return None

    def channelwise(self, shape: Shape) -> Channelwise | None:
        """The layer as a factor and an offset for each channel, by its weights; None if it is anything else."""
        return None

    @property
    def lora_enabled(self) -> bool:
        """Whether a low-rank update is trained in place of its kernel (`lora_rank`)."""
        return False
