"""Shared by the layers that encode categories: shapes of encodings, their dtypes, and sparse vectors."""

from typing import TYPE_CHECKING, Any, Literal

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers._base import Call, Layer, OfSparse, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype, WrongRank

OutputMode = Literal["int", "one_hot", "multi_hot", "count"]
COUNTED = frozenset(("int32", "int64", "float32", "float64"))
"""The dtypes in which TensorFlow can count occurrences."""

TAKEN = (
    "whether the vectors are sparse: Dense, Embedding, CategoryEncoding, and layers that merge or reshape take them, most others "
    "do not."
)
"""The description of the argument `sparse`."""


class Encoding(Layer):
    """A layer that makes an integer of each value, or vectors, which are sparse with `sparse: true`."""

    category = "preprocessing"

    if TYPE_CHECKING:  # each layer declares them where Keras's constructor has them
        output_mode: OutputMode
        sparse: bool

    @property
    def differs_when_run(self) -> bool:
        return self.sparse

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        return output._replace(sparse=True) if self.sparse and isinstance(output, Tensor) else output

    @property
    def of_sparse(self) -> OfSparse:  # type: ignore[override]  # numbers for numbers, value by value
        return "sparse" if self.output_mode == "int" else None


def check_sparse(sparse: bool, mode: str) -> None:
    """Refuses `sparse` with an output mode for which Keras cannot make sparse vectors."""
    if sparse and mode in ("int", "one_hot"):
        gives = "gives integers" if mode == "int" else "cannot make them of a batch of unknown size"
        message = f"`sparse` is for vectors of samples, and `output_mode: {mode}` {gives}"
        raise ArgumentError("sparse", message, "set `output_mode: multi_hot` or `count`, or leave out `sparse`")
    if sparse and mode == "tf_idf":
        message = "Keras cannot weigh sparse vectors: with `output_mode: tf_idf` the model would build, and not run"
        raise ArgumentError("sparse", message, "leave out `sparse`, or set `output_mode: count`")


def vectors_are_dense(layer: Any) -> Any:
    """A validator of layers that cannot make sparse vectors."""
    if layer.sparse:
        message = f"{layer.keras_name()} cannot make sparse vectors as a layer of a model"
        raise ArgumentError("sparse", message, "leave it out")
    return layer


def one_hot(shape: Shape, depth: int) -> Shape:
    """The shape in which each value is a vector; a last axis of size 1 is replaced."""
    return (*shape[:-1], depth) if len(shape) > 1 and shape[-1] == 1 else (*shape, depth)


def joined(shape: Shape, depth: int, mode: str) -> Shape:
    """The shape in which each sample is one vector. Refuses ranks other than 2, for which Keras takes the wrong axis."""
    if len(shape) == 2:
        return shape[0], depth
    message = f"`output_mode: {mode}` joins the values of a sample, (batch, values); got rank {len(shape)}, {text(shape)}"
    help = "use `output_mode: one_hot`, which gives each value a vector of its own"
    if len(shape) == 1:
        help += ", or give the input the shape [1]"
    raise Refusal(WrongRank, message, label=f"got {text(shape)}", help=help)


def counted(mode: str, dtype: str) -> None:
    """Refuses a dtype in which TensorFlow cannot count."""
    if mode in ("multi_hot", "count") and dtype not in COUNTED:
        message = f"`output_mode: {mode}` cannot be computed in {dtype}"
        raise Refusal(WrongDtype, message, help="use `dtype: float32` for this layer")


def only_one(shape: Shape, name: str) -> None:
    """Refuses an input without a last axis of size 1, which the vectors replace."""
    if len(shape) < 2 or shape[-1] not in (1, None) or (len(shape) > 2 and shape[-2] == 1):
        raise Refusal(
            ShapeDoesNotSuit,
            f"with `output_mode: one_hot` {name} works on a last axis of size 1; got {text(shape)}",
            label=f"got {text(shape)}",
            help="give the input the shape [1], or use `output_mode: int` and a CategoryEncoding after it",
        )
