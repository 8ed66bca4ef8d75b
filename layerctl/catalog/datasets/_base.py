"""What is known of a dataset before it is loaded."""

from math import isqrt
from typing import NamedTuple

from layerctl.base.shapes import Shape


class File(NamedTuple):
    """A file to download.

    Attributes:
        name: the name it is kept under.
        url: where it comes from.
        checksum: `sha256:…` or `md5:…` of its bytes.
    """

    name: str
    url: str
    checksum: str


class Layout(NamedTuple):
    """How the images of a dataset are laid out for a model's input.

    Attributes:
        height: in pixels.
        width: in pixels.
        channels: the size of the last axis; None where the input has no such axis. Grey pixels are repeated for 3.
        flat: whether the pixels come as one row.
    """

    height: int
    width: int
    channels: int | None
    flat: bool = False


class Facts(NamedTuple):
    """A dataset of grey images with one class number each, or one that is made to measure.

    Attributes:
        name: as a spec writes it.
        description: one line for readers.
        size: height and width in pixels; None where the data are made for the model.
        pixel_range: the least and the greatest raw value.
        dtype: of the raw values.
        classes: how many; the labels go from 0 to `classes - 1`.
        train: training samples.
        test: test samples.
        resized: whether the images are brought to the size that the model's input asks for, without a word in the spec.
        shipped: whether it comes with the package.
        archives: names of a `.npz` file with all of it (`x_train`, `y_train`, `x_test`, `y_test`), in the order of preference.
        files: what is downloaded where it is not on this machine.
        cache: the folder of those files below Keras's cache.
        licence: of the data.
        class_names: in the order of their numbers; where there are none, the numbers themselves.
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
        """How the images fit an input of that shape (without the batch); None where they do not.

        Args:
            shape: the input's dimensions; an unknown one takes what comes.
            image_size: the height and width that the spec asks for.
        """
        assert self.size is not None, f"{self.name} has no images"
        size = image_size or self.size
        free = self.resized and image_size is None
        if len(shape) == 1:
            return _flat(shape[0], size, free)
        if len(shape) not in (2, 3):
            return None
        height, width = (given or own for given, own in zip(shape, size, strict=False))
        channels = (shape[2] or 1) if len(shape) == 3 else None
        allowed = (None, 1, 3) if self.resized else (None, 1)
        if channels not in allowed or (not free and (height, width) != size):
            return None
        return Layout(height, width, channels)


def _flat(pixels: int | None, size: tuple[int, int], free: bool) -> Layout | None:
    """The pixels in one row; an image that may take any size becomes a square."""
    if free and pixels is not None and isqrt(pixels) ** 2 == pixels:
        size = (isqrt(pixels), isqrt(pixels))
    return Layout(*size, None, flat=True) if pixels in (None, size[0] * size[1]) else None
