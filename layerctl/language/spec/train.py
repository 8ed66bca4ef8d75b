"""The section `train`: data, loss, optimizer, metrics, and how long."""

import sys
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, TypeVar

from annotated_types import Ge, Lt
from pydantic import Field, PositiveInt

from layerctl.base.model import Model
from layerctl.diagnostics import Advice
from layerctl.language.bind import FAILED, Binder, Section, WrongType, shown
from layerctl.language.spec.chosen import Chosen, TrainBinder, is_object
from layerctl.language.spec.class_weight import bind_class_weight
from layerctl.language.spec.data import Data as Data
from layerctl.language.spec.data import bind_data as bind_data
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence, is_null


def _train_binder(binder: Binder) -> TrainBinder:
    return binder if isinstance(binder, TrainBinder) else TrainBinder(binder.sink, binder.names)


def _bind_loss(binder: Binder, node: Node) -> Any:
    """One loss for every output, or a mapping of outputs to losses, with None for a loss with a mistake."""
    train = _train_binder(binder)
    if isinstance(node, Mapping) and not is_object("losses", node):
        return {name: train.chosen("losses", entry.value) for name, entry in node.entries.items()}
    loss = train.chosen("losses", node)
    return FAILED if loss is None else loss


def _bind_metrics(binder: Binder, node: Node) -> Any:
    """A list of metrics for every output, or a mapping of outputs to lists; None stands for a metric with a mistake."""
    train = _train_binder(binder)
    if is_null(node):
        return ()
    if isinstance(node, Sequence):
        return tuple(train.chosen("metrics", item) for item in node.items)
    if isinstance(node, Mapping) and not is_object("metrics", node):
        return {name: _output_metrics(train, entry.value) for name, entry in node.entries.items()}
    if train.chosen("metrics", node) is not None:
        written = node.span.text.strip()
        help = Advice("begin each metric with `- `")
        if "\n" not in written:
            help = Advice(f"write `metrics: [{written}]`", f"[{written}]", safe=True)
        binder.sink.add(WrongType, node.span, "`metrics` takes a list of metrics, or a mapping of outputs to lists", help=help)
    return FAILED


def _output_metrics(train: TrainBinder, node: Node) -> tuple[Chosen | None, ...]:
    node = train.spelled_out(node)
    items = node.items if isinstance(node, Sequence) else [] if is_null(node) else [node]
    return tuple(train.chosen("metrics", item) for item in items)


def _bind_optimizer(binder: Binder, node: Node) -> Any:
    if is_null(node):
        return None
    optimizer = _train_binder(binder).chosen("optimizers", node)
    return FAILED if optimizer is None else optimizer


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


def _not_a_mapping(binder: Binder, node: Node, name: str, example: str) -> Any:
    """Reports a section that is not a mapping, unless its value holds a mistake that is already reported; returns FAILED."""
    if (value := binder.plain(node)) is not FAILED:
        metric = isinstance(value, str) and value.replace("_", "").isalnum()
        written = example.format(value if type(value) is int else 3, monitor=value if metric else "val_loss")
        lies = isinstance(value, str) and not metric
        words = f"write `{name}: {written}`" + ("; it lies in the run's directory" if lies else "")
        help = Advice(words, written if isinstance(node, Scalar) and not lies else None)
        binder.sink.add(WrongType, node.span, f"`{name}` takes a mapping; got {shown(value)}", help=help)
    return FAILED


def _callback(name: str) -> Callable[[Binder, Node], Any]:
    """The binder of a callback's section."""

    def bind(binder: Binder, node: Node) -> Any:
        if is_null(node):
            return None
        if not isinstance(node, Mapping):
            text = isinstance(node, Scalar) and isinstance(node.value, str)
            example = "{{patience: {}}}" if name == "early_stopping" and not text else "{{monitor: {monitor}}}"
            return _not_a_mapping(binder, node, name, example)
        from layerctl.language.spec.callbacks import CALLBACKS

        bound = binder.model(CALLBACKS[name], node.entries, node.span, what=f"`{name}`")
        return FAILED if bound is None else bound

    return bind


class Train(Model):
    """How to train the model."""

    for_keras: ClassVar[bool] = True

    data: Annotated[Any, Section(bind_data)] = Field(None, description="a dataset's name, a path, or `{name|path: …, options}`.")
    loss: Annotated[Any, Section(_bind_loss)] = Field(
        None, description="what training makes small: one for every output, or a mapping of outputs to losses; required."
    )
    loss_weights: Annotated[Any, Section(_bind_weights)] = Field(None, description="how much each output's loss counts.")
    class_weight: Annotated[Any, Section(bind_class_weight)] = Field(
        None, description="how much the samples of a class count in the loss, 1 by default; by output where there are several."
    )
    optimizer: Annotated[Any, Section(_bind_optimizer)] = Field(
        None, description="how weights are changed; Adam with Keras's defaults by default."
    )
    metrics: Annotated[Any, Section(_bind_metrics)] = Field(
        (), description="what is reported beside the loss: a list for every output, or a mapping of outputs to lists."
    )
    batch_size: PositiveInt = Field(32, description="how many samples one step looks at.")
    epochs: PositiveInt = Field(5, description="how many times training goes through the data.")
    validation_split: Annotated[float, Ge(0), Lt(1)] = Field(
        0.0, description="the part of the training set that is held back to validate on, drawn by `seed`."
    )
    early_stopping: Annotated[Any, Section(_callback("early_stopping"))] = Field(
        None, description="when training ends before its last epoch."
    )
    checkpoint: Annotated[Any, Section(_callback("checkpoint"))] = Field(
        None, description="which epoch's model is kept as the best."
    )
    limit: PositiveInt | None = Field(None, description="at most so many training samples, and test samples.")
    seed: Annotated[int, Ge(0), Lt(2**32)] = Field(0, description="of the initial weights, the order of the data and every draw.")

    @classmethod
    def elsewhere(cls, key: str) -> str | None:
        return "data" if key in Data.model_fields else None

    @property
    def rule(self) -> Any:
        """The optimizer with its arguments; None for Keras's Adam with defaults."""
        return self.optimizer.arguments if self.optimizer is not None else None


Part = TypeVar("Part", bound=Model)


def changed(section: Part, **values: Any) -> Part:
    """A copy of a section or a part of one, with other values for some keys."""
    return section.model_copy(update=values)


def bind_train(binder: Binder, node: Node) -> Any:
    """The section; keys with a mistake, which is reported, are None or their default."""
    if is_null(node):
        return None
    if not isinstance(node, Mapping):
        return _not_a_mapping(binder, node, "train", "{{data: digits, loss: mse}}")
    bound, _ = binder.partial(Train, node.entries, node.span, what="`train`")
    return bound
