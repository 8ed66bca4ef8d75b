"""Sparse vectors, which some preprocessing layers make with `sparse: true`: what a layer makes of them.

Keras declares them dense. A layer that cannot work on them makes the model fail only when it runs.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from layerctl.base.shapes import Tensor, same
from layerctl.catalog.layers._calls import Call, tensors_of

OfSparse = Literal["dense", "sparse", "sparse if all are"] | None

BesideDense = Literal["added", "made dense", "multiplied"]


class AboutSparse:
    """What a layer makes of sparse inputs.

    Class attributes:
        of_sparse: its output for such inputs: `dense`, `sparse`, or `sparse if all are`, the inputs; None (the default) where the
            running model fails.
    """

    of_sparse: ClassVar[OfSparse] = None

    def gives_sparse(self, call: Call) -> bool | None:
        """Whether the output of a call on tensors some of which are sparse is sparse; None where the running model fails."""
        if self.of_sparse is None:
            return None
        return self.of_sparse == "sparse" or (self.of_sparse != "dense" and all(x.sparse for x in tensors_of(call)))


def merges_sparse(tensors: Sequence[Tensor], beside_dense: BesideDense) -> bool:
    """Whether Keras can merge these tensors value by value, some of which are sparse; `beside_dense` tells what it does to those.

    It spreads none of them over more axes, and adds no sparse one to a dense one of another dtype.
    """
    first = tensors[0]
    mixed = len({x.sparse for x in tensors}) > 1
    if mixed and beside_dense == "made dense":
        return True
    alike = all(x.rank == first.rank and all(map(same, x.shape, first.shape)) for x in tensors)
    return alike and not (mixed and beside_dense == "added" and len({x.dtype for x in tensors}) > 1)
