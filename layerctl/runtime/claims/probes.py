"""What can be read from the values of a trained network: from its feature maps, and from its first kernels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from layerctl.compiler.pipeline import Accepted
from layerctl.runtime.backends import backend
from layerctl.runtime.data import Data
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.models.saved import load_weights
from layerctl.runtime.models.verified import verified
from layerctl.runtime.study.kept import again
from layerctl.runtime.study.trials import TrialResult

OFFSETS = (0, 8, 14)
"""Where the upper left corner of an image of half the size may lie along an axis of a whole one; even, as pooling steps by 2."""
PLACES = tuple((down, right) for down in OFFSETS for right in OFFSETS)
MIDDLE = PLACES.index((8, 8))
MOST = 2000
"""So many images a probe learns from, and so many it is tested on."""
RIDGE = 0.01
"""The penalty of a probe, as a share of the mean square of its inputs."""
BY_CHANCE = 20
"""So many kernels made by chance each kernel is compared with."""
BLUR, HALVINGS = 3, 12
"""The strongest blur of noise, in pixels, and how often the interval is halved in which the right one is looked for."""


class Probes(NamedTuple):
    """What linear probes read from a network's last feature maps, by what lies between: `Flatten` and `pooling`.

    Attributes:
        place: for each test image, of half the size and at one of nine places, whether the probe says at which.
        middle: for each test image in the middle, whether its class is right; the probe has learnt from images in the middle.
        moved: the same at another place.
    """

    place: dict[str, Array]
    middle: dict[str, Array]
    moved: dict[str, Array]


def before_and_after(spec: Accepted, result: TrialResult) -> Iterator[Any]:
    """The model of a trial as it began, then the same model as it ended."""
    model = verified(spec, seed=result.trial.seed).model
    yield model
    load_weights(model, result.weights, again(result.weights.parent))
    yield model


def probed(spec: Accepted, result: TrialResult, data: Data) -> Probes:
    """Teaches the probes on training images and tests them on test images."""
    keras = backend.keras()
    *_, model = before_and_after(spec, result)
    maps = keras.Model(model.inputs, [layer.output for layer in model.layers if len(layer.output.shape) == 4][-1])
    random = np.random.default_rng(result.trial.seed)
    learnt, tested = (halved(images[:MOST]) for images in (data.x_train, data.x_test))
    classes, wanted = (np.asarray(labels[:MOST]).ravel() for labels in (data.y_train, data.y_test))
    at, place = (random.integers(len(PLACES), size=len(images)) for images in (learnt, tested))
    away = (MIDDLE + random.integers(1, len(PLACES), size=len(tested))) % len(PLACES)
    middle = [np.full(len(images), MIDDLE) for images in (learnt, tested)]
    ground = float(data.x_train.min())
    put = ((learnt, at), (tested, place), (learnt, middle[0]), (tested, middle[1]), (tested, away))
    answers = [array(maps.predict(placed(images, where, ground), verbose=0)) for images, where in put]
    found = Probes({}, {}, {})
    for name, seen in (("Flatten", _flat), ("pooling", _pooled)):
        anywhere, tests, centred, in_middle, moved = map(seen, answers)
        found.place[name] = (Probe(anywhere, at)(tests) == place).astype(np.float64)
        probe = Probe(centred, classes)
        found.middle[name] = (probe(in_middle) == wanted).astype(np.float64)
        found.moved[name] = (probe(moved) == wanted).astype(np.float64)
    return found


def _flat(maps: Array) -> Array:
    return maps.reshape(len(maps), -1).astype(np.float64)


def _pooled(maps: Array) -> Array:
    """The largest values, as the network's own GlobalMaxPooling2D takes them."""
    return maps.max(axis=(1, 2)).astype(np.float64)


def halved(images: Array) -> Array:
    """Images of half the height and width: the means of 2×2 pixels."""
    count, height, width, channels = images.shape
    return np.asarray(images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4)))


def placed(images: Array, places: Array, ground: float) -> Array:
    """Each image at its place in one of twice the height and width; around it is the ground."""
    count, height, width, channels = images.shape
    out = np.full((count, 2 * height, 2 * width, channels), ground, images.dtype)
    for number, (down, right) in enumerate(PLACES):
        those = places == number
        out[those, down : down + height, right : right + width] = images[those]
    return out


class Probe:
    """A linear classifier by ridge regression (Hoerl and Kennard 1970): all that can be read off by weighted sums."""

    def __init__(self, x: Array, labels: Array) -> None:
        self._classes, at = np.unique(labels, return_inverse=True)
        self._mean = x.mean(axis=0)
        centred = x - self._mean
        square = centred.T @ centred
        square[np.diag_indices_from(square)] += RIDGE * len(x) * float(np.mean(centred**2)) + np.finfo(np.float64).tiny
        wanted = np.eye(len(self._classes))[at]
        self._bias = wanted.mean(axis=0)
        self._weights = np.linalg.solve(square, centred.T @ (wanted - self._bias))

    def __call__(self, x: Array) -> Array:
        """The class of each row."""
        best = np.argmax((x - self._mean) @ self._weights + self._bias, axis=1)
        return np.asarray(self._classes[best])


def first_kernels(model: Any) -> Array:
    """The kernels of the first convolution, (filters, height, width)."""
    kernel = next(array(layer.kernel) for layer in model.layers if len(getattr(layer, "kernel_size", ())) == 2)
    return np.asarray(kernel.mean(axis=2).transpose(2, 0, 1))


def orientation(kernels: Array) -> float:
    """How oriented filters are, from 0 (alike in all directions) to 1 (stripes, an edge, whatever their direction), in the mean.

    The coherence of the structure tensor (Bigün and Granlund 1987).
    """
    right, down = _gradients(kernels)
    across, along, both = (part.sum(axis=(1, 2)) for part in (right**2, down**2, right * down))
    total = across + along
    coherent = np.sqrt((across - along) ** 2 + 4 * both**2)
    return float(np.mean(np.divide(coherent, total, out=np.zeros_like(total), where=total > 0)))


def _gradients(kernels: Array) -> tuple[Array, Array]:
    """How much the values rise to the right and downwards, between each 2×2 of them."""
    upper, lower = kernels[:, :-1], kernels[:, 1:]
    right = (upper[..., 1:] - upper[..., :-1] + lower[..., 1:] - lower[..., :-1]) / 2
    down = (lower[..., :-1] - upper[..., :-1] + lower[..., 1:] - upper[..., 1:]) / 2
    return right, down


def roughness(kernels: Array) -> float:
    """How much the values of filters change from one to the next, in proportion to how much they differ at all."""
    change = sum(float(np.square(part).mean()) for part in _gradients(kernels))
    scatter = float(np.square(kernels - kernels.mean(axis=(1, 2), keepdims=True)).mean())
    return change / scatter if scatter else 0.0


def shuffled(kernels: Array, seed: int) -> Iterator[Array]:
    """The same values of each kernel in another order, several times."""
    random = np.random.default_rng(seed)
    flat = kernels.reshape(len(kernels), -1)
    for _ in range(BY_CHANCE):
        yield random.permuted(flat, axis=1).reshape(kernels.shape)


def as_smooth(kernels: Array, seed: int) -> Array:
    """Random kernels that are as smooth, and have no direction: noise that is blurred alike in all directions."""
    from scipy import ndimage

    count, height, width = kernels.shape
    margin = 4 * BLUR
    noise = np.random.default_rng(seed).standard_normal((BY_CHANCE * count, height + 2 * margin, width + 2 * margin))
    wanted, low, high = roughness(kernels), 0.0, float(BLUR)
    for _ in range(HALVINGS):
        sigma = (low + high) / 2
        field = ndimage.gaussian_filter(noise, (0, sigma, sigma))[:, margin:-margin, margin:-margin]
        low, high = (sigma, high) if roughness(field) > wanted else (low, sigma)
    return np.asarray(field)
