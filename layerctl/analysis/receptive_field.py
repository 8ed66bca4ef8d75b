"""The receptive field, the effective stride and the number of feature maps of each layer.

Along each axis between batch and channels, the values at one position of an output, all channels together, depend on a set of
positions of the input. `receptive_field` is how far that reaches, from the first position to the last, `receptive_positions` how
many there are: fewer where the field has gaps. The set of the next position lies `effective_stride` further on (Araujo, Norris
and Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019). Behind a layer that enlarges, neighbouring positions
have fields of several sizes: the largest counts. Of several inputs that with the largest field counts. The axes have no ends:
near an edge part of the field lies on padding. `all` is the whole input; null what is not known exactly, or has no positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from layerctl.analysis.dependence import Seen as Axis
from layerctl.analysis.dependence import State
from layerctl.analysis.reached import Reached, every_call
from layerctl.base.positions import Positions
from layerctl.graph.typed import TypedGraph

COLUMNS = ("receptive_field", "receptive_positions", "effective_stride", "feature_maps")
Seen = tuple[int | float, ...] | int | Literal["all"] | None


class Field(NamedTuple):
    """The field of one call of a layer.

    Attributes:
        receptive_field: positions of the input, by axis.
        receptive_positions: how many of these count, by axis.
        effective_stride: positions of the input, by axis; a fraction where the output is larger than the input.
        feature_maps: the output's channels; None where it has no axes between batch and channels.
    """

    receptive_field: Seen
    effective_stride: Seen
    feature_maps: int | None
    receptive_positions: Seen = None


UNKNOWN = Field(None, None, None)
"""Of a layer within a nested model whose input is unknown."""
Fields = Mapping[tuple[str, int], Field]


class Further(NamedTuple):
    """The additional columns of a summary.

    Attributes:
        columns: their names.
        fields: by layer (`encoder/dense` within a nested model) and number of the call, from 0.
    """

    columns: tuple[str, ...]
    fields: Fields

    def of(self, name: str, number: int) -> tuple[Seen, ...]:
        """The values of the columns for a call."""
        field = self.fields.get((name, number), UNKNOWN)
        return tuple(getattr(field, column) for column in self.columns)

    def data(self, name: str, number: int) -> dict[str, Any]:
        """The values for a call by column, for JSON."""
        values = zip(self.columns, self.of(name, number), strict=True)
        return {column: list(value) if isinstance(value, tuple) else value for column, value in values}


def fields(typed: TypedGraph) -> Fields:
    """The field of every call of every layer; for layers of a nested model, at its first call."""
    return {key: _field(call) for key, call in every_call(typed).items()}


def _field(call: Reached) -> Field:
    states, shape = call.states, call.output.shape if call.output is not None else ()
    at = call.channels if len(shape) > 2 else None
    maps = shape[at] if at is not None else None
    every = [_seen(state, at) for state in states.values()] if states is not None else []
    if not every or None in every:
        return Field(None, None, maps)
    known = [one for one in every if one is not None]
    if any(all(axis.size == "all" for axis in one) for one in known):
        return Field("all", None, maps, "all")
    if len({len(one) for one in known}) > 1:
        return Field(None, None, maps)
    columns = list(zip(*known, strict=True))
    return Field(
        _all(max(_number(axis.size, axis.length) for axis in column) for column in columns),
        _all(_only({axis.stride for axis in column}) for column in columns),
        maps,
        _all(max(_number(axis.positions, axis.length) for axis in column) for column in columns),
    )


class _Extent(NamedTuple):
    """The field along one axis of an input; `length` is that of the axis, and numbers of positions can be `all` of it."""

    length: int | None
    size: int | Literal["all"]
    positions: int | Literal["all"] | None
    stride: int | float | None


def _seen(state: State, channels: int | None) -> tuple[_Extent, ...] | None:
    """The field along the axes of an input between batch and channels; None if it is not known, or there are none.

    Args:
        state: what the tensor depends on.
        channels: the axis of the tensor that holds the channels.
    """
    rank = len(state.seen) + 1
    left_out = state.channels if state.channels is not None else rank - 1 if rank > 2 else 0
    axes = [axis for number, axis in enumerate(state.seen, 1) if number != left_out]
    extents = [_extent(axis, channels) for axis in axes]
    if not extents or None in extents:
        return None
    return tuple(extent for extent in extents if extent is not None)


def _extent(axis: Axis, channels: int | None) -> _Extent | None:
    if channels is not None and axis.loose - {channels}:
        return None
    if axis.moving is not None and axis.axis != channels:
        sets = axis.moving.sets
        sizes = [positions.size for positions in sets]
        stride = axis.moving.stride
        step = stride.numerator if stride.denominator == 1 else float(stride)
        largest = None if None in sizes else max(size for size in sizes if size is not None)
        return _Extent(axis.size, max(positions.extent for positions in sets), largest, step)
    if isinstance(axis.whole, Positions):
        return _Extent(axis.size, axis.whole.extent, axis.whole.size, None)
    return _Extent(axis.size, "all", "all", None) if axis.whole == "all" else None


def _number(value: int | Literal["all"] | None, length: int | None) -> float:
    """A number of positions, `all` being as many as the axis is long; infinite if it is not known."""
    number = length if value == "all" else value
    return float("inf") if number is None else number


def _all(values: Iterator[int | float | None]) -> tuple[int | float, ...] | None:
    """The values of all axes; None as soon as one is not known."""
    every = list(values)
    known = tuple(value for value in every if value is not None and value != float("inf"))
    return known if len(known) == len(every) else None


def _only(values: set[int | float | None]) -> int | float | None:
    return next(iter(values)) if len(values) == 1 else None
