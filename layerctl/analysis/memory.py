"""The memory that a model and its data surely need, and whether this machine has it.

Every figure is a lower bound: weights, the values that the optimizer keeps, the data, and of the tensors between layers the
largest alone. Gradients and all other tensors can be released or fused, and do not count. A refusal is certain therefore.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from layerctl.analysis._codes import NotEnoughMemory
from layerctl.analysis.costs import Optimizer, inner_of, optimizer_bytes, summarize
from layerctl.analysis.data.held import Held
from layerctl.base import machine
from layerctl.base.numbers import size
from layerctl.base.shapes import FLOATS
from layerctl.base.source import Span
from layerctl.catalog.layers._base import leaves
from layerctl.catalog.layers._calls import BYTES
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.graph import Input, Op, uses
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.expect import amount

SETTING = "LAYERCTL_MEMORY"
"""The environment variable that says how much memory there is, instead of what the machine says."""


class Use(NamedTuple):
    """What a command does with a model.

    Attributes:
        doing: in words: `training`.
        copies: how many times it holds the weights at once.
        trains: whether it holds the values that an optimizer keeps.
        optimizer: None for Adam.
        batch: how many samples go through the model at once; 0 if none do.
        compiled: whether a compiler may fuse layers, so that the tensors between them need not exist.
        batch_place: where the spec says the size of the batch; None where it does not.
        batch_option: what sets the size of the batch on the command line; empty where nothing does.
        data: what the data take.
        data_place: where the spec names the data.
    """

    doing: str
    copies: int = 1
    trains: bool = False
    optimizer: Optimizer | None = None
    batch: int = 0
    compiled: bool = False
    batch_place: Span | None = None
    batch_option: str = ""
    data: Held = Held()
    data_place: Span | None = None


class Largest(NamedTuple):
    """The largest tensor between layers: its bytes, those that a single sample needs of them, and the node that gives it."""

    bytes: int
    each: int
    node: int


class Needs(NamedTuple):
    """What a use of a model needs, in bytes; `layer` is the node whose weights, with the optimizer's values, are the largest."""

    use: Use
    weights: int
    kept: int
    layer: tuple[int, int]
    tensor: Largest
    data: int

    @property
    def total(self) -> int:
        return self.weights + self.kept + self.tensor.bytes + self.data

    def words(self) -> str:
        """`14.6 TiB (weights 4.9 TiB, the optimizer's values 9.7 TiB)`."""
        parts = {"weights": self.weights, "the optimizer's values": self.kept, "the largest tensor of a batch": self.tensor.bytes}
        parts["data"] = self.data
        listed = ", ".join(f"{name} {size(taken)}" for name, taken in parts.items() if taken)
        return f"{size(self.total)} of memory ({listed})" if listed else "memory"


def needs(typed: TypedGraph, use: Use) -> Needs:
    """What a use of a model needs at least; layers whose sizes are unknown do not count."""
    rows = summarize(typed).rows
    weights = [use.copies * sum(weight.bytes for weight in row.weights or ()) for row in rows]
    kept = [optimizer_bytes(row, use.optimizer) if use.trains else 0 for row in rows]
    taken = max(((one + other, -number) for number, (one, other) in enumerate(zip(weights, kept, strict=True))), default=(0, 0))
    nodes = {node.name: index for index, node in enumerate(typed.graph.nodes)}
    layer = (taken[0], nodes[rows[-taken[1]].name]) if rows else (0, 0)
    tensors = _tensors(typed, use) if use.batch else iter(())
    largest = max(tensors, key=lambda one: one.bytes, default=Largest(0, 0, 0))
    return Needs(use, sum(weights), sum(kept), layer, largest, use.data.bytes)


def _tensors(typed: TypedGraph, use: Use) -> Iterator[Largest]:
    """The tensors of one batch that surely exist: of inputs, and of layers unless a compiler may fuse them."""
    passes_narrow = any(node.dtype not in FLOATS for node in typed.graph.inputs)
    for index, node in enumerate(typed.graph.nodes):
        if not typed.live[index] or index in typed.sparse or (use.compiled and not isinstance(node, Input)):
            continue
        layer = node.layer if isinstance(node, Op) else None
        by_batch = layer is None or not layer.is_function  # the first axis of a function's output need not be the batch
        narrow = passes_narrow and layer is not None and layer.keeps_dtype_when_run
        for tensor in leaves(typed.nodes[index].output or ()):
            each = 1 if narrow else BYTES.get(tensor.dtype, 1)
            for dim in tensor.shape:
                each *= 1 if dim is None else dim
            free = by_batch and tensor.shape[:1] == (None,)
            yield Largest(each * use.batch if free else each, each if free else 0, index)
        if (inner := inner_of(typed, index)) is not None:
            yield from (one._replace(node=index) for one in _tensors(inner, use))


def judge(typed: TypedGraph, needed: Needs) -> Diagnostic | None:
    """The error where a use needs more than there is; None where it may fit.

    Raises:
        UsageError: `LAYERCTL_MEMORY` is not a size.
    """
    there = available()
    if needed.total <= there.bytes:
        return None
    message = f"{needed.use.doing} needs at least {needed.words()}; {there.words}"
    return _at_the_largest(typed, needed, message, there.bytes)


def ran_out(typed: TypedGraph, needed: Needs, when: str | None) -> Diagnostic:
    """The error where memory ran out all the same; `when` says in words when, if that is known."""
    there = available()
    at = f" while {when}" if when else ""
    message = f"memory ran out{at}: {needed.use.doing} needs {needed.words()} and more; {there.words}"
    return _at_the_largest(typed, needed, message, None)


def available() -> machine.Memory:
    """The memory that there is: what `LAYERCTL_MEMORY` says, else what the machine says.

    Raises:
        UsageError: the variable is not a size.
    """
    text = os.environ.get(SETTING)
    if not text:
        return machine.memory()
    try:
        said = min(amount(text), machine.ADDRESSES)
    except ValueError:
        message = f"`{SETTING}` takes a size in bytes such as 64GiB; got {text!r}"
        raise UsageError(message, f"correct it, or unset {SETTING}") from None
    return machine.Memory(said, f"`{SETTING}` says that there is {size(said)}")


def _at_the_largest(typed: TypedGraph, needed: Needs, message: str, there: int | None) -> Diagnostic:
    """An error at what takes most: the weights of a layer, a tensor of a batch, or the data.

    Args:
        there: how much memory there is, for the batch that fits; None where what needs more is unknown.
    """
    use, tensor, (taken, layer) = needed.use, needed.tensor, needed.layer
    if needed.data > max(taken, tensor.bytes):
        if use.data_place is not None and not use.data.of:
            return _error(use.data_place, message, f"take {size(needed.data)}", _fewer_samples(needed, there))
        ends = {one.name: one.ref.node for one in typed.graph.outputs} | {one.name: at for at, one in _inputs(typed)}
        tensor = Largest(needed.data, 0, ends[use.data.of])
    node = typed.graph.nodes[layer if taken >= tensor.bytes else tensor.node]
    help = smaller = _smaller(node)
    label = f"takes {size(max(taken, tensor.bytes))}"
    option = f" (`{use.batch_option}`)" if use.batch_option else ""
    if taken < tensor.bytes and tensor.each and use.batch > 1:
        fits = None if there is None else (there - needed.total + tensor.bytes) // tensor.each
        if fits is None:
            help = f"take a smaller batch{option}, or {smaller}"
        elif fits > 0:
            help = f"a batch of {fits} fits{option}; or {smaller}"
            node = node if use.batch_place is None else node._replace(place=use.batch_place)
    diagnostic = _error(node.place, message, label, help)
    return diagnostic.used_at(dict.fromkeys(uses(node.frames), "")) if isinstance(node, Op) else diagnostic


def _inputs(typed: TypedGraph) -> Iterator[tuple[int, Input]]:
    return ((at, node) for at, node in enumerate(typed.graph.nodes) if isinstance(node, Input))


def _error(place: Span, message: str, label: str, help: str) -> Diagnostic:
    return Diagnostic(NotEnoughMemory, place, message, label, f"{help}; if there is more memory, set `{SETTING}` to it")


def _smaller(node: Input | Op) -> str:
    """What makes a layer smaller: the largest number among its arguments."""
    layer = node.layer if isinstance(node, Op) else None
    numbers = {key: _largest_number(value) for key, value in layer.given().items()} if layer is not None else {}
    key = max(numbers, key=lambda name: numbers[name], default=None)
    if key is not None and numbers[key] > 1:
        return f"lower `{key}`"
    return f"make `{node.name}` smaller" if isinstance(node, Input) else f"make the input of `{node.name}` smaller"


def _largest_number(value: object) -> int:
    if isinstance(value, int):
        return int(value)
    return max(map(_largest_number, value), default=0) if isinstance(value, tuple | list) else 0


def _fewer_samples(needed: Needs, there: int | None) -> str:
    smaller, each = "make the model's inputs smaller", needed.use.data.each
    if there is None:
        return f"take fewer samples (`--limit`), or {smaller}"
    fits = (there - needed.weights - needed.kept) // (each + needed.tensor.each) if each else 0
    return f"`--limit {fits}` fits; or {smaller}" if fits > 0 else smaller
