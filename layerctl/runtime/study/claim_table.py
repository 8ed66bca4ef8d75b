"""The claims about Dense and Conv2D, as inequalities that measurements can confirm or refute."""

from __future__ import annotations

from layerctl.report.results.claims import Claim, Hypothesis

KERNELS = (1, 3, 5)
"""The kernel sizes that claim 4 compares."""
SLIGHT = 0.015
"""The largest difference between two accuracies that count as the same."""


def _exactly(text: str, left: str, right: str | float = 0.0) -> Hypothesis:
    """Two figures are the same."""
    return Hypothesis(text, left, right, "equal", exact=True)


def _alike(text: str, left: str) -> Hypothesis:
    """A ratio is 1, within 2 %."""
    return Hypothesis(text, left, 1.0, "within", 0.02, exact=True)


def _rounding(text: str, left: str) -> Hypothesis:
    """A difference is smaller than the bound of rounding; the figure is the difference as a share of that bound."""
    return Hypothesis(text, left, 1.0, "below", 0.0, exact=True)


CLAIMS = (
    Claim(
        1,
        "Dense ignores spatial arrangement: permuting all pixels by one fixed permutation leaves a dense model's accuracy where "
        "it was, and costs a convolutional one",
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
    ),
    Claim(
        2,
        "On images, replacing Conv2D by Dense costs accuracy at a like number of parameters; on data without spatial structure "
        "Conv2D gains nothing and costs more",
        (
            _alike("on images both have as many parameters (ratio)", "conv2d / dense: parameters"),
            Hypothesis("on images the dense model is less accurate", "conv2d: accuracy", "dense: accuracy"),
            _alike("on a table both have as many parameters (ratio)", "table, conv2d / dense: parameters"),
            Hypothesis("on a table Conv2D gains nothing", "table, conv2d: accuracy", "table, dense: accuracy", "below", SLIGHT),
            Hypothesis("on a table Conv2D multiplies more (ratio)", "table, conv2d / dense: MACs", 1.0, exact=True),
        ),
    ),
    Claim(
        3,
        "Conv2D sees local patterns anywhere: shifting the test images hurts it less",
        (Hypothesis("shifts by 1 to 4 pixels cost the dense model more", "dense: loss by shifting", "conv2d: loss by shifting"),),
    ),
    Claim(
        4,
        "A larger kernel sees a wider context (receptive field), a smaller one finer detail",
        (
            *(
                _exactly(
                    f"with {size}×{size} kernels one value depends on as many pixels in a row as the arithmetic says",
                    f"kernel {size}: pixels seen",
                    f"kernel {size}: receptive field",
                )
                for size in KERNELS
            ),
            Hypothesis("5×5 sees more than 3×3 (pixels)", "kernel 5: pixels seen", "kernel 3: pixels seen", exact=True),
            Hypothesis("3×3 sees more than 1×1 (pixels)", "kernel 3: pixels seen", "kernel 1: pixels seen", exact=True),
            Hypothesis("that context helps: 3×3 is more accurate than 1×1", "kernel 3: accuracy", "kernel 1: accuracy"),
            Hypothesis("and 5×5 more than 1×1", "kernel 5: accuracy", "kernel 1: accuracy"),
            Hypothesis("a pixel is blurred over fewer values by 3×3 than by 5×5", "kernel 5: blur", "kernel 3: blur", exact=True),
            Hypothesis("and by 1×1 than by 3×3", "kernel 3: blur", "kernel 1: blur", exact=True),
        ),
    ),
    Claim(
        5,
        "The two can compute the same function: moved weights give the same outputs, up to rounding",
        (
            _rounding("Dense on a flattened image is a Conv2D over the whole image", "full window: difference / bound"),
            _rounding("Dense on the last axis is a 1×1 Conv2D", "1×1: difference / bound"),
            _rounding("any Conv2D is a Dense", "matrix: difference / bound"),
            Hypothesis("the matrix of that Dense is sparse (share of zeros)", "matrix: zeros", 0.5, exact=True),
            _exactly("and tied: it holds no other values than the kernel", "matrix: values not of the kernel"),
        ),
    ),
    Claim(
        6,
        "Values: a Dense output is the weighted sum of all inputs plus bias, a Conv2D output that of its window; weights are "
        "mostly within -1 … 1; relu cuts off what is negative; Flatten keeps the values and loses their arrangement",
        (
            _rounding("a Dense output is the weighted sum of all inputs, plus bias", "weighted sum: difference / bound"),
            _rounding("a Conv2D output is that of its window", "window: difference / bound"),
            _exactly("Dense 5 on 10 features has 55 parameters", "values_dense: parameters", 55),
            _exactly("Conv2D 16 3×3 on 3 channels has 448", "values_conv2d: parameters", 448),
            _exactly("Flatten and Dense 10 on 32×32×16 have 163,850", "values_flatten: parameters", 163850),
            *(
                Hypothesis(f"{when} weights of {name} within -1 … 1 (share)", f"{name}: {when} weights within 1", 0.95)
                for name in ("dense", "conv2d")
                for when in ("initial", "trained")
            ),
            _exactly("relu makes a zero of each negative value, and of no other", "relu: zeros after", "relu: negatives before"),
            _exactly("relu leaves nothing below zero", "relu: negatives after"),
            _exactly("Flatten keeps every value, row by row", "flatten: values changed"),
            _rounding("a Dense behind Flatten gives the same for permuted pixels and weights", "flatten: difference / bound"),
        ),
    ),
)
