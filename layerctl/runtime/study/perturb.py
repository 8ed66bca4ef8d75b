"""Disturbances of images: one permutation of all pixels, for training and test, and others of the test images alone.

The range of the pixels goes from the least value of the training images to the largest. No pixel is cut off at its ends, whether
the data have bounds (as pixels from 0 to 1) or not, so that as much noise arrives as is said; `measured` tells how much.
Random directions, noise and places have a fixed seed for each strength, so that every candidate and trial gets the same images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isqrt
from typing import NamedTuple

import numpy as np

from layerctl.catalog import datasets
from layerctl.report.results.comparison import Disturbance
from layerctl.runtime.codes import NotDisturbable
from layerctl.runtime.data._types import Array
from layerctl.runtime.study.candidate import Candidate

SEED = 0xD157
PERMUTE = "permute"
DIRECTIONS = np.array([(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)])


class Perturbation(NamedTuple):
    """A disturbance of test images.

    Attributes:
        name: as `--perturb` takes it.
        unit: of its strength.
        levels: the strengths that are tested; the first is 0.
        apply: images (n, height, width, channels), 0 and 1 the ends of the range, a strength and a random generator → disturbed
            images.
    """

    name: str
    unit: str
    levels: tuple[float, ...]
    apply: Callable[[Array, float, np.random.Generator], Array]


def _shift(images: Array, pixels: float, random: np.random.Generator) -> Array:
    """Each image moved in one of eight directions, along one axis or both; pixels that come in are 0."""
    from scipy import ndimage

    drawn = random.integers(len(DIRECTIONS), size=len(images))
    out = np.empty_like(images)
    for number, direction in enumerate(DIRECTIONS):
        out[drawn == number] = ndimage.shift(images[drawn == number], (0, *(pixels * direction), 0), order=0)
    return out


def _noise(images: Array, sigma: float, random: np.random.Generator) -> Array:
    """Each pixel plus a normal number."""
    return images + sigma * random.standard_normal(images.shape, dtype=np.float32)


def _occlude(images: Array, share: float, random: np.random.Generator) -> Array:
    """A square of 0 somewhere within each image; its side is a share of the shorter one of the image, of at least a pixel."""
    _, height, width, _ = images.shape
    side = max(1, round(share * min(height, width)))
    top, left = random.integers(height - side + 1, size=len(images)), random.integers(width - side + 1, size=len(images))
    rows, columns = np.arange(height)[None, :, None], np.arange(width)[None, None, :]
    top, left = top[:, None, None], left[:, None, None]
    hidden = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    return np.where(hidden[..., None], np.float32(0), images)


def _rotate(images: Array, degrees: float, random: np.random.Generator) -> Array:
    """Each image turned about its centre, to the left or to the right."""
    from scipy import ndimage

    left = random.random(len(images)) < 0.5
    out = np.empty_like(images)
    for chosen, angle in ((left, degrees), (~left, -degrees)):
        out[chosen] = ndimage.rotate(images[chosen], angle, axes=(1, 2), reshape=False, order=1)
    return out


TESTS = (
    Perturbation("shift", "pixels", (0, 1, 2, 3, 4), _shift),
    Perturbation("noise", "σ, as a share of the range", (0, 0.1, 0.2, 0.3, 0.4), _noise),
    Perturbation("occlude", "side of the square, as a share of the image's", (0, 0.125, 0.25, 0.375, 0.5), _occlude),
    Perturbation("rotate", "degrees", (0, 10, 20, 30, 45), _rotate),
)


def chosen(names: Iterable[str]) -> tuple[Perturbation, ...]:
    """The disturbances of these names that change the test images alone, in the order of this file."""
    return tuple(test for test in TESTS if test.name in names)


def image_shape(candidate: Candidate) -> tuple[int, int, int]:
    """Height, width and channels of the model's input; a flat input of a named image dataset counts as a square image.

    Raises:
        SpecError: the input is not an image.
    """
    slots = candidate.wanted.inputs
    shape = tuple(int(dim or 0) for dim in slots[0].shape)
    if len(slots) == 1 and "float" in slots[0].dtype and all(shape):
        if len(shape) == 3:
            return shape[0], shape[1], shape[2]
        if len(shape) == 2:
            return shape[0], shape[1], 1
        facts = datasets.find(candidate.wanted.name)
        side = isqrt(shape[0]) if len(shape) == 1 else 0
        if side and side * side == shape[0] and facts is not None and facts.size is not None:
            return side, side, 1
    message = f"`{candidate.name}` takes no image of floats: its input is {[slot.shape for slot in slots]}"
    help = "leave out `--perturb`, or compare models of images: `[28, 28, 1]`"
    raise candidate.wanted.refuse(NotDisturbable, message, help=help)


def measured(candidate: Candidate, disturbances: Iterable[Disturbance]) -> tuple[Disturbance, ...]:
    """The disturbances with how much of each arrives at the candidate's test images: the root mean square change of a pixel."""
    tests = {test.name: test for test in TESTS}
    low, high = _range(candidate)
    x = candidate.data.x_test

    def change(test: Perturbation, level: float) -> float:
        difference = (disturbed(candidate, x, test, level).astype(np.float64) - x) / (high - low)
        return float(np.sqrt(np.mean(difference**2)))

    return tuple(
        one._replace(change=tuple(change(tests[one.name], level) for level in one.levels)) if one.name in tests else one
        for one in disturbances
    )


def _range(candidate: Candidate) -> tuple[float, float]:
    """The least and the largest pixel of the training images."""
    low, high = float(candidate.data.x_train.min()), float(candidate.data.x_train.max())
    return low, high if high > low else low + 1


def disturbed(candidate: Candidate, x: Array, test: Perturbation, level: float) -> Array:
    """A candidate's test images under a disturbance of this strength, in the shape of its input."""
    if not level:
        return x
    low, high = _range(candidate)
    span = high - low
    images = ((x - low) / span).astype(np.float32).reshape(len(x), *image_shape(candidate))
    random = np.random.default_rng((SEED, test.levels.index(level)))
    changed = test.apply(images, level, random) * span + low
    return np.ascontiguousarray(changed.reshape(x.shape).astype(x.dtype))


def permutation(candidate: Candidate) -> Array:
    """The permutation of the pixels of a candidate's images; the same for all candidates with this image size.

    Raises:
        SpecError: the input is not an image.
    """
    height, width, _ = image_shape(candidate)
    return np.random.default_rng(SEED).permutation(height * width)


def permuted(x: Array, order: Array) -> Array:
    """Images with their pixels in this order; the channels of a pixel stay together."""
    return np.ascontiguousarray(x.reshape(len(x), len(order), -1)[:, order].reshape(x.shape))
