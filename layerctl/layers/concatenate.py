from __future__ import annotations

from typing import ClassVar, Literal, NoReturn

from layerctl.layers import _checks as checks
from layerctl.layers._base import Call, Layer, Refusal, Tree
from layerctl.layers._codes import ShapesDoNotMerge, WrongDtype
from layerctl.shapes import Shape, add, same, text


class Concatenate(Layer):
    """Joins tensors one after another along an axis.

    Args:
        axis: the axis that grows; the last by default. It counts the batch as axis 0.

    Input shape: a list of tensors of one rank that differ along `axis` only.

    Output shape: the inputs' shape, with the sum of their sizes along `axis`.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - Concatenate:
          inputs: [left, right]
        ```
    """

    category: ClassVar[str] = "merging"
    hands_on: ClassVar[bool] = True
    takes: ClassVar[Literal["one", "many", "each"]] = "many"

    axis: int = -1

    def output(self, call: Call) -> Tree:
        shapes = tuple(x.shape for x in call.xs)
        if len({x.dtype == "string" for x in call.xs}) > 1:
            help = "turn the text into numbers first, or leave it out"
            raise Refusal(WrongDtype, "Concatenate joins tensors of one kind; got text and numbers", help=help)
        ranks = {len(shape) for shape in shapes}
        if len(ranks) > 1:
            self.refuse(shapes, "inputs of one rank", "put a Reshape before the input that has fewer axes")
        (rank,) = ranks
        if len(shapes) == 1 and self.axis >= rank:  # Keras joins a single tensor along any axis
            return call.result(shapes[0])
        axis = checks.axis(self.axis, rank)
        for other in range(rank):
            sizes = [shape[other] for shape in shapes if shape[other] is not None]
            if other != axis and not all(same(sizes[0], size) for size in sizes):
                what = f"inputs that are equal along every axis but {axis}, and so along axis {other}"
                self.refuse(shapes, what, "give the paths the same size there, or set `axis` to the one that differs")
        joined = add(*(shape[axis] for shape in shapes))
        return call.result((*shapes[0][:axis], joined, *shapes[0][axis + 1 :]))

    @staticmethod
    def refuse(shapes: tuple[Shape, ...], what: str, help: str) -> NoReturn:
        listed = ", ".join(text(shape) for shape in shapes[:6]) + (", …" if len(shapes) > 6 else "")
        raise Refusal(ShapesDoNotMerge, f"Concatenate needs {what}; got {listed}", label="cannot join these", help=help)
