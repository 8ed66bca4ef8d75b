"""`preprocessing.json`: how the data of a run are preprocessed for its model, so that other data can be treated alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from layerctl.base.json_text import pretty
from layerctl.diagnostics.errors import UsageError


class _Learnt(BaseModel):
    """A part of `preprocessing.json`."""

    model_config = ConfigDict(frozen=True, strict=True, defer_build=True)


class ImageForm(_Learnt):
    """The size, channels and value range of images."""

    size: tuple[int, int] = Field(description="height and width in pixels")
    mode: Literal["L", "RGB", "RGBA"] = Field(description="Pillow's name of the channels")
    rescale: bool = Field(description="whether pixels go from 0 to 1; else from 0 to 255")


class ArrayForm(_Learnt):
    """The arrays of an input that were trained on."""

    dtype: str = Field(description="NumPy's name of it")
    least: float
    greatest: float
    rescale: bool = Field(description="whether pixels go from 0 to 1; else they are as they were saved")

    @property
    def saved_white(self) -> int | None:
        """The value of a white pixel as saved; None if the values are not recognizable as pixels.

        8-bit and 16-bit arrays use their whole range. Other integers, and floats, go up to 255 or 65535, floats also up to 1.
        """
        if self.dtype == "bool":
            return 1
        fractions = self.dtype.startswith("float") and self.greatest <= 1
        if self.least < 0 or (self.greatest <= 1 and not fractions):
            return None  # integers 0 and 1 number classes, or are a mask
        if fractions:
            return 1
        if self.dtype in WHITE:
            return WHITE[self.dtype]
        return next((white for white in WHITE.values() if 16 < self.greatest <= white), None)

    @property
    def divisor(self) -> int | None:
        """What `rescale` divides by; None if that is not known."""
        return WHITE.get(self.dtype, self.saved_white)


WHITE = {"uint8": 255, "uint16": 65535}
"""The value of a white pixel by dtype."""

Nested: TypeAlias = float | list[Any]
"""A number, or nested lists of numbers in the shape of the axes that they belong to."""


class StringColumn(_Learnt):
    """A column of texts that the model's input takes as texts."""

    column: str
    kind: Literal["string"] = "string"

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return 1


class NumberColumn(_Learnt):
    """A column of numbers."""

    column: str
    kind: Literal["number"] = "number"
    fill: float | None = Field(None, description="stands for a missing value; None where one is an error")
    mean: float = 0.0
    std: float = 1.0

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return 1


class CategoryColumn(_Learnt):
    """A column of texts that each name one of a few categories."""

    column: str
    kind: Literal["category"] = "category"
    encoding: Literal["one_hot", "index"]
    categories: list[str]
    fill: str | None = Field(None, description="stands for a missing value; None where one is an error")

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return len(self.categories) if self.encoding == "one_hot" else 1


class WordsColumn(_Learnt):
    """A column of texts that are encoded as the numbers of their words."""

    column: str
    kind: Literal["words"] = "words"
    length: int = Field(description="how many words a text is cut or filled up to")
    vocabulary: list[str]

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return self.length


class DateColumn(_Learnt):
    """A column of dates that are encoded as some of their parts."""

    column: str
    kind: Literal["date"] = "date"
    parts: list[Literal["year", "month", "day", "weekday", "hour", "minute", "days"]]
    format: str = Field(description="how the dates are written: `iso`, or a format of Python's strptime")
    fill: str | None = Field(None, description="stands for a missing value; None where one is an error")
    mean: list[float]
    std: list[float]

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return len(self.parts)


Column: TypeAlias = StringColumn | NumberColumn | CategoryColumn | WordsColumn | DateColumn


class InputForm(_Learnt):
    """The preprocessing of one input."""

    image: ImageForm | None = None
    array: ArrayForm | None = None
    mean: Nested | None = None
    std: Nested | None = None
    columns: list[Annotated[Column, Field(discriminator="kind")]] = []

    @property
    def white(self) -> float | None:
        """The value of a white pixel before it is normalized; None if the values are not recognizable as pixels."""
        if self.image is not None:
            return 1 if self.image.rescale else 255
        if self.array is None:
            return None
        return 1 if self.array.rescale else self.array.saved_white

    @property
    def depends_on_samples(self) -> bool:
        """Whether a part of it is computed from the training samples."""
        return self.mean is not None or bool(self.columns)


class TargetForm(_Learnt):
    """The preprocessing of the labels of one output."""

    classes: list[str] | None = Field(None, description="in the order of their numbers; None where labels are no classes")


class TableForm(_Learnt):
    """The columns of a table."""

    header: bool = Field(description="whether the first row holds names")
    columns: list[str]
    target: dict[str, list[str]] = Field(description="the columns of each output")


class Preprocessing(_Learnt):
    """The content of `preprocessing.json`."""

    version: Literal[1] = 1
    format: str
    data: str = Field(description="the name of the data, or their path")
    options: dict[str, Any] = Field(description="those of `train.data`")
    seed: int
    limit: int | None
    table: TableForm | None = None
    inputs: dict[str, InputForm]
    targets: dict[str, TargetForm]

    def columns(self) -> Iterator[Column]:
        """The columns of all inputs."""
        for form in self.inputs.values():
            yield from form.columns

    def to_json(self) -> str:
        """The indented JSON text, which reads back to the same numbers."""
        return pretty(self.model_dump(exclude_unset=True), indent=1) + "\n"


def read(path: Path) -> Preprocessing:
    """Reads `preprocessing.json`.

    Raises:
        UsageError: the file is missing or damaged; the message names the damaged key.
    """
    help = "name a run that `layerctl train` made"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is damaged"
        raise UsageError(f"cannot read {path}: {reason}", help) from None
    try:
        return Preprocessing.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        wrong = f"it does not say `{key}` as it should" if key else "it is damaged"
        raise UsageError(f"cannot read {path}: {wrong}", help) from None
