"""The designs whose trials the claims about learning go by: specs, and the part of the data that they are trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.compiler.locate import PACKAGED
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.runtime.claims import tables
from layerctl.runtime.claims.tables import Table

KERNELS = {1: 57, 3: 20, 5: 12}
"""The kernel sizes that claim 4 compares, each with as many filters as give some 4,000 parameters."""
SIZES = {4: (3, 77), 12: (11, 495), 32: (44, 3074)}
"""Widths of `conv2d`; each with the units of two dense designs: of as many parameters, and of as many multiplications."""
UNPOOLED = {12: "conv2d 12", 3: "conv2d"}
"""Widths of `conv2d` without pooling; each with the design of the same width, or of as many parameters."""
SHARES = (16, 4)
"""Claim 2 also trains on the first sixteenth and on the first quarter of the samples."""
VARIATIONS: dict[str, dict[str, Any]] = {
    "he_normal": {"initializer": "he_normal"},
    "inputs -1 … 1": {"scaled": "{scale: 2, offset: -1}"},
    "sgd": {"optimizer": "{SGD: {learning_rate: 0.01, momentum: 0.9}}"},
    "learning rate 0.01": {"optimizer": "{Adam: {learning_rate: 0.01}}"},
}
"""What claim 6 changes of a design: how it begins, what it is given, how it is trained."""
OF_CLAIM_6 = ("dense", "conv2d 4")
"""The designs that are varied so."""


def packaged(name: str, overrides: tuple[str, ...] = ()) -> Accepted:
    """The spec of that name that comes with the package, whatever lies in the working directory."""
    text = Path(PACKAGED, f"{name}.yaml").read_text(encoding="utf-8")
    return compile_text(text, f"{name}.yaml", overrides=overrides).accepted()


class Design(NamedTuple):
    """A design that can be trained.

    Attributes:
        text: a spec, or the name of one that comes with the package.
        share: it is trained on the first of so many parts of the samples, each of them so many times: in as many steps.
        table: the table that it is for; None for images.
        one_epoch: whether it is trained for one epoch, whatever the others are.
    """

    text: str
    share: int = 1
    table: Table | None = None
    one_epoch: bool = False

    def compiled(self, name: str, overrides: tuple[str, ...]) -> Accepted:
        """The spec; that of `table, dense` has the path `<claims>/table_dense.yaml`."""
        if "\n" not in self.text:
            return packaged(self.text, overrides)
        path = f"<claims>/{name.replace(',', '').replace(' ', '_').replace('/', '_')}.yaml"
        return compile_text(self.text, path, overrides=overrides).accepted()


def dense(units: int, *, scaled: str = "", initializer: str = "", optimizer: str = "Adam") -> str:
    """One hidden layer, as in the spec `dense`."""
    kernel = f", kernel_initializer: {initializer}" if initializer else ""
    return image(
        _scaled(scaled),
        "Flatten",
        f"Dense: {{units: {units}, activation: relu{kernel}}}",
        f"Dense: {{units: 10, activation: softmax{kernel}}}",
        optimizer=optimizer,
    )


def conv2d(width: int, *, scaled: str = "", initializer: str = "", optimizer: str = "Adam", pooled: bool = True) -> str:
    """Two convolutions, as in the spec `conv2d`."""
    kernel = f", kernel_initializer: {initializer}" if initializer else ""
    pooling = "MaxPooling2D: 2" if pooled else ""
    return image(
        _scaled(scaled),
        f"Conv2D: {{filters: {width}, kernel_size: 3, activation: relu{kernel}}}",
        pooling,
        f"Conv2D: {{filters: {2 * width}, kernel_size: 3, activation: relu{kernel}}}",
        pooling,
        "Flatten",
        f"Dense: {{units: 10, activation: softmax{kernel}}}",
        optimizer=optimizer,
    )


def _scaled(scaled: str) -> str:
    return f"Rescaling: {scaled}" if scaled else ""


def image(*layers: str, optimizer: str = "Adam", epochs: int = 5) -> str:
    """A spec for images of 28×28 pixels; empty layers are left out."""
    lines = "".join(f"  - {layer}\n" for layer in layers if layer)
    return f"""
inputs: {{image: [28, 28, 1]}}
layers:
{lines}
train:
  data: digits
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  optimizer: {optimizer}
  batch_size: 32
  epochs: {epochs}
"""


def convolutional(width: int) -> str:
    """The name of the design of that width."""
    return "conv2d" if width == 32 else f"conv2d {width}"


def densely(units: int) -> str:
    """The name of the dense design with so many units."""
    return "dense" if units == 44 else f"dense {units}"


def _sizes() -> Iterator[tuple[str, Design]]:
    for width, numbers in SIZES.items():
        yield convolutional(width), Design("conv2d" if width == 32 else conv2d(width))
        for units in numbers:
            yield densely(units), Design("dense" if units == 44 else dense(units))
    for share in SHARES:
        yield f"conv2d 12, 1/{share} of the samples", Design(conv2d(12), share)
        yield f"dense 11, 1/{share} of the samples", Design(dense(11), share)


def _kernels() -> Iterator[tuple[str, Design]]:
    for size, filters in KERNELS.items():
        kernel = f"Conv2D: {{filters: {filters}, kernel_size: {size}, padding: same, activation: relu}}"
        layers = (kernel, "MaxPooling2D: 2", kernel, "GlobalMaxPooling2D", "Dense: {units: 10, activation: softmax}")
        yield f"kernel {size}", Design(image(*layers))


def _varied() -> Iterator[tuple[str, Design]]:
    for name, changes in VARIATIONS.items():
        yield f"dense, {name}", Design(dense(44, **changes))
        yield f"conv2d 4, {name}", Design(conv2d(4, **changes))


EARLY = image(
    "Flatten",
    "Dense: {units: 36, activation: relu}",
    "Reshape: [6, 6, 1]",
    "Conv2D: {filters: 17, kernel_size: 3, activation: relu}",
    "Conv2D: {filters: 32, kernel_size: 3, activation: relu}",
    "Flatten",
    "Dense: {units: 10, activation: softmax}",
)
"""Two convolutions and about as many parameters as `conv2d`, but a Dense in front of them, which takes the place of pooling."""


def _normalized(normalized: bool, rate: float) -> str:
    """`conv2d` of width 12 for one epoch; the momentum lets the averages of BatchNormalization arrive within few steps."""
    normalization = "BatchNormalization: {momentum: 0.9}" if normalized else ""
    layers: list[str] = []
    for filters in (12, 24):
        layers += [f"Conv2D: {{filters: {filters}, kernel_size: 3}}", normalization, "ReLU", "MaxPooling2D: 2"]
    return image(
        *layers,
        "Flatten",
        "Dense: {units: 10, activation: softmax}",
        optimizer=f"{{Adam: {{learning_rate: {rate:g}}}}}",
        epochs=1,
    )


def of_tables(given: tuple[Table, ...]) -> dict[str, Design]:
    """The two designs for each table."""
    return {f"{table.name}, {name}": Design(text, table=table) for table in given for name, text in table.specs().items()}


RATES = (0.001, 0.01)
"""The learning rates at which claim 11 compares."""
DESIGNS: Mapping[str, Design] = {
    **dict(_sizes()),
    **dict(_kernels()),
    **dict(_varied()),
    "early": Design(EARLY),
    **{f"unpooled {width}": Design(conv2d(width, pooled=False)) for width in UNPOOLED},
    **{f"plain, rate {rate:g}": Design(_normalized(False, rate), one_epoch=True) for rate in RATES},
    **{f"normalized, rate {rate:g}": Design(_normalized(True, rate), one_epoch=True) for rate in RATES},
    **of_tables(tables.MADE),
}
