"""The section `train`: data, loss, optimizer, metrics, and how long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

from layerctl.bind import FAILED, ArgumentsDisagree, Binder, MissingArgument, Section, WrongType, shown
from layerctl.catalog import FiniteFloat, NonNegativeFloat, NonNegativeInt, PositiveInt, Says
from layerctl.datasets import find, names
from layerctl.diagnostics import Sink, did_you_mean
from layerctl.model import Bound, Model
from layerctl.source import Span
from layerctl.spec._codes import UnknownDataset
from layerctl.spec.chosen import Chosen, TrainBinder, is_object
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


class Data(Model):
    """Where the data come from.

    Args:
        name: a dataset's name.
        path: a file or a folder.
        image_size: the size that images are brought to: one number, or height and width.
        rescale: whether pixels arrive as floats from 0 to 1; else from 0 to 255.
    """

    name: str | None = None
    path: str | None = None
    image_size: Annotated[ImageSize | None, Says("a positive integer, or a list of height and width")] = None
    rescale: bool = True

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width as `image_size` gives them."""
        given = self.image_size
        return (given, given) if isinstance(given, int) else given


def _bind_data(binder: Binder, node: Node) -> Any:
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
    return bound


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
        optimizer: how weights are changed; Adam with Keras's defaults by default.
        metrics: what is reported beside the loss: a list for every output, or a mapping of outputs to lists.
        batch_size: how many samples one step looks at.
        epochs: how many times training goes through the data.
        validation_split: the part of the training set that is held back to validate on, drawn by `seed`.
        early_stopping: when training ends before its last epoch.
        checkpoint: which epoch's model is kept as the best.
        seed: of the initial weights, the order of the data and every draw.
    """

    data: Annotated[Any, Section(_bind_data)] = None
    loss: Annotated[Any, Section(_bind_loss)] = None
    loss_weights: Annotated[Any, Section(_bind_weights)] = None
    optimizer: Annotated[Any, Section(_bind_optimizer)] = None
    metrics: Annotated[Any, Section(_bind_metrics)] = ()
    batch_size: PositiveInt = 32
    epochs: PositiveInt = 5
    validation_split: Annotated[float, Bound(ge=0, lt=1)] = 0.0
    early_stopping: Annotated[Any, Section(_section(EarlyStopping, "early_stopping"))] = None
    checkpoint: Annotated[Any, Section(_section(Checkpoint, "checkpoint"))] = None
    seed: Annotated[int, Bound(ge=0, lt=2**32)] = 0


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
