from layerctl.catalog.metrics._base import Name, Score


class Accuracy(Score):
    """How often outputs equal targets exactly. The name `accuracy`, in lower case, picks the kind by the output's shape."""

    name: Name = "accuracy"
