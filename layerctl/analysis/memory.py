"""The memory that a model and its data surely need, and whether this machine has it.

Every figure is a lower bound: weights, the values that the optimizer keeps, the data, and of the tensors between layers the
largest alone. Gradients and all other tensors can be released or fused, and do not count. A refusal is certain therefore.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from layerctl.analysis._codes import NotEnoughMemory
from layerctl.analysis.costs import Optimizer, inner_of, optimizer_bytes, summarize
from layerctl.analysis.data.held import Held
from layerctl.base import machine
from layerctl.base.numbers import amount, size
from layerctl.base.shapes import FLOATS
from layerctl.base.source import Source, Span
from layerctl.catalog.layers._base import Layer, leaves
from layerctl.catalog.layers._calls import BYTES
from layerctl.diagnostics import Diagnostic, Related
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.graph import Input, Op, uses
from layerctl.graph.typed import TypedGraph

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
    """What takes most: the weights of a layer with the optimizer's values for them, or a tensor between layers.

    Attributes:
        bytes: of all of it.
        each: of one sample; 0 where the batch makes no difference.
        node: the layer, or the input.
        side: the length of its longest axis.
    """

    bytes: int = 0
    each: int = 0
    node: int = 0
    side: int = 0


class Needs(NamedTuple):
    """What a use of a model needs, in bytes; `layer` is that with the most weights."""

    use: Use
    weights: int
    kept: int
    layer: Largest
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
    nodes = {node.name: index for index, node in enumerate(typed.graph.nodes)}
    weights = [use.copies * sum(weight.bytes for weight in row.weights or ()) for row in rows]
    kept = [optimizer_bytes(row, use.optimizer) if use.trains else 0 for row in rows]
    layers = [
        Largest(held + more, 0, nodes[row.name], max((dim for weight in row.weights or () for dim in weight.shape), default=0))
        for row, held, more in zip(rows, weights, kept, strict=True)
    ]
    tensors = _tensors(typed, use) if use.batch else iter(())
    layer, tensor = (max(many, key=lambda one: one.bytes, default=Largest()) for many in (layers, tensors))
    return Needs(use, sum(weights), sum(kept), layer, tensor, use.data.bytes)


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
            each = prod(1 if dim is None else dim for dim in tensor.shape) * (1 if narrow else BYTES.get(tensor.dtype, 1))
            free = by_batch and tensor.shape[:1] == (None,)
            side = max((dim for dim in tensor.shape if dim is not None), default=0)
            yield Largest(each * use.batch if free else each, each if free else 0, index, side)
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
    refusal = _at_the_largest(typed, needed, message, there.bytes)
    return refusal._replace(help=f"{refusal.help}; if there is more memory, set `{SETTING}` to it")


def ran_out(typed: TypedGraph, needed: Needs, when: str | None) -> Diagnostic:
    """The error where memory ran out all the same; `when` says in words when, if that is known."""
    there = available()
    at = f" while {when}" if when else ""
    message = f"memory ran out{at}: {needed.use.doing} needs {needed.words()} and more; {there.words}"
    return _at_the_largest(typed, needed, message, None)


def not_loaded(path: str, when: str) -> Diagnostic:
    """The error where memory ran out before there was a model; `when` says in words when."""
    help = "raise this limit, or end other programs: a framework needs 2 GiB and more before it holds a model"
    return Diagnostic(
        NotEnoughMemory, Span(Source(path, ""), 0, 0), f"memory ran out while {when}; {available().words}", "", help
    )


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
    use = needed.use
    most = max(needed.layer, needed.tensor, key=lambda one: one.bytes)
    if needed.data > most.bytes:
        if use.data_place is not None and not use.data.of:
            help = _fewer_samples(needed, there)
            return Diagnostic(NotEnoughMemory, use.data_place, message, f"take {size(needed.data)}", help)
        ends = {one.name: one.ref.node for one in typed.graph.outputs} | {one.name: at for at, one in _inputs(typed)}
        most = Largest(needed.data, 0, ends[use.data.of], use.data.side)
    node = typed.graph.nodes[most.node]
    smaller = _smaller(node, most.side)
    place, help = node.place, smaller
    label = f"takes {size(most.bytes)}"
    option = f" (`{use.batch_option}`)" if use.batch_option else ""
    if most.each and use.batch > 1:
        fits = None if there is None else (there - needed.total + most.bytes) // most.each
        if fits is None:
            help = f"take a smaller batch{option}, or {smaller}"
        elif fits > 0:
            help = f"a batch of {fits} fits{option}; or {smaller}"
            place = use.batch_place or place
    related = (Related(node.place, f"`{node.name}` {label}"),) if place != node.place else ()
    diagnostic = Diagnostic(NotEnoughMemory, place, message, "" if related else label, help, related)
    return diagnostic.used_at(dict.fromkeys(uses(node.frames), "")) if isinstance(node, Op) else diagnostic


def _inputs(typed: TypedGraph) -> Iterator[tuple[int, Input]]:
    return ((at, node) for at, node in enumerate(typed.graph.nodes) if isinstance(node, Input))


def _smaller(node: Input | Op, side: int) -> str:
    """What makes a layer smaller whose longest side is so long: the largest number among its arguments, or its input."""
    numbers = _numbers(node.layer) if isinstance(node, Op) and node.layer is not None else iter(())
    number, key = max(((number, key) for key, number in numbers), default=(0, ""))
    if number * number >= side > 1:  # what makes the side longer than the argument comes from the input
        return f"lower `{key}`"
    return f"make `{node.name}` smaller" if isinstance(node, Input) else f"make the input of `{node.name}` smaller"


def _numbers(layer: Layer) -> Iterator[tuple[str, int]]:
    """The integers among the arguments of a layer and of the layers in it, by the arguments' names."""
    for key, value in layer.given().items():
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, Layer):
                yield from _numbers(part)
            elif isinstance(part, int):
                yield key, part


def _fewer_samples(needed: Needs, there: int | None) -> str:
    smaller, each = "make the model's inputs smaller", needed.use.data.each
    if there is None:
        return f"take fewer samples (`--limit`), or {smaller}"
    fits = (there - needed.weights - needed.kept) // (each + needed.tensor.each) if each else 0
    return f"`--limit {fits}` fits; or {smaller}" if fits > 0 else smaller
