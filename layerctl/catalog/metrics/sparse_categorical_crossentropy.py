from layerctl.catalog.metrics._base import ClassAxis, Dtype, Error, FromLogits, IgnoredClass, Name


class SparseCategoricalCrossentropy(Error):
    """Cross-entropy of one class out of several, targets as class numbers."""

    least_rank = 2
    targets = "index"

    name: Name = "sparse_categorical_crossentropy"
    dtype: Dtype = None
    from_logits: FromLogits = False
    ignore_class: IgnoredClass = None
    axis: ClassAxis = -1
