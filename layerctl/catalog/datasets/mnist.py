"""Handwritten digits of 28×28 pixels (LeCun, Cortes, Burges 1998); file and checksum are those of `keras.datasets.mnist`."""

from layerctl.catalog.datasets._base import Facts, File

FACTS = Facts(
    name="mnist",
    description="handwritten digits, 28×28 pixels",
    size=(28, 28),
    classes=10,
    train=60_000,
    test=10_000,
    archives=("mnist.npz",),
    files=(
        File(
            "mnist.npz",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        ),
    ),
    licence="CC BY-SA 3.0",
)
