"""Pictures of clothes of 28×28 pixels (Xiao, Rasul, Vollgraf 2017); files as `keras.datasets.fashion_mnist` has them.

The checksums are those that the authors publish beside the data.
"""

from layerctl.catalog.datasets._base import Facts, File

FACTS = Facts(
    name="fashion_mnist",
    description="pictures of clothes in ten kinds, 28×28 pixels",
    size=(28, 28),
    classes=10,
    train=60_000,
    test=10_000,
    archives=("fashion_mnist.npz", "fashion-mnist.npz"),
    files=tuple(
        File(name, f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{name}", f"md5:{checksum}")
        for name, checksum in (
            ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
            ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
            ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        )
    ),
    cache="datasets/fashion-mnist",
    licence="MIT",
    class_names=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
