from pydantic import Field

from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Name, Reduction


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of one class out of several, targets as class numbers."""

    targets = "index"
    wants = DISTRIBUTION

    from_logits: bool = Field(False, description="whether the outputs are logits, to which softmax is still to be applied.")
    ignore_class: int | None = Field(None, description="a class number; samples of this class do not count.")
    reduction: Reduction = Field("sum_over_batch_size", description="how the losses of a batch become one number.")
    axis: int = Field(-1, description="the axis of the classes.")
    name: Name = "sparse_categorical_crossentropy"
