"""What a layer does to the values of its input: copies them, works on each separately, or sums them."""

from typing import ClassVar


class AboutValues:
    """What a layer does to values in inference. By default nothing is known.

    Class attributes:
        linear: whether it computes weighted sums over all channels, then applies its activation.
        fully_connected: whether these are sums over the last axis only.
        affine: whether it scales, shifts or averages values: together with linear layers around it, it is one affine map.
        elementwise: whether each output value depends only on the input values at the same place.
        is_identity: whether it returns its input.
        only_reshapes: whether it only gives the values of a sample another shape, in the same order.
        depends_on_shape: whether its arguments or weights belong to places of the input, so that the same values in another shape
            may give other results, even in an elementwise layer.
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
        """Whether its output consists of unchanged values of its input, all or some, at any places."""
        return self.is_identity or self.only_reshapes

    @property
    def fixed_factor(self) -> float | None:
        """The largest factor by which it multiplies a value, if it does no more than scale and shift by fixed numbers."""
        return None

    @property
    def rowwise(self) -> bool:
        """Whether it works on each row along the last axis in the same way, however the rows are arranged."""
        return False

    @property
    def may_sum_values(self) -> bool:
        """Whether an output value can be a sum of many values, so that its rounding error depends on their size."""
        return not (self.elementwise or self.keeps_values or self.affine)
