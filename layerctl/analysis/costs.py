"""The rows and totals of a model's summary, as data; the tables in report/ lay them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog.layers._base import Tree, leaves
from layerctl.catalog.layers._calls import BYTES
from layerctl.graph.graph import Group, Op, Ref
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph


class Optimizer(Protocol):
    """An optimizer, as the computation of training memory needs it."""

    @classmethod
    def keras_name(cls) -> str: ...

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        """How many values the optimizer keeps for a trainable weight."""


DEFAULT = "Adam"
"""The optimizer of a spec that names none; it keeps two values for each value of a trainable weight."""


class WeightRow(NamedTuple):
    """One variable."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool

    @property
    def size(self) -> int:
        return prod(self.shape) or 0

    @property
    def bytes(self) -> int:
        return self.size * BYTES.get(self.dtype, 4)


class CallRow(NamedTuple):
    """One call of a layer: its inputs, output and MACs."""

    inputs: tuple[str, ...]
    output: Tree | None
    macs: int | None


class BlockUse(NamedTuple):
    """A use of a block.

    Attributes:
        block: the name of its definition.
        gives: its outputs: the item that computes each → what follows the use's name in a reference: nothing, `[0]`, `[mean]`.
        output: the tensors of these outputs; None where they are unknown.
        last: the layer that computes the first output, and the number of its call from 0; None where that is not a layer.
    """

    block: str
    gives: Mapping[str, str]
    output: Tree | None
    last: tuple[str, int] | None


class Row(NamedTuple):
    """One layer, with each of its calls.

    Attributes:
        weights: its variables in Keras's order; None where they are unknown.
        calls: at least one.
        inner: the layers of a nested model, at its first call.
        blocks: the uses of blocks in a nested model, by name.
        undeclared: the missing keys (`output_shape`, `weights`) that would declare a custom layer.
    """

    name: str
    type: str
    dtype: str | None
    weights: tuple[WeightRow, ...] | None
    calls: tuple[CallRow, ...]
    inner: tuple[Row, ...] = ()
    blocks: Mapping[str, BlockUse] = {}
    undeclared: tuple[str, ...] = ()

    @property
    def params(self) -> int | None:
        return None if self.weights is None else sum(weight.size for weight in self.weights)

    @property
    def trainable_params(self) -> int | None:
        return None if self.weights is None else sum(weight.size for weight in self.weights if weight.trainable)

    @property
    def macs(self) -> int | None:
        """Of all calls together; None where one of them is unknown."""
        counts = [call.macs for call in self.calls]
        return None if None in counts else sum(macs for macs in counts if macs is not None)


class Totals(NamedTuple):
    """Sums over the whole model.

    Attributes:
        macs: multiply-accumulates of one forward pass of one sample.
        weight_bytes: memory of all weights.
        activation_bytes: memory of all layers' outputs at the requested batch size; None where a dimension is unknown.
        training_bytes: memory of weights, gradients, the optimizer's values and activations.
        unknown_layers: how many layers have unknown weights or MACs and are left out of the sums.
    """

    layers: int
    params: int
    trainable_params: int
    non_trainable_params: int
    macs: int
    weight_bytes: int
    activation_bytes: int | None
    training_bytes: int | None
    unknown_layers: int


class Summary(NamedTuple):
    """A model as data; `blocks` are its uses of blocks, by name."""

    model: str
    inputs: tuple[tuple[str, Tensor], ...]
    outputs: tuple[tuple[str, Tensor | None], ...]
    rows: tuple[Row, ...]
    totals: Totals
    optimizer: str = DEFAULT
    blocks: Mapping[str, BlockUse] = {}


def summarize(typed: TypedGraph, batch_size: int = 1, optimizer: Optimizer | None = None) -> Summary:
    """The summary of a model: rows in the order of the spec, without layers that no output depends on.

    Args:
        typed: the model.
        batch_size: for the memory of activations.
        optimizer: for the memory of training; None for Adam.
    """
    rows = tuple(_rows(typed))
    return Summary(
        typed.graph.name,
        tuple((node.name, Tensor(node.shape, node.dtype)) for node in typed.graph.inputs),
        tuple((name, tensor) for name, _, tensor in typed.all_outputs()),
        rows,
        _totals(rows, batch_size, optimizer),
        optimizer.keras_name() if optimizer is not None else DEFAULT,
        _blocks(typed),
    )


def _rows(typed: TypedGraph) -> Iterator[Row]:
    """A row for each layer that an output depends on; for every layer where the outputs are unknown."""
    for index, calls in calls_of(typed).items():
        op = typed.graph.nodes[index]
        assert isinstance(op, Op)
        dtype = next((tensor.dtype for tensor in leaves(typed.nodes[calls[0]].output or ())), None)
        name = type(op.layer).keras_name() if op.layer is not None else "?"
        called = tuple(_call(typed, call) for call in calls)
        inner = inner_of(typed, calls[0])
        rows, blocks = ((), {}) if inner is None else (tuple(_rows(inner)), _blocks(inner))
        missing = op.layer.undeclared if op.layer is not None else ()
        yield Row(op.name, name, dtype, weights_of(typed, index), called, rows, blocks, missing)


def _blocks(typed: TypedGraph) -> dict[str, BlockUse]:
    """The uses of blocks by their names."""
    if not typed.graph.groups:
        return {}
    nodes = typed.graph.nodes
    turns = {call: (nodes[owner].name, turn) for owner, calls in calls_of(typed).items() for turn, call in enumerate(calls)}
    return {name: _block(typed, group, turns) for name, group in typed.graph.groups.items()}


def _block(typed: TypedGraph, group: Group, turns: Mapping[int, tuple[str, int]]) -> BlockUse:
    value = group.value
    if value is None or isinstance(value, Ref):
        parts = {} if value is None else {"": value}
    else:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        parts = {f"[{key}]": part for key, part in items if isinstance(part, Ref)}
    last = next((turns.get(ref.node) for ref in parts.values()), None)
    return BlockUse(group.block, {label(typed, ref): step for step, ref in parts.items()}, typed.tree(value), last)


def calls_of(typed: TypedGraph) -> dict[int, list[int]]:
    """The nodes of a model's layers in order, each with the nodes that are its calls."""
    nodes = typed.graph.nodes
    live = typed.live if typed.graph.outputs else (True,) * len(nodes)
    calls: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        if live[index] and isinstance(node, Op):
            calls.setdefault(node.shared if node.shared is not None else index, []).append(index)
    return dict(sorted(calls.items()))


def _call(typed: TypedGraph, index: int) -> CallRow:
    op, node = typed.graph.nodes[index], typed.nodes[index]
    assert isinstance(op, Op)
    return CallRow(tuple(label(typed, ref) for ref in op.refs()), node.output, node.macs)


def weights_of(typed: TypedGraph, index: int) -> tuple[WeightRow, ...] | None:
    """The variables of a node's layer; None where they are unknown."""
    op, node = typed.graph.nodes[index], typed.nodes[index]
    if not isinstance(op, Op) or op.layer is None or node.weights is None:
        return None
    variable = typed.policies[op.layer.own_policy or typed.graph.dtype].variable
    trains = op.layer.trains_weights
    return tuple(
        WeightRow(weight.name, weight.shape, weight.dtype or variable, weight.trainable and trains) for weight in node.weights
    )


def inner_of(typed: TypedGraph, index: int) -> TypedGraph | None:
    """The graph of a nested model in a call; as declared where the call's output is unknown. None for other layers."""
    op = typed.graph.nodes[index]
    if not isinstance(op, Op) or not isinstance(op.layer, Functional):
        return None
    inputs = typed.tree(op.inputs) if typed.nodes[index].output is not None else None
    return op.layer.typed if inputs is None else op.layer.called_on(inputs)


def undeclared(rows: Iterable[Row], within: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """The custom layers with undeclared shapes (in a nested model: `encoder/gate`), and the keys that would declare them."""
    for row in rows:
        if row.undeclared and not row.inner:
            yield within + row.name, row.undeclared
        yield from undeclared(row.inner, f"{within}{row.name}/")


def label(typed: TypedGraph, ref: Ref) -> str:
    """A reference as text: `lstm[1]`; a further call without a name is called by its layer's name."""
    node = typed.graph.nodes[ref.node]
    name = node.name
    if isinstance(node, Op) and node.shared is not None and "@" in name:
        name = typed.graph.nodes[node.shared].name
    return name + "".join(f"[{step}]" for step in ref.path)


def _totals(rows: tuple[Row, ...], batch_size: int, optimizer: Optimizer | None) -> Totals:
    weights = [weight for row in rows for weight in row.weights or ()]
    params = sum(weight.size for weight in weights)
    trainable = sum(weight.size for weight in weights if weight.trainable)
    return Totals(
        layers=len(rows),
        params=params,
        trainable_params=trainable,
        non_trainable_params=params - trainable,
        macs=sum(row.macs or 0 for row in rows),
        weight_bytes=sum(weight.bytes for weight in weights),
        activation_bytes=_activation_bytes(rows, batch_size),
        training_bytes=training_bytes(rows, batch_size, optimizer),
        unknown_layers=sum(row.params is None or row.macs is None for row in rows),
    )


def training_bytes(rows: tuple[Row, ...], batch_size: int, optimizer: Optimizer | None = None) -> int | None:
    """The memory for training layers: weights, gradients, the optimizer's values, outputs; None where a size is unknown.

    Args:
        rows: the layers.
        batch_size: of one step; 0 for the part that does not depend on it.
        optimizer: None for Adam.
    """
    activations = _activation_bytes(rows, batch_size)
    if activations is None:
        return None
    weights = [weight for row in rows for weight in row.weights or ()]
    gradients = sum(weight.bytes for weight in weights if weight.trainable)
    kept = sum(optimizer_bytes(row, optimizer) for row in rows)
    return activations + sum(weight.bytes for weight in weights) + gradients + kept


def optimizer_bytes(row: Row, optimizer: Optimizer | None = None) -> int:
    """The memory of the values that an optimizer keeps for a layer's trainable weights; None for Adam."""
    total = 0
    for weight in row.weights or ():
        if weight.trainable:
            kept = 2 * weight.size if optimizer is None else optimizer.kept(f"{row.name}/{weight.name}", weight.shape)
            total += kept * BYTES.get(weight.dtype, 4)
    return total


def _activation_bytes(rows: tuple[Row, ...], batch_size: int) -> int | None:
    total = 0
    for row in rows:
        if row.inner:
            inside = _activation_bytes(row.inner, batch_size)
            if inside is None:
                return None
            total += inside * len(row.calls)
            continue
        for call in row.calls:
            if call.output is None:
                return None
            for tensor in leaves(call.output):
                size = prod((tensor.shape[0] or batch_size, *tensor.shape[1:])) if tensor.shape else 1
                if size is None:
                    return None
                total += size * BYTES.get(tensor.dtype, 4)
    return total
