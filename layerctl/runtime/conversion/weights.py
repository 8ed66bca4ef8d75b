"""The weights of a model, by the names of its expanded spec, and how they become those of a rewritten one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Call, Layer, Policy, Refusal
from layerctl.codegen.plan import Construct, Constructor
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain_names
from layerctl.rewrite.moves import Move, Norm
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion.folding import factor_and_offset, folded, normalization
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.linear import matrix
from layerctl.runtime.models.build import instantiate

Weights = Mapping[str, list[Array]]
"""The weights of each layer, by its name in the expanded spec; `encoder/dense` within a nested model."""
NARROW, WIDE = "float32", "float64"


def weights_of(typed: TypedGraph, model: Any) -> dict[str, list[Array]]:
    """The weights of a built model, by the names of its expanded spec."""
    return {name: layer.get_weights() for name, layer in _with_weights(typed, model)}


def load(typed: TypedGraph, model: Any, weights: Weights) -> None:
    """Sets the weights of a built model, which are given by the names of its expanded spec."""
    for name, layer in _with_weights(typed, model):
        layer.set_weights(weights[name])


def drawn(weights: Weights, seed: int) -> dict[str, list[Array]]:
    """Random weights in the same shapes, none of them 0 or 1: fresh biases and normalizations would hide where they go.

    Vectors are positive, since some are variances, and since positive biases keep units alive; what has more axes keeps the
    size of the values.
    """
    generator = np.random.default_rng((seed, 0xD4A))

    def draw(array: Array) -> Array:
        if array.dtype.kind in "iub" or not array.ndim:
            return array
        if array.ndim == 1:
            return generator.uniform(0.25, 1, array.shape).astype(array.dtype)
        return (generator.standard_normal(array.shape) / np.sqrt(prod(array.shape[:-1]))).astype(array.dtype)

    return {name: [draw(array) for array in arrays] for name, arrays in weights.items()}


def _with_weights(typed: TypedGraph, model: Any, within: str = "") -> Iterator[tuple[str, Any]]:
    """The Keras layers with weights, those of nested models too, by their names in the expanded spec."""
    for name, layer, inner in _layers(typed, model):
        if inner is not None:
            yield from _with_weights(inner, layer, f"{within}{name}/")
        elif layer.weights:
            yield within + name, layer


def _layers(typed: TypedGraph, model: Any) -> Iterator[tuple[str, Any, TypedGraph | None]]:
    """Each layer's name in the expanded spec, the Keras layer, and the graph of a nested model."""
    for index, (node, name) in enumerate(zip(typed.graph.nodes, plain_names(typed.graph), strict=True)):
        if isinstance(node, Op) and node.layer is not None and node.shared is None and typed.live[index]:
            if not node.layer.is_function:
                inner = node.layer.typed if isinstance(node.layer, Functional) else None
                yield name, model.get_layer(backend.layer_name(node.name)), inner


def moved(weights: Weights, moves: Iterable[tuple[str, Move]]) -> dict[str, list[Array]]:
    """The weights of the other model by layer; those of a matrix in float64.

    Args:
        weights: of the first model.
        moves: a layer of the other model, and where its weights come from; with several moves it gets them one after another.
    """
    out: dict[str, list[Array]] = {}
    for name, move in moves:
        arrays = weights.get(move.source, [])[move.part]
        if move.to is not None:
            arrays = _normalization(move, move.to, arrays, weights)
        elif move.bias is not None:
            arrays = _folded(move, arrays, weights)
        elif move.how == "window":
            arrays = [arrays[0].reshape(move.shape), *arrays[1:]]
        elif move.how == "matrix" and move.layer is not None:
            kernel, bias = _as_matrix(move.layer, move.shape, arrays)
            arrays = [kernel.reshape(move.kernel or kernel.shape), *(() if bias is None else (bias,))]
        if move.biases:
            arrays = [*arrays, np.zeros(move.biases, arrays[0].dtype)]
        out[name] = [*out.get(name, ()), *arrays]
    return out


def _normalization(move: Move, to: Norm, arrays: list[Array], weights: Weights) -> list[Array]:
    """The weights of a normalization: those of another one, or with the factor 1, and an offset if it takes over a bias."""
    if move.bias is None:
        return normalization(to, *factor_and_offset(move.before[0], arrays))
    offset = folded(move, arrays, weights)[1] if move.offset else np.zeros(to.channels)
    return normalization(to, np.ones(to.channels), offset)


def _folded(move: Move, arrays: list[Array], weights: Weights) -> list[Array]:
    """The kernel, and the bias if the new layer has one, with the normalizations around the old layer as part of them."""
    kernel, bias = folded(move, arrays, weights)
    if move.how == "matrix" and move.layer is not None:
        first = bool(move.layer.channels_first)
        kernel, constant = _as_matrix(move.layer, move.shape, [kernel, bias][: len(arrays)])
        repeats = kernel.shape[1] // len(bias)
        spread = np.repeat(bias, repeats) if first else np.tile(bias, repeats)
        kernel, bias = kernel.reshape(move.kernel), spread if constant is None else constant
    else:
        kernel = kernel.reshape(move.shape)
    return [kernel, bias] if move.bias else [kernel]


def _as_matrix(layer: Layer, shape: tuple[int, ...], weights: list[Array]) -> tuple[Array, Array | None]:
    """The matrix and the bias that a layer with these weights is; in float64 if the layer can compute in it."""
    if _computes_in(WIDE) and _takes(layer, shape, WIDE):
        try:
            return matrix(_keras_layer(layer, shape, weights, WIDE), shape)
        except Exception as error:
            if not unimplemented(error):
                raise
    return matrix(_keras_layer(layer, shape, weights, NARROW), shape)


def _keras_layer(layer: Layer, shape: tuple[int, ...], weights: list[Array], dtype: str) -> Any:
    construct = Constructor(dtype)(layer)
    assert isinstance(construct, Construct)
    keras_layer = instantiate(construct._replace(arguments={**construct.arguments, "dtype": dtype}))
    keras_layer.build((None, *shape))
    keras_layer.set_weights(weights)
    return keras_layer


def _takes(layer: Layer, shape: tuple[int, ...], dtype: str) -> bool:
    try:
        layer.output(Call(Tensor((None, *shape), dtype), Policy.named(dtype)))
    except Refusal:
        return False
    return True


def unimplemented(error: Exception) -> bool:
    """Whether TensorFlow has no kernel for a layer in this dtype; for images with channels first it has one for float32 only."""
    return type(error).__name__ == "UnimplementedError"


def _computes_in(dtype: str) -> bool:
    """Whether the back end has that dtype; JAX has float64 only if it is enabled."""
    keras = backend.keras()
    return bool(keras.backend.standardize_dtype(keras.ops.zeros((), dtype).dtype) == dtype)
