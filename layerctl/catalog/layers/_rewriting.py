"""Whether a layer is a matrix product: what `convert` between Dense and Conv2D, and the proof of equivalence, need to know."""

from typing import ClassVar, NamedTuple

from layerctl.base.shapes import Dim, Shape


class Product(NamedTuple):
    """A product with one matrix, the layer's kernel, whose values lie in memory in the order of the matrix.

    Attributes:
        positions: how often the matrix is used; None where that is unknown.
        inputs: how many values are multiplied by it at each position.
        outputs: how many values that gives.
    """

    positions: Dim
    inputs: int
    outputs: int


class AboutRewriting:
    """Whether the layer, its activation and bias apart, is a product with a matrix. One that says nothing is none.

    Class attributes:
        is_matrix: whether all values of a sample, flattened, are multiplied by one matrix; its entries may repeat the kernel's.
    """

    is_matrix: ClassVar[bool] = False

    def product(self, shape: Shape) -> Product | None:
        """The product with its kernel that it is on an input of that shape; None where the kernel is used in another way."""
        return None

    @property
    def lora_enabled(self) -> bool:
        """Whether a low-rank update is trained in place of its kernel, as `lora_rank` says."""
        return False
