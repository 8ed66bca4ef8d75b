"""Facts of a dataset that are known without loading it."""

from math import isqrt
from typing import NamedTuple

from layerctl.base.shapes import Shape


class File(NamedTuple):
    """A file to download.

    Attributes:
        name: its name on this machine.
        url: its address.
        checksum: `sha256:…` or `md5:…` of its bytes.
    """

    name: str
    url: str
    checksum: str


class Layout(NamedTuple):
    """The layout of a dataset's images in a model's input.

    Attributes:
        height: in pixels.
        width: in pixels.
        channels: the size of the last axis; None if the input has no such axis. Grey pixels are repeated for 3 channels.
        flat: whether the input is one row of pixels.
    """

    height: int
    width: int
    channels: int | None
    flat: bool = False


class Facts(NamedTuple):
    """A dataset of grey images with a class number each, or of synthetic data.

    Attributes:
        name: its name in a spec.
        description: one line for readers.
        size: height and width in pixels; None for synthetic data.
        pixel_range: the lowest and the highest raw value.
        dtype: the dtype of the raw values.
        classes: the number of classes; labels go from 0 to `classes - 1`.
        train: the number of training samples.
        test: the number of test samples.
        resized: whether the images are resized to the model's input even if the spec does not say so.
        shipped: whether it comes with the package.
        archives: possible names of a `.npz` file with all data (`x_train`, `y_train`, `x_test`, `y_test`), preferred first.
        files: the files to download if they are not on this machine.
        cache: the folder of those files below Keras's cache.
        licence: the licence of the data.
        class_names: in the order of their numbers; if empty, the numbers are used.
    """

    name: str
    description: str
    size: tuple[int, int] | None = None
    pixel_range: tuple[int, int] = (0, 255)
    dtype: str = "uint8"
    classes: int | None = None
    train: int | None = None
    test: int | None = None
    resized: bool = False
    shipped: bool = False
    archives: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    cache: str = "datasets"
    licence: str = ""
    class_names: tuple[str, ...] = ()

    def layout(self, shape: Shape, image_size: tuple[int, int] | None = None) -> Layout | None:
        """The layout of the images in an input of that shape, without the batch; None if they do not fit.

        Args:
            shape: the input's dimensions; an unknown one accepts any size.
            image_size: the height and width that the spec sets.
        """
        assert self.size is not None, f"{self.name} has no images"
        size = image_size or self.size
        free = self.resized and image_size is None
        if len(shape) == 1:
            return _flat(shape[0], size, free)
        if len(shape) not in (2, 3):
            return None
        height, width = (dim or side for dim, side in zip(shape, size, strict=False))
        channels = (shape[2] or 1) if len(shape) == 3 else None
        allowed = (None, 1, 3) if self.resized else (None, 1)
        if channels not in allowed or (not free and (height, width) != size):
            return None
        return Layout(height, width, channels)


def _flat(pixels: int | None, size: tuple[int, int], free: bool) -> Layout | None:
    """The layout of pixels in one row; an image of free size becomes a square if possible."""
    if free and pixels is not None and isqrt(pixels) ** 2 == pixels:
        size = (isqrt(pixels), isqrt(pixels))
    return Layout(*size, None, flat=True) if pixels in (None, size[0] * size[1]) else None
