"""Why a layer refuses its input, where the cause lies further up: found by trying what would happen without it.

Each advice here has been tried: with the change, the layer accepts its input.
"""

from __future__ import annotations

from itertools import chain

from layerctl.catalog.layers._base import Layer, Refusal
from layerctl.catalog.layers._codes import KernelDoesNotFit, ShapesDoNotMerge, WrongRank
from layerctl.diagnostics import Advice
from layerctl.graph.graph import Op
from layerctl.graph.infer.inferred import Inferred
from layerctl.graph.infer.line_edits import listed, with_argument, with_shape
from layerctl.graph.infer.search import Change, Search

COLOURS = (1, 2, 3, 4)
"""The numbers of channels that an image may have."""


def found(inferred: Inferred, op: Op, refusal: Refusal) -> Advice | None:
    """The advice that fits the cause of a refusal; None where no cause is found."""
    if not inferred.sink.effort.spend(len(inferred.typed) + 1):
        return None
    search = Search(inferred, op, refusal)
    for cause in (last_step_only, single_channel, batch_in_shape, channels_in_front, without_axes):
        if (advice := cause(search)) is not None:
            return advice
    if refusal.code is not ShapesDoNotMerge:
        return None
    from layerctl.graph.infer.uneven import cut_edges, uneven

    return uneven(search) or cut_edges(search)


def last_step_only(search: Search) -> Advice | None:
    """A recurrent layer before the call that returns its last step only."""
    for index, node, layer in search.calls():
        if layer.with_all_steps is None:
            continue
        layers = {other: search.layer(other).with_all_steps or search.layer(other) for other in search.alike(index)}
        joining, also = [other for other, _, between in search.calls() if between.only_reshapes and not between.given()], ""
        if not search.accepts(Change(layers=layers)):
            if not joining or not search.accepts(Change(layers=layers, skipped=frozenset(joining))):
                continue
            also = f", and remove {', '.join(f'`{search.nodes[other].name}`' for other in joining)}"
        stacked = [] if also else stacked_on(search, layers)
        every = [(node, layer), *stacked]
        called = " and ".join(
            f"`{one.name}`" if of.wrapped is of else f"the {of.wrapped.spec_name()} in `{one.name}`" for one, of in every
        )
        alone = "it returns its last step only" if not stacked else "they return their last step only"
        parts = [
            with_argument(one.place, of.wrapped.spec_name(), of.wrapped.first_argument(), "return_sequences", "true")
            for one, of in every
        ]
        edits = tuple(dict.fromkeys(chain(*parts))) if all(parts) and not also else ()
        return Advice(f"give {called} `return_sequences: true`{also}: without it, {alone}", edits=edits)
    return None


def stacked_on(search: Search, layers: dict[int, Layer]) -> list[tuple[Op, Layer]]:
    """The refused layer, and those that follow it, which then have to return all steps too: as in a stack of three."""
    changed, stacked = dict(layers), []
    last = (search.index, search.op, search.op.layer)
    for number, node, layer in search.following():
        if not search.accepts(Change(layers=changed), further=number):
            index, one, of = last
            whole = of.with_all_steps if of is not None else None
            if of is None or whole is None or not search.accepts(Change(layers={**changed, index: whole}), further=number):
                break
            changed[index] = whole
            stacked.append((one, of))
        if layer.with_all_steps is not None:
            last = (search.index + number, node, layer)
    return stacked


def single_channel(search: Search) -> Advice | None:
    """An input with one channel in front of a layer that takes no channels: `[28, 28, 1]` and an LSTM."""
    for index, node in search.inputs():
        if search.refusal.code is WrongRank and len(node.shape) > 2 and node.shape[-1] == 1:
            shape = node.shape[:-1]
            if search.accepts_input(index, shape):
                words = f"write `{node.name}: {listed(shape[1:])}`: its single channel is an axis too many for this layer"
                return Advice(words, edits=with_shape(node.place, listed(shape[1:])))
    return None


def batch_in_shape(search: Search) -> Advice | None:
    """An input whose shape begins with the batch."""
    for index, node in search.inputs():
        batch, *sizes = node.shape[1:] or (1,)
        likely = search.refusal.code is WrongRank and len(sizes) > 1 and batch != sizes[0]
        if not sizes or not (batch is None or likely) or not search.accepts_input(index, (node.shape[0], *sizes)):
            continue
        written = listed(tuple(sizes))
        words = f"the batch is no part of a shape: write `{node.name}: {written}`"
        if batch is not None:
            words = f"if {batch} is the batch, leave it out: `{node.name}: {written}`; steps go through TimeDistributed"
        return Advice(words, edits=with_shape(node.place, written))
    return None


def channels_in_front(search: Search) -> Advice | None:
    """An image that is written channels first, `[3, 224, 224]`, before a layer that takes them last."""
    if search.refusal.code is not KernelDoesNotFit:
        return None
    for index, node in search.inputs():
        channels, *sizes = node.shape[1:] or (None,)
        small = any(size is not None and size <= max(COLOURS) for size in sizes)
        if channels not in COLOURS or len(sizes) < 2 or small:
            continue
        if search.accepts_input(index, (node.shape[0], *sizes, channels)):
            written = listed((*sizes, channels))
            words = f"`{node.name}` is written channels first: write `{node.name}: {written}`, or give its layers "
            return Advice(f"{words}`data_format: channels_first`", edits=with_shape(node.place, written))
    return None


def without_axes(search: Search) -> Advice | None:
    """A Flatten or a global pooling in front of a layer that needs the axes."""
    for index in search.joining() if search.refusal.code is WrongRank else ():
        if search.accepts(Change(skipped=frozenset((index,)))):
            name = search.nodes[index].name
            return Advice(f"remove `{name}`, or move it behind this layer, which needs the axes that `{name}` takes away")
    return None
