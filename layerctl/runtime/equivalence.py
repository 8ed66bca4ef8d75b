"""The certificate that two models are one function: weights of the one moved to the other, and both asked the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layerctl.building import build
from layerctl.equivalence import Moved
from layerctl.runtime import backend
from layerctl.runtime.distribution import array
from layerctl.variants import Variant

Array: TypeAlias = NDArray[Any]
SAMPLES = 64


def certify(a: Variant, b: Variant, moves: Sequence[Moved], seed: int = 0) -> dict[str, Any]:
    """How far apart the outputs are, in each dtype, on random inputs and with random weights."""
    found: dict[str, Any] = {"inputs": SAMPLES, "seed": seed}
    for dtype in backend.particular().FLOATS:
        first, second = (build(one.changed(f"dtype={dtype}").compiled, seed=seed) for one in (a, b))
        scatter(first, seed)
        for move in moves:
            a_layer, b_layer = (model.get_layer(backend.layer_name(name)) for model, name in ((first, move.a), (second, move.b)))
            transfer(a_layer, b_layer, move)
        found[dtype] = compared(first, second, dtype, seed)
    return found


def scatter(model: Any, seed: int) -> None:
    """Adds something positive to every weight, so that none is 0 or 1 by its initializer, and variances stay what they are."""
    random = np.random.default_rng(seed)
    for variable in model.weights:
        variable.assign(array(variable) + 0.05 * np.abs(random.standard_normal(variable.shape)))


def transfer(of: Any, to: Any, move: Moved) -> None:
    """Gives a layer the weights with which it does what another one does."""
    if move.rule == "same" and not of.weights:
        return
    if move.rule == "same":
        to.set_weights(of.get_weights())
        return
    kernel, bias = matrix(of) if move.rule == "matrix" else (array(of.kernel), array(of.bias) if of.use_bias else None)
    weights = [kernel.reshape(to.kernel.shape)]
    if to.use_bias:
        weights.append(np.zeros(to.bias.shape, kernel.dtype) if bias is None else bias)
    to.set_weights(weights)


def matrix(layer: Any) -> tuple[Array, Array]:
    """A linear layer as a matrix (values in, values out) and a bias (values out): its answers to each unit vector."""
    keras = backend.keras()
    shape = layer.input.shape[1:]
    size = int(np.prod(shape))
    activation, layer.activation = layer.activation, keras.activations.linear
    of_zero = array(layer(np.zeros((1, *shape), layer.compute_dtype)))
    bias = np.array(layer.bias) if layer.use_bias else None
    if bias is not None:
        layer.bias.assign(np.zeros_like(bias))
    units = np.eye(size, dtype=layer.compute_dtype).reshape(size, *shape)
    answers = np.concatenate([array(layer(units[at : at + 256])) for at in range(0, size, 256)])
    if bias is not None:
        layer.bias.assign(bias)
    layer.activation = activation
    return answers.reshape(size, -1), of_zero.reshape(-1)


def compared(a: Any, b: Any, dtype: str, seed: int) -> dict[str, float]:
    """The greatest and the mean difference of two models' outputs, and the bound that rounding allows."""
    inputs = np.random.default_rng((seed, 1)).standard_normal((SAMPLES, *a.input_shape[1:]))
    of_a = array(a(inputs.astype(dtype))).reshape(SAMPLES, -1)
    of_b = array(b(inputs.astype(dtype).reshape(SAMPLES, *b.input_shape[1:]))).reshape(SAMPLES, -1)
    difference = np.abs(of_a.astype("float64") - of_b)
    greatest, mean = float(difference.max()), float(difference.mean())
    return {"max_abs_difference": greatest, "mean_abs_difference": mean, "bound": bound(a, inputs, dtype)}


def bound(model: Any, inputs: Array, dtype: str) -> float:
    """How far two ways to add up the same terms can come apart.

    Adding n terms in any order errs by at most γ = n ε / (1 - n ε) times the sum of their magnitudes, and layers in a row by γ of
    all their terms together (Higham 2002, Accuracy and Stability of Numerical Algorithms, 3.1 and 3.5). The magnitudes are those
    of the same model with the magnitudes of its weights and inputs, and without activations, which shrink differences.

    The model's weights are changed by that.
    """
    keras = backend.keras()
    for variable in model.weights:
        variable.assign(np.abs(array(variable)))
    terms = 0
    for layer in model.layers:
        terms += sum(int(np.prod(weight.shape[:-1])) + 1 for weight in layer.weights)
        if hasattr(layer, "activation"):
            layer.activation = keras.activations.linear
    magnitude = float(np.abs(array(model(np.abs(inputs).astype(dtype)))).max())
    error = terms * float(np.finfo(dtype).eps)
    return 2 * error / (1 - error) * max(1.0, magnitude)
