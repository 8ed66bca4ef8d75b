"""Whether a layer is a matrix product; needed by `convert` between Dense and Conv2D, and to prove the two equal."""

from typing import ClassVar, NamedTuple

from layerctl.base.shapes import Dim, Shape


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


class AboutRewriting:
    """Whether the layer, without activation and bias, is a product with a matrix. By default it is not.

    Class attributes:
        is_matrix: whether the flattened sample is multiplied by one matrix; its entries may repeat those of the kernel.
    """

    is_matrix: ClassVar[bool] = False

    def product(self, shape: Shape) -> Product | None:
        """The layer as a product with its kernel, on an input of that shape; None if it is none."""
        return None

    @property
    def lora_enabled(self) -> bool:
        """Whether a low-rank update is trained in place of its kernel (`lora_rank`)."""
        return False
