from typing import NoReturn

from pydantic import Field

from layerctl.base.shapes import Shape, Tensor, add, broadcast, same, text
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Reach, Refusal, Tree
from layerctl.catalog.layers._codes import ShapesDoNotMerge, WrongDtype
from layerctl.catalog.layers._receptive_field import along, channels_by_axis


class Concatenate(Layer):
    """Joins tensors one after another along an axis.

    Input shape: a list of tensors of one rank that differ along `axis` only.

    Output shape: the inputs' shape, with the sum of their sizes along `axis`.

    Example:
        ```yaml
        - Concatenate:
          inputs: [left, right]
        ```
    """

    category = "merging"
    joins_branches = True
    keeps_dtype_when_run = True
    of_sparse = "sparse if all are"
    input_kind = "list"
    masks = "passes"

    axis: int = Field(-1, description="the axis that grows; the last by default. It counts the batch as axis 0.")

    def output(self, call: Call) -> Tree:
        shapes = tuple(x.shape for x in call.xs)
        if len({x.dtype == "string" for x in call.xs}) > 1:
            help = "turn the text into numbers first, or leave it out"
            raise Refusal(WrongDtype, "Concatenate joins tensors of one kind; got text and numbers", help=help)
        ranks = {len(shape) for shape in shapes}
        if len(ranks) > 1:
            self.refuse(shapes, "inputs of one rank", "put a Reshape before the input that has fewer axes")
        (rank,) = ranks
        if len(shapes) == 1 and self.axis >= rank:  # Keras accepts any axis for a single tensor
            return call.result(shapes[0])
        axis = checks.axis(self.axis, rank)
        for other in range(rank):
            sizes = [shape[other] for shape in shapes if shape[other] is not None]
            if other != axis and not all(same(sizes[0], size) for size in sizes):
                what = f"inputs that are equal along every axis but {axis}, and so along axis {other}"
                self.refuse(shapes, what, "give the paths the same size there, or set `axis` to the one that differs")
        joined = add(*(shape[axis] for shape in shapes))
        return call.result((*shapes[0][:axis], joined, *shapes[0][axis + 1 :]))

    @property
    def may_sum_values(self) -> bool:
        return False

    def channels_at(self, rank: int) -> int | None:
        return channels_by_axis(self.axis, rank, most=4)  # axis 1 of a video holds the frames, which may be joined

    def reach(self, shape: Shape) -> Reach:
        axis = self.axis % len(shape)
        return along(shape, (axis,), among=(axis,)) if axis else None

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        """Keras broadcasts each mask to its input and joins them like the inputs; a step counts if any of its values does."""
        if not isinstance(input_mask, tuple) or isinstance(input_mask, Tensor):
            return None
        masks = []
        for x, mask in zip(call.xs, input_mask, strict=True):
            shape = x.shape
            if isinstance(mask, Tensor):
                wide = broadcast((*mask.shape, 1), x.shape) if mask.rank < x.rank else mask.shape
                if wide is None:
                    message = (
                        f"Concatenate spreads the mask {text(mask.shape)} over its input, {text(x.shape)}, and it does not fit"
                    )
                    raise Refusal(ShapesDoNotMerge, message, help="join the inputs before masks begin")
                shape = wide
            masks.append(Tensor(shape, "bool"))
        joined = self.output(call._replace(inputs=tuple(masks)))
        assert isinstance(joined, Tensor)
        return Tensor(joined.shape[:-1], "bool")

    @staticmethod
    def refuse(shapes: tuple[Shape, ...], what: str, help: str) -> NoReturn:
        listed = ", ".join(text(shape) for shape in shapes[:6]) + (", …" if len(shapes) > 6 else "")
        raise Refusal(ShapesDoNotMerge, f"Concatenate needs {what}; got {listed}", label="cannot join these", help=help)
