"""Functions of matrices: triangles and diagonals."""

from pydantic import Field

from layerctl.base.shapes import Dim, Shape, text
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongRank
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._shaping import Shaping


class _Matrix(Shaping):
    on = dtypes.NUMERIC

    def two(self, shape: Shape) -> None:
        if len(shape) < 2:
            self.refuse(WrongRank, f"works on matrices, of rank 2 or more; got {text(shape)}", help="add an axis")


class _Triangle(_Matrix):
    """The matrices of the last two axes, with zeros on one side of a diagonal."""

    k: int = Field(0, description="the diagonal: 0 is the main one, positive ones are above it.")

    def shaped(self, shape: Shape) -> Shape:
        self.two(shape)
        return shape


class Tril(_Triangle):
    """The lower triangle of matrices, zeros above."""


class Triu(_Triangle):
    """The upper triangle of matrices, zeros below."""


class Diagonal(_Matrix):
    """The diagonal of the matrices along two axes.

    Output shape: the input's without both axes, and the diagonal last.
    """

    sample = "{axis1: 1, axis2: 2}"

    offset: int = Field(0, description="the diagonal: 0 is the main one, positive ones are above it.")
    axis1: int = Field(0, description="the axis of the rows; the batch is axis 0.")
    axis2: int = Field(1, description="the axis of the columns.")

    def shaped(self, shape: Shape) -> Shape:
        self.two(shape)
        gone = checks.axes((self.axis1, self.axis2), len(shape), "axis1 and axis2")
        rows, columns = (shape[axis] for axis in gone)
        size: Dim = None
        if rows is not None and columns is not None:
            size = min(rows, columns, columns - self.offset if self.offset > 0 else rows + self.offset)
            if size <= 0:
                message = f"has no diagonal {self.offset} in {rows} × {columns} values"
                self.refuse(ShapeDoesNotSuit, message, help="use an offset nearer to 0")
        return (*(dim for axis, dim in enumerate(shape) if axis not in gone), size)
