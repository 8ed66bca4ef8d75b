"""Data generated for any spec from its inputs, outputs and loss: learnable, and the same for the same seed."""

from layerctl.catalog.datasets._base import Facts

TRAIN, LEAST = 4000, 64
MAX_BYTES = 256 * 1024**2
"""Of all arrays together; of large samples fewer are generated."""

FACTS = Facts(name="synthetic", description="made for any spec from its inputs, outputs and loss; learnable", shipped=True)


def train_samples(values: int) -> int:
    """The number of training samples, from the number of values in a sample's inputs and targets."""
    return max(LEAST, min(TRAIN, MAX_BYTES // (4 * max(values, 1))))
