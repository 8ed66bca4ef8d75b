"""The key `train.data`: where the data come from, and how they are read."""

from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Gt, Lt
from pydantic import AfterValidator, Field, PositiveInt

from layerctl.base.model import Model
from layerctl.base.source import Span
from layerctl.catalog import Says
from layerctl.catalog.datasets import _formats, find, names
from layerctl.diagnostics import Advice, Sink, meant
from layerctl.language.bind import FAILED, ArgumentsDisagree, Binder, MissingArgument, WrongType, shown
from layerctl.language.spec._codes import UnknownDataset
from layerctl.language.syntax import Mapping, Node, is_null

ImageSize = PositiveInt | tuple[PositiveInt, PositiveInt]
Column = int | str
Columns = Column | tuple[Column, ...]
Missing = Literal["error", "drop", "mean", "median", "most_frequent"]
Categorical = Literal["one_hot", "index"]
DatePart = Literal["year", "month", "day", "weekday", "hour", "minute", "days"]
DateParts = DatePart | tuple[DatePart, ...]
COLUMNS = "a column's name or number, a list of them, or a mapping of {}s to columns"
FORMAT = "one of `npz`, `idx`, `csv`, `text`, `images`"
POLICY = "one of `error`, `drop`, `mean`, `median`, `most_frequent`, or a mapping of columns to these"
DATES = (
    "a column's name or number, a list of them, or a mapping of columns to some of `year`, `month`, `day`, `weekday`, `hour`, "
    "`minute`, `days`"
)
CATEGORICAL = "`one_hot` or `index`, or a mapping of columns to these"


def _one_character(value: str | None) -> str | None:
    if value is not None and len(value) != 1:
        raise ValueError
    return value


class Data(Model):
    """Where the data come from."""

    for_keras: ClassVar[bool] = True

    name: str | None = Field(None, description="a dataset's name.")
    path: str | None = Field(None, description="a file or a folder; its options depend on its format.")
    format: Annotated[Literal["npz", "idx", "csv", "text", "images"] | None, Says(FORMAT)] = Field(
        None, description="of the path, where its form does not tell."
    )
    validation: str | None = Field(
        None, description="the path of the validation part, in the same format, where it is a file or a folder of its own."
    )
    test: str | None = Field(None, description="the path of the test part, likewise.")
    image_size: Annotated[ImageSize | None, Says("a positive integer, or a list of height and width")] = Field(
        None, description="the size that images are brought to: one number, or height and width; by default the input's."
    )
    color_mode: Literal["grayscale", "rgb", "rgba"] | None = Field(
        None, description="how images are read; by default as many channels as the input has."
    )
    rescale: bool = Field(
        True,
        description="whether pixels arrive as floats from 0 to 1; else from 0 to 255. Arrays of an `.npz` stay as they "
        "are by default.",
    )
    normalize: bool | None = Field(
        None,
        description="whether numbers arrive with mean 0 and deviation 1, as measured on the training part; columns of a "
        "table do by default.",
    )
    test_split: Annotated[float, Gt(0), Lt(1)] = Field(
        0.2, description="the part that is held back to test on, by seed, where the data have no test part."
    )
    labels: str | None = Field(
        None, description="the file of the labels, where it does not lie beside the images under its usual name."
    )
    class_names: Annotated[tuple[str, ...] | None, Says("a list of names")] = Field(
        None, description="the classes in the order of their numbers; by default sorted."
    )
    one_hot: bool | None = Field(
        None, description="whether labels become vectors with a single 1; by default what the loss takes."
    )
    target: Annotated[Columns | dict[str, Columns] | None, Says(COLUMNS.format("output"))] = Field(
        None,
        description="the column to predict, by name or number; a list of columns, or a mapping of outputs to them. By "
        "default the one named as the output, or `target`, `label`, `class`; else the last (of texts: the "
        "first).",
    )
    columns: Annotated[Columns | dict[str, Columns] | None, Says(COLUMNS.format("input"))] = Field(
        None,
        description="the columns that the model sees, in this order; a mapping of inputs to columns. By default all but "
        "the target.",
    )
    drop: Annotated[Columns | None, Says("a column's name or number, or a list of them")] = Field(
        None, description="columns that the model does not see, such as a row's number or name."
    )
    dates: Annotated[Columns | dict[str, DateParts] | None, Says(DATES)] = Field(
        None,
        description="columns of dates, which become numbers: `year`, `month`, `day` and `weekday` (0 is Monday) by default; "
        "there are also `hour`, `minute`, and `days` since 1970-01-01.",
    )
    header: bool | None = Field(None, description="whether the first row holds names; by default found out.")
    delimiter: Annotated[str | None, AfterValidator(_one_character), Says("a single character")] = Field(
        None,
        description="what stands between two values; by default a TAB in `.tsv`, else a comma or what the first rows suggest.",
    )
    missing: Annotated[Missing | dict[str, Missing], Says(POLICY)] = Field(
        "error",
        description="what to do where a value is missing: leave out the row (`drop`), or fill in the training part's "
        "`mean`, `median` (both take the most frequent value of a column of texts) or `most_frequent`; a "
        "mapping of columns to these.",
    )
    na_values: Annotated[tuple[str, ...], Says("a list of texts")] = Field(
        ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"), description="texts that stand for a missing value."
    )
    categorical: Annotated[Categorical | dict[str, Categorical], Says(CATEGORICAL)] = Field(
        "one_hot",
        description="whether a column of texts becomes a 0 or 1 for each of its values, or a number from 1 (0 is none of "
        "them); a mapping of columns to these, which also makes categories of numbers.",
    )
    vocabulary: Annotated[PositiveInt | tuple[str, ...] | None, Says("a positive integer, or a list of words")] = Field(
        None,
        description="how many different words are told apart, learnt from the training part, or a list of them; texts "
        "then arrive as numbers, 0 for none and 1 for any other word.",
    )
    sequence_length: PositiveInt | None = Field(
        None, description="to how many words a text is cut or filled up; by default the input's."
    )

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width as `image_size` gives them."""
        given = self.image_size
        return (given, given) if isinstance(given, int) else given

    def options(self) -> dict[str, Any]:
        """The keys given beside `name` or `path`, with their values."""
        return {key: getattr(self, key) for key in type(self).model_fields if key in self.model_fields_set - {"name", "path"}}


def bind_data(binder: Binder, node: Node) -> Any:
    if is_null(node):
        return None
    if isinstance(node, Mapping):
        return _data_mapping(binder, node)
    value = binder.plain(node)
    if value is FAILED:
        return FAILED
    if not isinstance(value, str):
        message = f"`data` takes a dataset's name, a path, or a mapping with one of the two; got {shown(value)}"
        binder.sink.add(WrongType, node.span, message, help="write `data: digits`")
        return FAILED
    last = value.rpartition(".")[2]
    if last != value and "/" not in value and last in names():
        help = Advice(f"write `{last}`: a spec names it without its module", last, safe=True)
        binder.sink.add(UnknownDataset, node.span, f"there is no dataset `{value}`", help=help)
        return FAILED
    if value not in names() and any(mark in value for mark in "/\\."):
        return Data.model_construct(path=value)
    return Data.model_construct(name=value) if known_dataset(binder.sink, value, node.span) else FAILED


def _data_mapping(binder: Binder, node: Mapping) -> Any:
    bound = binder.model(Data, node.entries, node.span, what="`data`")
    if bound is None:
        return FAILED
    assert isinstance(bound, Data)
    if bound.name is None and bound.path is None:
        binder.sink.add(MissingArgument, node.span, "`data` needs `name` or `path`", help="add `name: digits`, for example")
        return FAILED
    if bound.name is not None and bound.path is not None:
        place = node.entries["path"].value.span
        binder.sink.add(ArgumentsDisagree, place, "`name` and `path` exclude each other", help="remove one of the two")
        return FAILED
    if bound.name is not None and not known_dataset(binder.sink, bound.name, node.entries["name"].value.span):
        return FAILED
    return bound if _options_belong(binder.sink, bound, node) else FAILED


def _options_belong(sink: Sink, data: Data, node: Mapping) -> bool:
    """Whether each option suits the dataset or the format; options of an unrecognised format pass. Others are reported."""
    facts = find(data.name) if data.name is not None else None
    if facts is not None:
        what = f"`{facts.name}`"
        taken: tuple[str, ...] = _formats.NAMED if facts.size is not None else ()
    else:
        assert data.path is not None
        format = _formats.named(data.format) if data.format is not None else _formats.by_suffix(data.path)
        if format is None:
            return True
        what, taken = f"format `{format.name}`", ("format", *format.options)
    wrong = [key for key in data.options() if key not in taken]
    for key in wrong:
        formats = ", ".join(f"`{name}`" for name in _formats.taking(key))
        help = f"leave it out; it is for {'data by path: ' if facts else ''}{formats or 'data by path'}"
        sink.add(ArgumentsDisagree, node.entries[key].key.span, f"{what} has no option `{key}`", help=help)
    return not wrong


def known_dataset(sink: Sink, name: str, place: Span) -> bool:
    if find(name) is not None:
        return True
    from layerctl.catalog.renamings import renaming

    if (row := renaming("datasets", name)) is not None:
        sink.add(UnknownDataset, place, f"there is no dataset `{name}`", help=row.words)
        return False
    near = sink.did_you_mean(name, names())
    listed = ", ".join(f"`{known}`" for known in names())
    help = meant(near, f"there are {listed}; a path is written `./{name}` or `{{path: {name}}}`")
    sink.add(UnknownDataset, place, f"there is no dataset `{name}`", help=help)
    return False
