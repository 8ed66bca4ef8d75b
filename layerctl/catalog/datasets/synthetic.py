"""Data generated for any spec from its inputs, outputs and loss: learnable, and the same for the same seed."""

from layerctl.catalog.datasets._base import Facts

TRAIN, TEST, LEAST = 4000, 1000, 64
"""Of small samples so many are generated, to train on and to test on; of large ones fewer, of each kind at least the last."""
MAX_BYTES = 256 * 1024**2
"""Of all arrays together, where the least number of samples fits in that."""

FACTS = Facts(name="synthetic", description="made for any spec from its inputs, outputs and loss; learnable", shipped=True)


def train_samples(values: int) -> int:
    """The number of training samples, from the number of values in a sample's inputs and targets."""
    return max(LEAST, min(TRAIN, MAX_BYTES // (4 * max(values, 1))))


def held_samples(train: int) -> int:
    """The number of all samples, those to test on included, from the number of training samples."""
    return train + max(LEAST, train * TEST // TRAIN)
