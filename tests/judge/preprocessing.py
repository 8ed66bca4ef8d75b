"""Rows of the table for the preprocessing layers: their inputs and arguments."""

from __future__ import annotations

from random import Random

from layerctl.catalog import CATALOGS
from tests.judge.case import Fed, Input, Raw, flatten
from tests.judge.inputs import MIXED, batch, dims
from tests.judge.makers import mostly
from tests.judge.values import DERIVE, Make

COLOURS = (
    "AugMix", "RandAugment", "RandomColorDegeneration", "RandomColorJitter", "RandomGrayscale", "RandomHue", "RandomSaturation"
)  # fmt: skip
ANY_COLOURS = (
    "AutoContrast", "CutMix", "MaxNumBoundingBoxes", "MixUp", "RandomBrightness", "RandomContrast", "RandomElasticTransform",
    "RandomFlip", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSharpness", "RandomShear",
    "RandomTranslation", "RandomZoom", "Solarization",
)  # fmt: skip
OTHERS = (
    "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization", "RandomCrop", "RandomErasing",
    "RandomGaussianBlur", "Resizing",
)  # fmt: skip
IMAGE_LAYERS = frozenset((*COLOURS, *ANY_COLOURS, *OTHERS))

SIDE = mostly(1, 2, 5, 8, derive=0.1)
ODD = mostly(1, 3, 5, (3, 1), 2, (1, 4), derive=0.1)
TILES = mostly((1, 1), (2, 3), (8, 8), (3, 5), derive=0.1)
LOW = mostly("float16", "bfloat16", derive=0.1)
RANGE = mostly((0, 1), (0, 255), (-1.0, 1.0), (1, 0), derive=0.1)


def ranged(name: str) -> dict[str, Make]:
    """A range of values, where the layer takes one."""
    cls = CATALOGS["layers"].find(name)
    return {"value_range": RANGE} if cls is not None and "value_range" in cls.model_fields else {}


def images(rng: Random) -> Input:
    return Input(
        (*dims(rng, 2, 2, 10), None if rng.random() < 0.04 else rng.choice((1, 2, 3, 3, 4))), rng.choice(MIXED), batch(rng)
    )


def coloured(rng: Random) -> Input:
    """Mostly of three channels, in front or behind."""
    height, width = dims(rng, 2, 2, 10)
    channels = rng.choice((3, 3, 3, 3, 1, 2, None))
    shape = (channels, height, width) if rng.random() < 0.2 else (height, width, channels)
    return Input(shape, rng.choice(MIXED), batch(rng))


def height(rng: Random, fed: Fed) -> Raw:
    return _side(rng, fed, 0)


def width(rng: Random, fed: Fed) -> Raw:
    return _side(rng, fed, 1)


def _side(rng: Random, fed: Fed, axis: int) -> Raw:
    """Mostly the input's own."""
    shape = flatten(fed)[0].shape
    own = shape[axis] if len(shape) == 3 else None
    return own if own is not None and rng.random() < 0.7 else rng.choice((1, 3, 5, DERIVE))


def fill(rng: Random, fed: Fed) -> Raw:
    return rng.choice((None, 0, 0.5, (0.1, 0.2, 0.3), (0.1, 0.2), DERIVE))


def numbers(rng: Random, fed: Fed) -> Raw:
    """A number, or a list for the last axis, or nearly."""
    shape = flatten(fed)[0].shape
    last = (shape[-1] if shape else None) or 2
    return rng.choice((0.5, 2, -1.0, (0.5,) * last, (0.5,) * (last + 1), (1,)))
