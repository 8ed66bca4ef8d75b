"""`preprocessing.json`: how the data of a run are preprocessed for its model, so that other data can be treated alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from layerctl.analysis.data.dates import FORMATS
from layerctl.base.json_text import pretty
from layerctl.runs.reading import parsed
from layerctl.runs.record import PathText

Pixels = Annotated[int, Field(ge=1, le=2**16)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Deviation = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ArrayType = Annotated[str, Field(pattern=r"^(bool|u?int(8|16|32|64)|float(16|32|64|96|128)|longdouble)$")]


class _Learnt(BaseModel):
    """A part of `preprocessing.json`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


def _unlike(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("a name is there twice")
    return names


def _rectangular(value: Any) -> Any:
    shape_of(value)
    return value


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of nested lists of numbers.

    Raises:
        ValueError: it is none of numbers, or lists beside each other differ in length.
    """
    if not isinstance(value, list):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e300 < value < 1e300:
            raise ValueError("it holds what is no number")
        return ()
    inner = {shape_of(one) for one in value}
    if len(inner) != 1:
        raise ValueError("its lists are empty, or differ in length")
    return (len(value), *inner.pop())


def _flat(value: Any) -> Iterator[float]:
    """The numbers of nested lists."""
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def _written(format: str) -> str:
    if format not in FORMATS:
        raise ValueError("dates are not written so")
    return format


Names = Annotated[list[str], AfterValidator(_unlike)]


class ImageForm(_Learnt):
    """The size, channels and value range of images."""

    size: tuple[Pixels, Pixels] = Field(strict=False, description="height and width in pixels")
    mode: Literal["L", "RGB", "RGBA"] = Field(description="Pillow's name of the channels")
    rescale: bool = Field(description="whether pixels go from 0 to 1; else from 0 to 255")


class ArrayForm(_Learnt):
    """The arrays of an input that were trained on."""

    dtype: ArrayType = Field(description="NumPy's name of it")
    least: Finite
    greatest: Finite
    rescale: bool = Field(description="whether pixels go from 0 to 1; else they are as they were saved")

    @model_validator(mode="after")
    def _has_white(self) -> Self:
        if self.rescale and self.divisor is None:
            raise ValueError("`rescale` goes with values that are pixels")
        return self

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

Nested: TypeAlias = Annotated[float | list[Any], AfterValidator(_rectangular)]
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
    fill: Finite | None = Field(None, description="stands for a missing value; None where one is an error")
    mean: Finite = 0.0
    std: Deviation = 1.0

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return 1


class CategoryColumn(_Learnt):
    """A column of texts that each name one of a few categories."""

    column: str
    kind: Literal["category"] = "category"
    encoding: Literal["one_hot", "index"]
    categories: Names
    fill: str | None = Field(None, description="stands for a missing value; None where one is an error")

    @property
    def width(self) -> int:
        """How many values a cell becomes."""
        return len(self.categories) if self.encoding == "one_hot" else 1


class WordsColumn(_Learnt):
    """A column of texts that are encoded as the numbers of their words."""

    column: str
    kind: Literal["words"] = "words"
    length: int = Field(ge=1, le=2**31, description="how many words a text is cut or filled up to")
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
    format: Annotated[str, AfterValidator(_written)] = Field(
        description="how the dates are written: `iso`, or a format of Python's strptime"
    )
    fill: str | None = Field(None, description="stands for a missing value; None where one is an error")
    mean: list[Finite]
    std: list[Deviation]

    @model_validator(mode="after")
    def _for_each_part(self) -> Self:
        if not len(self.parts) == len(self.mean) == len(self.std):
            raise ValueError("each part has a mean and a deviation")
        return self

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

    @model_validator(mode="after")
    def _mean_and_deviation(self) -> Self:
        if (self.mean is None) != (self.std is None) or shape_of(self.mean or 0) != shape_of(self.std or 0):
            raise ValueError("a mean has a deviation of the same shape")
        if self.std is not None and not all(value > 0 for value in _flat(self.std)):
            raise ValueError("a deviation is greater than 0")
        return self

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
    target: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(description="the columns of each output")


class Preprocessing(_Learnt):
    """The content of `preprocessing.json`."""

    version: Literal[1] = 1
    format: str = Field(pattern="^(npz|idx|csv|text|images|pixels|synthetic)$")
    data: PathText = Field(description="the name of the data, or their path")
    options: dict[str, Any] = Field(description="those of `train.data`")
    seed: int = Field(ge=0, lt=2**32)
    limit: int | None = Field(ge=1)
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


def read(path: Path, help: str) -> Preprocessing:
    """Reads `preprocessing.json`; `help` says what to do where it cannot be read.

    Raises:
        Damaged: it cannot be read, or does not say what it should.
    """
    return parsed(path, Preprocessing, help)
