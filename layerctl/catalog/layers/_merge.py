"""The base class of layers that merge tensors value by value: Add, Average, Maximum, Minimum, Multiply, Subtract."""

from typing import ClassVar, NoReturn

from layerctl.base.shapes import Dim, Shape, Tensor, broadcast, text, unknown_axes
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Refusal, Tree
from layerctl.catalog.layers._codes import ShapesDoNotMerge, WrongDtype


class ElementwiseMerge(Layer):
    """Merges tensors whose shapes broadcast; unlike in NumPy, a shorter shape keeps its batch axis first.

    Input shape: a list of tensors whose shapes broadcast; a tensor with fewer axes gets axes of size 1 after its batch axis.

    Output shape: (batch, …), the broadcast shape: along each axis the size that is not 1.
    """

    category = "merging"
    joins_branches = True
    keeps_dtype_when_run = True
    elementwise = True
    input_kind = "list"
    joins_text: ClassVar[bool] = False
    masks = "passes"
    stricter = {
        "text": "Text is refused; Keras's merging layers return a single tensor of text unchecked.",
    }

    def output(self, call: Call) -> Tree:
        shapes = tuple(x.shape for x in call.xs)
        self.check_dtypes(tuple(x.dtype for x in call.xs))
        for shape in shapes:
            checks.min_rank(shape, 1)
        batch = common_batch(shapes)
        samples = tuple(shape[1:] for shape in shapes)
        joined = samples[0]
        for sample in samples[1:]:
            wider = broadcast(joined, sample)
            if wider is None:
                self.refuse((batch, *joined), (batch, *sample))
            joined = wider
        unknown = unknown_axes(samples, len(joined))  # Keras leaves these unknown, also beside a known size
        return call.result((batch, *(None if axis in unknown else dim for axis, dim in enumerate(joined))))

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        """The union of the inputs' masks; None if an input has no mask."""
        masks = () if input_mask is None or isinstance(input_mask, Tensor) else input_mask
        combined = masks[0] if masks and None not in masks else None
        for other in masks[1:] if combined else ():
            assert isinstance(combined, Tensor)
            assert isinstance(other, Tensor)
            short = min(combined, other, key=lambda mask: mask.rank)
            at_batch = combined.rank != other.rank and short.shape[:1] == (None,)  # the batch would meet an axis of another size
            joined = None if at_batch else broadcast(combined.shape, other.shape)
            if joined is None:
                message = f"{self.keras_name()} joins the masks of its inputs too, {text(combined.shape)} and {text(other.shape)}"
                raise Refusal(ShapesDoNotMerge, message, help="bring both paths to one number of axes before masks begin")
            combined = Tensor(joined, "bool")
        return combined

    def check_dtypes(self, dtypes: tuple[str, ...]) -> None:
        """Refuses text and two tensors of booleans, which Keras accepts but TensorFlow cannot compute."""
        name = type(self).keras_name()
        if "string" in dtypes and not (self.joins_text and set(dtypes) == {"string"}):
            raise Refusal(WrongDtype, f"{name} works on numbers; got string", help="leave text inputs out of it")
        if dtypes[:2] == ("bool", "bool"):
            help = "cast one of them first with `ops.cast: float32`"
            raise Refusal(WrongDtype, f"{name} works on numbers; got only booleans", help=help)

    def refuse(self, a: Shape, b: Shape) -> NoReturn:
        raise Refusal(
            ShapesDoNotMerge,
            f"{type(self).keras_name()} needs inputs of one shape, or that broadcast; got {text(a)} and {text(b)}",
            label="cannot join these",
            help="give both paths the same number of units or filters, or bring one to the other's shape with a Dense, "
            "a 1×1 Conv2D or a Reshape",
        )


def pair(xs: tuple[Tensor, ...], name: str) -> tuple[Tensor, Tensor]:
    """The two inputs; refuses any other number."""
    if len(xs) != 2:
        raise Refusal(ShapesDoNotMerge, f"{name} takes two inputs; got {len(xs)}", help="write `inputs: [a, b]` below it")
    return xs[0], xs[1]


def common_batch(shapes: tuple[Shape, ...]) -> Dim:
    """The batch size of tensors that are merged: the known one, if any."""
    sizes = {shape[0] for shape in shapes} - {None}
    if len(sizes) > 1:
        listed = " and ".join(str(size) for size in sorted(size for size in sizes if size is not None))
        help = "give all inputs the same `batch_size`, or none"
        raise Refusal(ShapesDoNotMerge, f"the inputs have different batch sizes: {listed}", help=help)
    return next(iter(sizes), None)
