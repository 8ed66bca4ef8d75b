"""Rows of the table for the preprocessing layers: their inputs and arguments."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from layerctl.catalog import CATALOGS
from tests.judge.case import Fed, Input, Raw, flatten
from tests.judge.inputs import INDICES, MIXED, batch, dims
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

PIPED = (
    *ANY_COLOURS, *OTHERS, "Rescaling", "RandomHue", "RandomGrayscale", "Normalization", "Dense", "Conv2D", "Dropout", "Flatten"
)  # fmt: skip

SIDE = mostly(1, 2, 5, 8, derive=0.1)
ODD = mostly(1, 3, 5, (3, 1), 2, (1, 4), derive=0.1)
TILES = mostly((1, 1), (2, 3), (8, 8), (3, 5), derive=0.1)
RANGE = mostly((0, 1), (0, 255), (-1.0, 1.0), (1, 0), derive=0.1)


def lookup(name: str) -> dict[str, Make]:
    """The makers of the lookups' arguments that this layer has."""
    cls = CATALOGS["layers"].find(name)
    return {key: make for key, make in LOOKUP.items() if cls is not None and key in cls.model_fields}


def ranged(name: str) -> dict[str, Make]:
    """The maker of `value_range`, if the layer has it."""
    cls = CATALOGS["layers"].find(name)
    return {"value_range": RANGE} if cls is not None and "value_range" in cls.model_fields else {}


def images(rng: Random) -> Input:
    return Input(
        (*dims(rng, 2, 2, 10), None if rng.random() < 0.04 else rng.choice((1, 2, 3, 3, 4))), rng.choice(MIXED), batch(rng)
    )


def coloured(rng: Random) -> Input:
    """Images, mostly with three channels, first or last."""
    height, width = dims(rng, 2, 2, 10)
    channels = rng.choice((3, 3, 3, 3, 1, 2, None))
    shape = (channels, height, width) if rng.random() < 0.2 else (height, width, channels)
    return Input(shape, rng.choice(MIXED), batch(rng))


def low(rng: Random, args: dict[str, Raw]) -> dict[str, Raw]:
    """The arguments, mostly with a dtype policy of lower precision."""
    return args if rng.random() < 0.3 else {**args, "dtype": rng.choice(("float16", "bfloat16"))}


def height(rng: Random, fed: Fed) -> Raw:
    return _side(rng, fed, 0)


def width(rng: Random, fed: Fed) -> Raw:
    return _side(rng, fed, 1)


def _side(rng: Random, fed: Fed, axis: int) -> Raw:
    """Mostly the input's size."""
    shape = flatten(fed)[0].shape
    size = shape[axis] if len(shape) == 3 else None
    return size if size is not None and rng.random() < 0.7 else rng.choice((1, 3, 5, DERIVE))


def fill(rng: Random, fed: Fed) -> Raw:
    return rng.choice((None, 0, 0.5, (0.1, 0.2, 0.3), (0.1, 0.2), DERIVE))


def numbers(rng: Random, fed: Fed) -> Raw:
    """A number, or a list for the last axis, sometimes of a wrong length."""
    shape = flatten(fed)[0].shape
    last = (shape[-1] if shape else None) or 2
    return rng.choice((0.5, 2, -1.0, (0.5,) * last, (0.5,) * (last + 1), (1,)))


BOUNDARIES = mostly((0.0, 1.0), (0.5,), (-1, 0, 2), derive=0)
WORDS = mostly(("a", "b", "c"), ("b",), ("[UNK]", "a", "b"), ("", "[UNK]", "a"), ("a", "b", "a"), derive=0)
INTEGERS = mostly((0, 3, 4), (0,), (-1, 0, 5), (0, -1, 5), (0, 3, 0), derive=0)
LOOKUP: dict[str, Make] = {
    "num_oov_indices": mostly(1, 2, 3, derive=0),
    "oov_token": mostly(DERIVE, derive=0),
    "encoding": mostly("utf-8", derive=0),
    "max_tokens": mostly(3, 5, 8, derive=0.1),
    "idf_weights": mostly((0.5, 0.25, 0.1), derive=0),
    "salt": mostly(1, (1, 2), derive=0),
}
SIZES = mostly(1, 4, 8, 16, derive=0)
MEL: dict[str, Make] = {
    "fft_length": mostly(8, 16, 9, derive=0),
    "sequence_stride": mostly(2, 3, 8, derive=0),
    "sequence_length": SIZES,
    "window": mostly("hann", "hamming", None, (0.5,) * 8, derive=0),
    "sampling_rate": mostly(100, 16_000, derive=0),
}
STFT: dict[str, Make] = {
    "frame_length": mostly(1, 2, 4, 7, derive=0),
    "frame_step": mostly(None, 1, 2, 4, derive=0),
    "fft_length": mostly(None, 4, 8, 9, derive=0),
    "window": mostly("hann", "boxcar", None, (0.5,) * 4, derive=0),
}


def figures(rng: Random, fed: Fed) -> Raw:
    """Means or variances: one, or one for each position of the last axis, sometimes of a wrong shape."""
    shape = flatten(fed)[0].shape
    last = (shape[-1] if shape else None) or 2
    return rng.choice((None, 0.5, 0.5, (0.5,) * last, (0.5,) * last, (0.5,) * (last + 1), ((0.5,) * last,)))


def paired(rng: Random, args: dict[str, Raw]) -> dict[str, Raw]:
    """The arguments, mostly with mean and variance of one shape, or neither."""
    if rng.random() < 0.15:
        return args
    known = args.get("mean")
    return {key: value for key, value in args.items() if key not in ("mean", "variance")} | (
        {} if known is None else {"mean": known, "variance": known}
    )


def weighed(rng: Random, args: dict[str, Raw]) -> dict[str, Raw]:
    """The arguments, mostly with `idf_weights` only if the output mode needs them."""
    if rng.random() < 0.1:
        return args
    args = {key: value for key, value in args.items() if key != "idf_weights"}
    if args.get("output_mode") != "tf_idf":
        return args
    return {**args, "idf_weights": (0.5,) * len(args.get("vocabulary") or ())}


def categories(rng: Random) -> Fed:
    """Integers, sometimes with their weights."""
    shape = dims(rng, rng.choice((0, 1, 1, 1, 2)))
    x = Input(shape, rng.choice(INDICES), batch(rng))
    if rng.random() < 0.85:
        return x
    weights = shape if rng.random() < 0.7 else (2, *shape)
    return {"inputs": x, "count_weights": Input(weights, rng.choice(("float32", "int32", "float16")), x.batch)}


def words(rng: Random) -> Input:
    """Texts, or numbers."""
    shape = rng.choice(((), (1,), (1,), (4,), (4, 1), (2, 3), (None,), (1, 1)))
    return Input(shape, rng.choice(("string", "string", "string", *INDICES)), batch(rng))


def texts(rng: Random) -> Input:
    shape = rng.choice(((), (), (), (1,), (1,), (4,), (2, 1), (None,)))
    return Input(shape, "string" if rng.random() < 0.9 else rng.choice(INDICES), batch(rng))


def crossed(rng: Random) -> tuple[Input, ...]:
    """Mostly two tensors of one value for each sample."""
    shape = rng.choice(((), (), (1,), (1,), (1,), (3,), (1, 1)))
    kinds = ("string", "int32", "int64", "string", "int32", "uint8", "float32", "bool")
    batch_size = batch(rng)
    count = rng.choice((2, 2, 2, 2, 2, 2, 1, 3))
    shapes = [shape if rng.random() < 0.93 else (1,) for _ in range(count)]
    return tuple(Input(each, rng.choice(kinds), batch_size) for each in shapes)


def short(length: str) -> Callable[[Random, dict[str, Raw]], dict[str, Raw]]:
    """The arguments, with windows as short as the sounds by default."""
    return lambda rng, args: {length: 8, **args}


def sound(rng: Random) -> Input:
    shape = rng.choice(((rng.randint(2, 40),), (rng.randint(2, 40),), (rng.randint(2, 40),), (None,), (), (8, 2)))
    return Input(shape, rng.choice(MIXED), batch(rng))


def sounds(rng: Random) -> Input:
    channels = None if rng.random() < 0.06 else rng.randint(1, 3)
    return Input((None if rng.random() < 0.2 else rng.randint(1, 12), channels), rng.choice(MIXED), batch(rng))
