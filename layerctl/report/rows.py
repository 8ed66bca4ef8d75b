"""The rows and totals of a model's summary; views only lay them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from layerctl.graph import Op, Ref
from layerctl.infer import TypedGraph
from layerctl.layers._base import BYTES, Tree
from layerctl.shapes import Tensor, prod

OPTIMIZER_SLOTS = 2
"""Values that an optimizer keeps for each trainable weight: Adam, the default, keeps two moments."""


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
    """One call of a layer: what it reads and what it gives."""

    inputs: tuple[str, ...]
    output: Tree | None
    macs: int | None


class Row(NamedTuple):
    """One layer, with each of its calls.

    Attributes:
        weights: its variables in Keras's order; None where they are unknown.
        calls: at least one.
    """

    name: str
    type: str
    dtype: str | None
    weights: tuple[WeightRow, ...] | None
    calls: tuple[CallRow, ...]

    @property
    def params(self) -> int | None:
        return None if self.weights is None else sum(weight.size for weight in self.weights)

    @property
    def trainable_params(self) -> int | None:
        return None if self.weights is None else sum(weight.size for weight in self.weights if weight.trainable)

    @property
    def macs(self) -> int | None:
        """Of all calls together; None where one of them has no rule."""
        found = [call.macs for call in self.calls]
        return None if None in found else sum(macs for macs in found if macs is not None)


class Totals(NamedTuple):
    """Sums of what is known of the whole model.

    Attributes:
        macs: multiply-accumulates of one forward pass of one sample.
        weight_bytes: memory of all weights.
        activation_bytes: memory of all layers' outputs at the batch size asked for; None where a dimension is unknown.
        training_bytes: weights, gradients, the optimizer's two values a trainable weight, and activations.
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
    """A model as data."""

    model: str
    inputs: tuple[tuple[str, Tensor], ...]
    outputs: tuple[tuple[str, Tensor], ...]
    rows: tuple[Row, ...]
    totals: Totals


def summarize(typed: TypedGraph, batch_size: int = 1) -> Summary:
    """Rows in the order of the spec, inputs and layers that lead to no output left out.

    Args:
        typed: the model.
        batch_size: for the memory of activations.
    """
    rows = tuple(_rows(typed))
    return Summary(
        typed.graph.name,
        tuple((node.name, Tensor(node.shape, node.dtype)) for node in typed.graph.inputs),
        tuple((name, tensor) for name, _, tensor in typed.outputs()),
        rows,
        _totals(rows, batch_size),
    )


def _rows(typed: TypedGraph) -> Iterator[Row]:
    nodes = typed.graph.nodes
    live = typed.graph.live() if typed.graph.outputs else (True,) * len(nodes)
    calls: dict[int, list[CallRow]] = {}
    for index, node in enumerate(nodes):
        if live[index] and isinstance(node, Op):
            owner = node.shared if node.shared is not None else index
            names = tuple(label(typed, ref) for ref in node.refs())
            calls.setdefault(owner, []).append(CallRow(names, typed.nodes[index].output, typed.nodes[index].macs))
    for index in sorted(calls):
        node = nodes[index]
        assert isinstance(node, Op)
        yield _row(typed, index, node, tuple(calls[index]))


def _row(typed: TypedGraph, index: int, op: Op, calls: tuple[CallRow, ...]) -> Row:
    layer = op.layer
    known = typed.nodes[index].output is not None and layer is not None
    weights: tuple[WeightRow, ...] | None = None
    dtype = next((tensor.dtype for tensor in tensors(calls[0].output)), None)
    if known and layer is not None:
        policy = typed.policies[layer.dtype or typed.graph.dtype]
        weights = tuple(
            WeightRow(weight.name, weight.shape, weight.dtype or policy.variable, weight.trainable and layer.trains)
            for weight in typed.nodes[index].weights
        )
    return Row(op.name, type(layer).keras_name() if layer is not None else "?", dtype, weights, calls)


def label(typed: TypedGraph, ref: Ref) -> str:
    """A reference as text: `lstm[1]`; a further call without a name goes by its layer's."""
    node = typed.graph.nodes[ref.node]
    name = node.name
    if isinstance(node, Op) and node.shared is not None and "@" in name:
        name = typed.graph.nodes[node.shared].name
    return name + "".join(f"[{step}]" for step in ref.path)


def tensors(tree: Tree | None) -> Iterator[Tensor]:
    """The tensors of a structure, in order."""
    if isinstance(tree, Tensor):
        yield tree
    elif tree is not None:
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from tensors(part)  # type: ignore[arg-type]


def _totals(rows: tuple[Row, ...], batch_size: int) -> Totals:
    weights = [weight for row in rows for weight in row.weights or ()]
    params = sum(weight.size for weight in weights)
    trainable = sum(weight.size for weight in weights if weight.trainable)
    trainable_bytes = sum(weight.bytes for weight in weights if weight.trainable)
    weight_bytes = sum(weight.bytes for weight in weights)
    activations = _activation_bytes(rows, batch_size)
    training = None if activations is None else weight_bytes + (1 + OPTIMIZER_SLOTS) * trainable_bytes + activations
    return Totals(
        layers=len(rows),
        params=params,
        trainable_params=trainable,
        non_trainable_params=params - trainable,
        macs=sum(row.macs or 0 for row in rows),
        weight_bytes=weight_bytes,
        activation_bytes=activations,
        training_bytes=training,
        unknown_layers=sum(row.params is None or row.macs is None for row in rows),
    )


def _activation_bytes(rows: tuple[Row, ...], batch_size: int) -> int | None:
    total = 0
    for row in rows:
        for call in row.calls:
            for tensor in tensors(call.output):
                size = prod((tensor.shape[0] or batch_size, *tensor.shape[1:])) if tensor.shape else 1
                if size is None:
                    return None
                total += size * BYTES.get(tensor.dtype, 4)
    return total


def summary_data(summary: Summary) -> dict[str, Any]:
    """What `summary --format json` prints."""
    totals = summary.totals
    return {
        "version": 1,
        "model": summary.model,
        "inputs": [_tensor_data(name, tensor) for name, tensor in summary.inputs],
        "outputs": [_tensor_data(name, tensor) for name, tensor in summary.outputs],
        "layers": [_row_data(row) for row in summary.rows],
        "totals": {name: getattr(totals, name) for name in Totals._fields},
    }


def _tensor_data(name: str, tensor: Tensor) -> dict[str, Any]:
    return {"name": name, "shape": list(tensor.shape), "dtype": tensor.dtype}


def _row_data(row: Row) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": row.name,
        "type": row.type,
        "inputs": list(row.calls[0].inputs),
        "output_shape": shape_data(row.calls[0].output),
        "dtype": row.dtype,
        "params": row.params,
        "trainable_params": row.trainable_params,
        "macs": row.macs,
        "weights": None if row.weights is None else [_weight_data(weight) for weight in row.weights],
    }
    if len(row.calls) > 1:
        data["calls"] = [{"inputs": list(call.inputs), "output_shape": shape_data(call.output)} for call in row.calls]
    return data


def _weight_data(weight: WeightRow) -> dict[str, Any]:
    return {"name": weight.name, "shape": list(weight.shape), "dtype": weight.dtype, "trainable": weight.trainable}


def shape_data(tree: Tree | None) -> Any:
    """A shape as a list; several outputs as a list of them, or by name."""
    if tree is None:
        return None
    if isinstance(tree, Tensor):
        return list(tree.shape)
    if isinstance(tree, dict):
        return {key: shape_data(part) for key, part in tree.items()}
    return [shape_data(part) for part in tree]  # type: ignore[arg-type]
