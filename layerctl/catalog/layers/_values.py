"""What a layer does to the values of its input: copies them, works on each by itself, or sums them."""

from typing import ClassVar


class AboutValues:
    """What becomes of values when the model is used, not trained. A layer that says nothing may do anything with them.

    Class attributes:
        linear: whether it gives weighted sums over all channels, to which its activation is then applied.
        fully_connected: whether these are sums over the whole of the last axis, whatever the other axes.
        affine: whether it scales, shifts or averages values, so that linear layers around it are still one linear map together.
        elementwise: whether each output value depends only on the values at its place in the inputs.
        is_identity: whether its output is its input.
        only_reshapes: whether it gives the values of a sample another shape, in the same order, and does nothing else.
        depends_on_shape: whether its arguments or weights belong to places of the input, so that an elementwise layer does not do
            the same to the same values in another shape.
    """

    linear: ClassVar[bool] = False
    fully_connected: ClassVar[bool] = False
    affine: ClassVar[bool] = False
    elementwise: ClassVar[bool] = False
    is_identity: ClassVar[bool] = False
    only_reshapes: ClassVar[bool] = False
    depends_on_shape: ClassVar[bool] = False

    @property
    def keeps_values(self) -> bool:
        """Whether its output holds values of its input, unchanged: all or some of them, at the same places or at others."""
        return self.is_identity or self.only_reshapes

    @property
    def rowwise(self) -> bool:
        """Whether only the last axis matters to it: it does the same however the rows along that axis are arranged."""
        return False

    @property
    def may_sum_values(self) -> bool:
        """Whether an output value may come from a sum of many values, whose rounding errors are of their size, not of its own."""
        return not (self.elementwise or self.keeps_values or self.affine)
