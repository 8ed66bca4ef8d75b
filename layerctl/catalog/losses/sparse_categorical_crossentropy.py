from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Reduction, Targets


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of one class out of several, targets as class numbers.

    Args:
        from_logits: whether the outputs are logits, to which softmax is still to be applied.
        ignore_class: a class number whose samples do not count.
        reduction: how the losses of a batch become one number.
        axis: the axis of the classes.
    """

    targets: ClassVar[Targets] = "index"
    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    from_logits: bool = False
    ignore_class: int | None = None
    reduction: Reduction = "sum_over_batch_size"
    axis: int = -1
    name: str | None = "sparse_categorical_crossentropy"
