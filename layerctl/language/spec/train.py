"""The section `train`: data, loss, optimizer, metrics, and how long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from layerctl.base.model import Bound, Model
from layerctl.catalog import FiniteFloat, NonNegativeFloat, NonNegativeInt, PositiveInt
from layerctl.language.bind import FAILED, Binder, Section, WrongType, shown
from layerctl.language.spec.chosen import Chosen, TrainBinder, is_object
from layerctl.language.spec.class_weight import bind_class_weight
from layerctl.language.spec.data import Data as Data
from layerctl.language.spec.data import bind_data as bind_data
from layerctl.language.syntax import Mapping, Node, Sequence, is_null


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
