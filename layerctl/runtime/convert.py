"""Moving weights into a rewritten model, and the proof that it computes the same function."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

import numpy as np

from layerctl.compiler import Compiled, compile_text
from layerctl.emit.plan import plan
from layerctl.emit.resolved import dumped
from layerctl.emit.rewrite import Rewritten
from layerctl.graph import Op
from layerctl.layers._spatial import Spatial
from layerctl.runtime import backend
from layerctl.runtime.build import build_model
from layerctl.runtime.data._types import Array
from layerctl.runtime.distribution import array
from layerctl.runtime.rounding import expected
from layerctl.runtime.samples import tensors
from layerctl.runtime.windows import axes
from layerctl.shapes import Tensor
from layerctl.typed import TypedGraph

Weights = Mapping[str, list[Array]]
"""The weights of each layer, by its name in Keras."""


class Difference(NamedTuple):
    """How far two models are apart.

    Attributes:
        inputs: what they were given: `random`, or a dataset's name.
        dtype: what they computed in.
        samples: how many.
        max: the largest absolute difference of two output values.
        mean: of all output values.
        bound: what rounding alone may come to.
    """

    inputs: str
    dtype: str
    samples: int
    max: float
    mean: float
    bound: float

    @property
    def within(self) -> bool:
        """Whether rounding explains it; not where a value is no number."""
        return self.max <= self.bound


def weights_of(model: Any) -> dict[str, list[Array]]:
    """The weights of a built model."""
    return {backend.spec_name(layer.name): layer.get_weights() for layer in model.layers if layer.weights}


def moved(typed: TypedGraph, weights: Weights, rewritten: Rewritten, new: TypedGraph) -> dict[str, list[Array]]:
    """The weights of the rewritten model.

    Args:
        typed: the original.
        weights: its weights.
        rewritten: what became of it.
        new: the new model.
    """
    nodes = {node.name: index for index, node in enumerate(new.graph.nodes)}
    out = {}
    for name, move in rewritten.moves.items():
        given = weights.get(typed.graph.nodes[move.node].name, [])
        if move.how == "window":
            kernel, *_ = new.nodes[nodes[name]].weights or ()
            given = [given[0].reshape(kernel.shape), *given[1:]]
        elif move.how == "matrix":
            given = _spread(typed, move.node, given)
        out[name] = given
    return out


def _spread(typed: TypedGraph, index: int, weights: list[Array]) -> list[Array]:
    """Kernel and bias of a convolution as those of a Dense; an average pooling has no weights, and its matrix no bias."""
    op = typed.graph.nodes[index]
    assert isinstance(op, Op)
    layer, before, after = op.layer, typed.tree(op.inputs), typed.nodes[index].output
    assert isinstance(layer, Spatial)
    assert isinstance(before, Tensor)
    assert isinstance(after, Tensor)
    kernel = weights[0] if weights else np.eye(before.shape[layer.channel_axis] or 0, dtype=np.float32)
    spread = matrix(layer, before.shape, after.shape, kernel)  # type: ignore[arg-type]  # the sizes are known
    if len(weights) < 2:
        return [spread]
    positions = prod(dim or 1 for dim in layer.along(after.shape))
    first = layer.channel_axis == 1
    return [spread, np.repeat(weights[1], positions) if first else np.tile(weights[1], positions)]


def matrix(layer: Spatial, before: tuple[int, ...], after: tuple[int, ...], kernel: Array) -> Array:
    """The matrix (input values × output values) of a convolution or an average pooling.

    Args:
        layer: its arguments.
        before: the shape of the input, the batch included.
        after: that of the output.
        kernel: its kernel; of a pooling the identity over the channels.
    """
    ways = axes(layer, before, after)
    sizes = tuple(way.dim for way in ways), tuple(way.positions for way in ways)
    channels, filters = before[layer.channel_axis], after[layer.channel_axis]
    full = _full(layer, kernel, channels, filters)
    spread = np.zeros((*sizes[0], channels, *sizes[1], filters), kernel.dtype)
    for position in np.ndindex(*sizes[1]):
        taps = [list(way.at(at)) for way, at in zip(ways, position, strict=True)]
        count = prod(len(found) for found in taps)
        for number in np.ndindex(*(len(found) for found in taps)):
            chosen = [found[at] for found, at in zip(taps, number, strict=True)]
            place = tuple(place for _, place in chosen)
            tap = full[tuple(tap for tap, _ in chosen)] if full is not None else kernel / count
            spread[(*place, slice(None), *position)] += tap
    if layer.channel_axis == 1:
        rank = len(ways)
        spread = np.moveaxis(np.moveaxis(spread, rank, 0), -1, rank + 1)
    return spread.reshape(prod(sizes[0]) * channels, prod(sizes[1]) * filters)


def _full(layer: Spatial, kernel: Array, channels: int, filters: int) -> Array | None:
    """A kernel from all channels to all filters, 0 between those of different groups; None for a pooling."""
    taps = kernel.shape[:-2]
    if not taps:
        return None
    if kernel.shape[-2:] == (channels, filters) and getattr(layer, "groups", 1) == 1 and not hasattr(layer, "depth_multiplier"):
        return kernel
    groups = channels if hasattr(layer, "depth_multiplier") else getattr(layer, "groups", 1)
    full = np.zeros((*taps, channels, filters), kernel.dtype)
    into, out = channels // groups, filters // groups
    for group in range(groups):
        part = (
            kernel[..., group, :][..., None, :]
            if hasattr(layer, "depth_multiplier")
            else kernel[..., group * out : (group + 1) * out]
        )
        full[..., group * into : (group + 1) * into, group * out : (group + 1) * out] = part
    return full


def certify(
    old: tuple[dict[str, Any], Weights], new: tuple[dict[str, Any], Weights], inputs: Mapping[str, list[Array]]
) -> list[Difference]:
    """Runs both models on the same inputs, in each dtype.

    Args:
        old: the expanded spec, and its weights.
        new: the rewritten one, and its.
        inputs: by what they are called, an array for each input of the model.
    """
    keras = backend.keras()
    bounds: dict[str, float] = {}
    found = []
    for dtype in reversed(backend.particular().FLOATS):  # the bound is worked out in the wider one
        first, second = _in(dtype, *old), _in(dtype, *new)
        if first is None or second is None:
            continue
        for name, arrays in inputs.items():
            given = tensors(first[0], arrays)
            if name not in bounds:
                bounds[name] = expected(plan(first[0]), first[1], given)
            one, two = ([array(y).astype("float64") for y in keras.tree.flatten(model(given if len(given) > 1 else given[0]))]
                        for model in (first[1], second[1]))  # fmt: skip
            apart = np.concatenate([np.abs(a - b).ravel() for a, b in zip(one, two, strict=True)])
            bound = bounds[name] * float(np.finfo(dtype).eps)
            found.append(Difference(name, dtype, len(arrays[0]), float(apart.max()), float(apart.mean()), bound))
    return sorted(found, key=lambda difference: difference.dtype)


def _in(dtype: str, spec: dict[str, Any], weights: Weights) -> tuple[TypedGraph, Any] | None:
    """A spec's model with these weights, computing in a dtype; None where a layer cannot."""
    compiled = compile_text(dumped(recast(spec, dtype)))
    if not compiled.ok or compiled.model is None:
        return None
    model = build_model(compiled, seed=0)
    load(model, compiled, weights)
    return compiled.model, model


def load(model: Any, compiled: Compiled, weights: Weights) -> None:
    """Gives a model's layers their weights, which go by the names of the spec that they were taken from, or by plain ones."""
    assert compiled.model is not None
    plain = {name.replace(".", "_"): values for name, values in weights.items()}
    for layer in model.layers:
        if layer.weights:
            name = backend.spec_name(layer.name)
            layer.set_weights(weights.get(name, plain.get(name)))


def recast(spec: dict[str, Any], dtype: str) -> dict[str, Any]:
    """An expanded spec that computes in another dtype throughout, as far as its own layers say one."""
    items = [{key: _without(value) for key, value in item.items()} for item in spec["layers"]]
    kept = {key: value for key, value in spec.items() if key != "train"}
    return kept | {"dtype": dtype, "layers": items}


def _without(arguments: Any) -> Any:
    """The arguments of an operation without `dtype`."""
    return {key: value for key, value in arguments.items() if key != "dtype"} if isinstance(arguments, dict) else arguments
