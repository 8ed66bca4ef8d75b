"""The claims about Dense and Conv2D, as inequalities that measurements can confirm or refute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerctl.report.results.claims import Claim, Hypothesis, Range
from layerctl.runtime.claims.designs import (
    KERNELS,
    OF_CLAIM_6,
    RATES,
    SHARES,
    SIZES,
    UNPOOLED,
    VARIATIONS,
    convolutional,
    densely,
)
from layerctl.runtime.claims.tables import MADE, Table

SLIGHT = 0.015
"""The largest difference between two accuracies that count as the same."""
ALIKE = 0.025
"""By what share two sizes may differ that count as alike."""


def _exactly(text: str, left: str, right: str | float = 0.0) -> Hypothesis:
    """Two figures are the same."""
    return Hypothesis(text, left, right, "equal", arithmetic=True)


def _alike(text: str, left: str) -> Hypothesis:
    """A ratio is about 1: otherwise what is learnt from the two says nothing of the claim."""
    return Hypothesis(text, left, 1.0, "within", ALIKE, arithmetic=True, condition=True)


def _more(text: str, left: str, right: str | float = 1.0) -> Hypothesis:
    """A computed figure is larger than another one."""
    return Hypothesis(text, left, right, arithmetic=True)


def _rounding(text: str, left: str) -> Hypothesis:
    """A difference is smaller than the bound of rounding; the figure is the difference as a share of that bound."""
    return Hypothesis(f"{text} (difference, as a share of what rounding allows)", left, 1.0, "below", arithmetic=True)


def _images() -> Iterator[Hypothesis]:
    """Conv2D against Dense on images, over sizes and numbers of samples."""
    for width, (units, _) in SIZES.items():
        conv2d, alike = convolutional(width), densely(units)
        both = f"conv2d of width {width}", f"dense of {units} units"
        yield _alike(f"{both[0]} and {both[1]} have as many parameters (ratio)", f"{conv2d} / {alike}: parameters")
        yield Hypothesis(f"{both[0]} is more accurate than {both[1]}", f"{conv2d}: accuracy", f"{alike}: accuracy")
    for share in SHARES:
        conv2d, alike = (f"{name}, 1/{share} of the samples: accuracy" for name in ("conv2d 12", "dense 11"))
        yield Hypothesis(f"conv2d of width 12 is more accurate with 1/{share} of the training samples", conv2d, alike)


def _table(table: Table) -> Iterator[Hypothesis]:
    """Conv2D against Dense on a table."""
    conv2d, dense = (f"{table.name}, {name}" for name in ("conv2d", "dense"))
    ratio = f"{conv2d} / {dense}"
    yield _alike(f"{table.name}: both have as many parameters (ratio)", f"{ratio}: parameters")
    yield _more(f"{table.name}: Conv2D multiplies more (ratio)", f"{ratio}: MACs")
    yield _more(f"{table.name}: its outputs take more memory (ratio)", f"{ratio}: activations")
    yield Hypothesis(f"{table.name}: it takes longer to train (ratio)", f"{ratio}: seconds", 1.0)
    yield Hypothesis(f"{table.name}: it gains nothing", f"{conv2d}: accuracy", f"{dense}: accuracy", "below", SLIGHT)


def _ranges() -> Iterator[Range]:
    """Dense and Conv2D over sizes, and over numbers of samples."""
    names = ("dense", "conv2d")
    sizes = [(convolutional(width), units) for width, units in SIZES.items()]
    for place, unit in enumerate(("parameters", "MACs")):
        points = tuple((f"{densely(units[place])}: accuracy", f"{name}: accuracy", f"{name}: {unit}") for name, units in sizes)
        yield Range(f"with as many {unit}", unit, names, points)
    parts = (*(f", 1/{share} of the samples" for share in SHARES), "")
    points = tuple((f"dense 11{part}: accuracy", f"conv2d 12{part}: accuracy", f"conv2d 12{part}: samples") for part in parts)
    yield Range("with as many training samples", "samples", names, points)


def claims(tables: Sequence[Table] = ()) -> tuple[Claim, ...]:
    """All claims; the second is tested on these tables too."""
    return (
        Claim(
            1,
            "Dense ignores spatial arrangement: permuting all pixels by one fixed permutation leaves a dense model's accuracy "
            "where it was, and costs a convolutional one",
            "permuting moves the dense model's accuracy by more than 1.5 points, or gains the convolutional one some",
            (
                Hypothesis(
                    "the dense model is as accurate on permuted images",
                    "dense, permuted: accuracy",
                    "dense: accuracy",
                    "within",
                    SLIGHT,
                ),
                Hypothesis("the convolutional one is less accurate", "conv2d: accuracy", "conv2d, permuted: accuracy"),
                Hypothesis("it loses more than the dense one", "conv2d: loss by permuting", "dense: loss by permuting"),
            ),
            seeds=20,
        ),
        Claim(
            2,
            "On images, replacing Conv2D by Dense costs accuracy at a like number of parameters; on data without spatial "
            "structure Conv2D gains nothing and costs more",
            "with some number of parameters or of samples the dense model is more accurate on images, or on some table Conv2D "
            "gains more than 1.5 points or costs less",
            (*_images(), *(line for table in (*MADE, *tables) for line in _table(table))),
            tuple(_ranges()),
            seeds=10,
        ),
        Claim(
            3,
            "Conv2D sees local patterns anywhere: shifting the test images hurts it less",
            "shifts of the test images cost the convolutional model more than the dense one",
            (
                Hypothesis(
                    "shifts by 1 to 4 pixels cost the dense model more", "dense: loss by shifting", "conv2d: loss by shifting"
                ),
            ),
        ),
        Claim(
            4,
            "A larger kernel sees a wider context (receptive field), a smaller one finer detail",
            "a larger kernel sees no more pixels or blurs a pixel over no more values, or at like size loses accuracy",
            (
                *(
                    _exactly(
                        f"with {size}×{size} kernels one value depends on as many pixels in a row as the arithmetic says",
                        f"kernel {size}: pixels seen",
                        f"kernel {size}: receptive field",
                    )
                    for size in KERNELS
                ),
                _more("5×5 sees more than 3×3 (pixels)", "kernel 5: pixels seen", "kernel 3: pixels seen"),
                _more("3×3 sees more than 1×1 (pixels)", "kernel 3: pixels seen", "kernel 1: pixels seen"),
                _more("a pixel is blurred over fewer values by 3×3 than by 5×5", "kernel 5: blur", "kernel 3: blur"),
                _more("a pixel is blurred over fewer values by 1×1 than by 3×3", "kernel 3: blur", "kernel 1: blur"),
                *(
                    _alike(f"{size}×{size} has as many parameters as 3×3 (ratio)", f"kernel {size} / kernel 3: parameters")
                    for size in (1, 5)
                ),
                Hypothesis("3×3 is more accurate than 1×1", "kernel 3: accuracy", "kernel 1: accuracy"),
                Hypothesis("5×5 is more accurate than 1×1", "kernel 5: accuracy", "kernel 1: accuracy"),
            ),
        ),
        Claim(
            5,
            "The two can compute the same function: moved weights give the same outputs, up to rounding",
            "with moved weights some output differs by more than rounding, or the matrix of a Conv2D is not sparse and tied",
            (
                _rounding("Dense on a flattened image is a Conv2D over the whole image", "full window: difference / bound"),
                _rounding("Dense on the last axis is a 1×1 Conv2D", "1×1: difference / bound"),
                _rounding("any Conv2D is a Dense", "matrix: difference / bound"),
                _more("the matrix of that Dense is sparse (share of zeros)", "matrix: zeros", 0.5),
                _exactly("the matrix is tied: it holds no other values than the kernel", "matrix: values not of the kernel"),
            ),
        ),
        Claim(
            6,
            "Values: a Dense output is the weighted sum of all inputs plus bias, a Conv2D output that of its window; weights are "
            "mostly within -1 … 1; relu cuts off what is negative; Flatten keeps the values and loses their arrangement",
            "a value differs from its weighted sum by more than rounding, or more than 5 % of the weights lie outside -1 … 1",
            (
                _rounding("a Dense output is the weighted sum of all inputs, plus bias", "weighted sum: difference / bound"),
                _rounding("a Conv2D output is that of its window", "window: difference / bound"),
                _exactly("Dense 5 on 10 features has 55 parameters", "values_dense: parameters", 55),
                _exactly("Conv2D 16 3×3 on 3 channels has 448", "values_conv2d: parameters", 448),
                _exactly("Flatten and Dense 10 on 32×32×16 have 163,850", "values_flatten: parameters", 163850),
                _exactly("relu makes a zero of each negative value (share of others)", "relu: negatives kept"),
                _exactly("relu leaves other values as they are (share of changed ones)", "relu: others changed"),
                _exactly("Flatten keeps every value, row by row", "flatten: values changed"),
                _rounding("a Dense behind Flatten gives the same for permuted pixels and weights", "flatten: difference / bound"),
                *(
                    Hypothesis(f"{when} weights of {name} within -1 … 1 (share)", f"{name}: {when} weights within 1", 0.95)
                    for name in OF_CLAIM_6
                    for when in ("initial", "trained")
                ),
                *(
                    Hypothesis(
                        f"trained weights of {name}, {changed} (share)", f"{name}, {changed}: trained weights within 1", 0.95
                    )
                    for name in OF_CLAIM_6
                    for changed in VARIATIONS
                ),
            ),
        ),
        Claim(
            7,
            "Flatten keeps where something lies, and throws away that it is the same elsewhere: a probe behind it reads back the "
            "place of an image, but does not know at another place what it has learnt at one; behind global pooling it does",
            "a linear probe behind Flatten reads the place of fewer than 9 in 10 images, or of fewer than behind global pooling, "
            "or recognizes more of the moved images than one behind global pooling",
            (
                Hypothesis("a probe behind Flatten reads back which of 9 places (share)", "place, Flatten: accuracy", 0.9),
                Hypothesis("behind global pooling it does so less often", "place, Flatten: accuracy", "place, pooling: accuracy"),
                Hypothesis(
                    "behind Flatten moving costs a probe that has learnt in the middle",
                    "middle, Flatten: accuracy",
                    "moved, Flatten: accuracy",
                ),
                Hypothesis(
                    "behind global pooling more of the moved images are recognized",
                    "moved, pooling: accuracy",
                    "moved, Flatten: accuracy",
                ),
            ),
        ),
        Claim(
            8,
            "The kernels of a trained first Conv2D are oriented filters",
            "they are less oriented than the same numbers in any other order, or than random kernels that are as smooth",
            tuple(
                Hypothesis(
                    f"trained kernels are more oriented than {other}", "trained kernels: orientation", f"{name}: orientation"
                )
                for other, name in (
                    ("the same numbers in another order", "shuffled kernels"),
                    ("random kernels that are as smooth", "random kernels"),
                    ("before training", "initial kernels"),
                )
            ),
        ),
        Claim(
            9,
            "Dense belongs late: in front of the convolutions it costs accuracy at a like number of parameters",
            "a model that begins with Dense is more accurate",
            (
                _alike("both have as many parameters (ratio)", "early / conv2d: parameters"),
                Hypothesis("the model with Dense at the end is more accurate", "conv2d: accuracy", "early: accuracy"),
            ),
        ),
        Claim(
            10,
            "Pooling saves parameters, multiplications, memory and time, and a model with it is better at as many parameters",
            "without pooling a model of the same width is smaller or faster, or one of as many parameters is more accurate",
            (
                *(
                    _more(f"without pooling there are more {what} (ratio)", f"unpooled 12 / {UNPOOLED[12]}: {what}")
                    for what in ("parameters", "MACs", "activations")
                ),
                _alike("with width 3 it has as many parameters as conv2d (ratio)", f"unpooled 3 / {UNPOOLED[3]}: parameters"),
                Hypothesis("without pooling training takes longer (ratio)", f"unpooled 12 / {UNPOOLED[12]}: seconds", 1.0),
                Hypothesis("with as many parameters pooling gains accuracy", f"{UNPOOLED[3]}: accuracy", "unpooled 3: accuracy"),
            ),
        ),
        Claim(
            11,
            "Normalization speeds learning up: after one epoch a model with BatchNormalization is more accurate",
            "after one epoch a model with BatchNormalization is less accurate",
            tuple(
                Hypothesis(
                    f"with a learning rate of {rate:g} it is more accurate",
                    f"normalized, rate {rate:g}: accuracy",
                    f"plain, rate {rate:g}: accuracy",
                )
                for rate in RATES
            ),
        ),
    )
