"""The section `train`: data, loss, optimizer, metrics, and how long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from layerctl.bind import FAILED, ArgumentsDisagree, Binder, MissingArgument, Section, WrongType, shown
from layerctl.catalog import FiniteFloat, NonNegativeFloat, NonNegativeInt, PositiveInt, Says
from layerctl.datasets import _formats, find, names
from layerctl.diagnostics import Sink, did_you_mean
from layerctl.model import AfterValidator, Bound, Model
from layerctl.source import Span
from layerctl.spec._codes import UnknownDataset
from layerctl.spec.chosen import Chosen, TrainBinder, is_object
from layerctl.spec.class_weight import bind_class_weight
from layerctl.syntax import Mapping, Node, Scalar, Sequence


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _train_binder(binder: Binder) -> TrainBinder:
    return binder if isinstance(binder, TrainBinder) else TrainBinder(binder.sink, binder.names)


def _bind_loss(binder: Binder, node: Node) -> Any:
    """One loss for every output, or a mapping of outputs to losses, None for each with a mistake."""
    train, node = _train_binder(binder), binder.spelled_out(node)
    if isinstance(node, Mapping) and not is_object("losses", node):
        return {name: train.chosen("losses", entry.value) for name, entry in node.entries.items()}
    found = train.chosen("losses", node)
    return FAILED if found is None else found


def _bind_metrics(binder: Binder, node: Node) -> Any:
    """A list of metrics for every output, or a mapping of outputs to lists; None stands for a metric with a mistake."""
    train, node = _train_binder(binder), binder.spelled_out(node)
    if is_null(node):
        return ()
    if isinstance(node, Sequence):
        return tuple(train.chosen("metrics", item) for item in node.items)
    if isinstance(node, Mapping) and not is_object("metrics", node):
        return {name: _output_metrics(train, entry.value) for name, entry in node.entries.items()}
    if train.chosen("metrics", node) is not None:
        written = node.span.text.strip()
        help = f"write `metrics: [{written}]`" if "\n" not in written else "begin each metric with `- `"
        binder.sink.add(WrongType, node.span, "`metrics` takes a list of metrics, or a mapping of outputs to lists", help=help)
    return FAILED


def _output_metrics(train: TrainBinder, node: Node) -> tuple[Chosen | None, ...]:
    node = train.spelled_out(node)
    items = node.items if isinstance(node, Sequence) else [] if is_null(node) else [node]
    return tuple(train.chosen("metrics", item) for item in items)


def _bind_optimizer(binder: Binder, node: Node) -> Any:
    if is_null(node):
        return None
    found = _train_binder(binder).chosen("optimizers", node)
    return FAILED if found is None else found


def _bind_weights(binder: Binder, node: Node) -> Any:
    """A number for a model with one output, a list in the order of the outputs, or a mapping by name."""
    value = binder.plain(node)
    if value is FAILED or value is None:
        return value
    numbers = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
    if all(
        isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= sys.float_info.max
        for number in numbers
    ):
        return value
    message = f"`loss_weights` takes numbers, by output; got {shown(value)}"
    binder.sink.add(WrongType, node.span, message, help="write `loss_weights: {NAME: 1.0}`")
    return FAILED


ImageSize = PositiveInt | tuple[PositiveInt, PositiveInt]
Column = int | str
Columns = Column | tuple[Column, ...]
Missing = Literal["error", "drop", "mean", "median", "most_frequent"]
Categorical = Literal["one_hot", "index"]
COLUMNS = "a column's name or number, a list of them, or a mapping of {}s to columns"
FORMAT = "one of `npz`, `idx`, `csv`, `text`, `images`"
POLICY = "one of `error`, `drop`, `mean`, `median`, `most_frequent`, or a mapping of columns to these"
CATEGORICAL = "`one_hot` or `index`, or a mapping of columns to these"


def _one_character(value: str | None) -> str | None:
    if value is not None and len(value) != 1:
        raise ValueError
    return value


class Data(Model):
    """Where the data come from.

    Args:
        name: a dataset's name.
        path: a file or a folder; its options depend on its format.
        format: of the path, where its form does not tell.
        image_size: the size that images are brought to: one number, or height and width; by default the input's.
        color_mode: how images are read; by default as many channels as the input has.
        rescale: whether pixels arrive as floats from 0 to 1; else from 0 to 255. Arrays of an `.npz` stay as they are by default.
        normalize: whether numbers arrive with mean 0 and deviation 1, as measured on the training part; columns of a table do by
            default.
        test_split: the part that is held back to test on, by seed, where the data have no test part.
        labels: the file of the labels, where it does not lie beside the images under its usual name.
        class_names: the classes in the order of their numbers; by default sorted.
        one_hot: whether labels become vectors with a single 1; by default what the loss takes.
        target: the column to predict, by name or number; a list of columns, or a mapping of outputs to them. By default the one
            named as the output, or `target`, `label`, `class`; else the last (of texts: the first).
        columns: the columns that the model sees, in this order; a mapping of inputs to columns. By default all but the target.
        header: whether the first row holds names; by default found out.
        delimiter: what stands between two values; by default a TAB in `.tsv`, else a comma or what the first rows suggest.
        missing: what to do where a value is missing: leave out the row (`drop`), or fill in the training part's `mean`, `median`
            (both take the most frequent value of a column of texts) or `most_frequent`; a mapping of columns to these.
        na_values: texts that stand for a missing value.
        categorical: whether a column of texts becomes a 0 or 1 for each of its values, or a number from 1 (0 is none of them); a
            mapping of columns to these, which also makes categories of numbers.
        vocabulary: how many different words are told apart, learnt from the training part, or a list of them; texts then arrive
            as numbers, 0 for none and 1 for any other word.
        sequence_length: to how many words a text is cut or filled up; by default the input's.
    """

    name: str | None = None
    path: str | None = None
    format: Annotated[Literal["npz", "idx", "csv", "text", "images"] | None, Says(FORMAT)] = None
    image_size: Annotated[ImageSize | None, Says("a positive integer, or a list of height and width")] = None
    color_mode: Literal["grayscale", "rgb", "rgba"] | None = None
    rescale: bool = True
    normalize: bool | None = None
    test_split: Annotated[float, Bound(gt=0, lt=1)] = 0.2
    labels: str | None = None
    class_names: Annotated[tuple[str, ...] | None, Says("a list of names")] = None
    one_hot: bool | None = None
    target: Annotated[Columns | dict[str, Columns] | None, Says(COLUMNS.format("output"))] = None
    columns: Annotated[Columns | dict[str, Columns] | None, Says(COLUMNS.format("input"))] = None
    header: bool | None = None
    delimiter: Annotated[str | None, AfterValidator(_one_character), Says("a single character")] = None
    missing: Annotated[Missing | dict[str, Missing], Says(POLICY)] = "error"
    na_values: Annotated[tuple[str, ...], Says("a list of texts")] = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")
    categorical: Annotated[Categorical | dict[str, Categorical], Says(CATEGORICAL)] = "one_hot"
    vocabulary: Annotated[PositiveInt | tuple[str, ...] | None, Says("a positive integer, or a list of words")] = None
    sequence_length: PositiveInt | None = None

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width as `image_size` gives them."""
        given = self.image_size
        return (given, given) if isinstance(given, int) else given

    def options(self) -> dict[str, Any]:
        """What is given beside the name or the path."""
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
    """Whether each option is one of the format, as far as the path tells which it is."""
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
    near = did_you_mean(name, names())
    listed = ", ".join(f"`{known}`" for known in names())
    help = f"did you mean `{near}`?" if near else f"there are {listed}; a path is written `./{name}` or `{{path: {name}}}`"
    sink.add(UnknownDataset, place, f"there is no dataset `{name}`", help=help)
    return False


Mode = Literal["auto", "min", "max"]


class EarlyStopping(Model):
    """When training ends before its last epoch; the arguments of Keras's callback.

    Args:
        monitor: the reported value to watch.
        min_delta: the least change that counts as better.
        patience: how many epochs without a better value are waited for.
        mode: whether smaller or larger is better; `auto` knows by the metric.
        baseline: a value that must be beaten.
        restore_best_weights: whether the weights of the best epoch are put back at the end.
        start_from_epoch: how many epochs pass before watching begins.
    """

    monitor: str = "val_loss"
    min_delta: NonNegativeFloat = 0
    patience: NonNegativeInt = 0
    mode: Mode = "auto"
    baseline: FiniteFloat | None = None
    restore_best_weights: bool = False
    start_from_epoch: NonNegativeInt = 0


class Checkpoint(Model):
    """Which epoch's model is kept as the best.

    Args:
        monitor: the reported value to watch.
        mode: whether smaller or larger is better; `auto` knows by the metric.
    """

    monitor: str = "val_loss"
    mode: Mode = "auto"


def _section(cls: type[Model], name: str) -> Callable[[Binder, Node], Any]:
    """A binder of a nested section."""

    def bind(binder: Binder, node: Node) -> Any:
        if is_null(node):
            return None
        if not isinstance(node, Mapping):
            message = f"`{name}` takes a mapping; got {shown(binder.plain(node))}"
            binder.sink.add(WrongType, node.span, message, help=f"write `{name}: {{monitor: val_loss}}`")
            return FAILED
        bound = binder.model(cls, node.entries, node.span, what=f"`{name}`")
        return FAILED if bound is None else bound

    return bind


class Train(Model):
    """How to train the model.

    Args:
        data: a dataset's name, a path, or `{name|path: …, options}`.
        loss: what training makes small: one for every output, or a mapping of outputs to losses; required.
        loss_weights: how much each output's loss counts.
        class_weight: how much the samples of a class count in the loss, 1 by default; by output where there are several.
        optimizer: how weights are changed; Adam with Keras's defaults by default.
        metrics: what is reported beside the loss: a list for every output, or a mapping of outputs to lists.
        batch_size: how many samples one step looks at.
        epochs: how many times training goes through the data.
        validation_split: the part of the training set that is held back to validate on, drawn by `seed`.
        early_stopping: when training ends before its last epoch.
        checkpoint: which epoch's model is kept as the best.
        limit: at most so many training samples, and test samples.
        seed: of the initial weights, the order of the data and every draw.
    """

    data: Annotated[Any, Section(bind_data)] = None
    loss: Annotated[Any, Section(_bind_loss)] = None
    loss_weights: Annotated[Any, Section(_bind_weights)] = None
    class_weight: Annotated[Any, Section(bind_class_weight)] = None
    optimizer: Annotated[Any, Section(_bind_optimizer)] = None
    metrics: Annotated[Any, Section(_bind_metrics)] = ()
    batch_size: PositiveInt = 32
    epochs: PositiveInt = 5
    validation_split: Annotated[float, Bound(ge=0, lt=1)] = 0.0
    early_stopping: Annotated[Any, Section(_section(EarlyStopping, "early_stopping"))] = None
    checkpoint: Annotated[Any, Section(_section(Checkpoint, "checkpoint"))] = None
    limit: PositiveInt | None = None
    seed: Annotated[int, Bound(ge=0, lt=2**32)] = 0

    @property
    def rule(self) -> Any:
        """The optimizer with its arguments; None for Keras's Adam as it is."""
        return self.optimizer.arguments if self.optimizer is not None else None


Part = TypeVar("Part", bound=Model)


def changed(section: Part, **values: Any) -> Part:
    """A section, or a part of one, with other values for some keys."""
    return type(section).model_construct(**{name: getattr(section, name) for name in section.model_fields_set} | values)


def bind_train(binder: Binder, node: Node) -> Any:
    """The section; what holds a mistake is None or its default, and the mistake is in the sink."""
    if is_null(node):
        return None
    if not isinstance(node, Mapping):
        message = f"`train` takes a mapping; got {shown(binder.plain(node))}"
        binder.sink.add(WrongType, node.span, message, help="write `train: {data: digits, loss: mse}`")
        return FAILED
    bound, _ = binder.partial(Train, node.entries, node.span, what="`train`")
    return bound
