"""Moving weights into a rewritten model, and the proof that it computes the same function."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import FLOATS, Call, Layer, Policy, Refusal
from layerctl.catalog.layers._custom import customs
from layerctl.codegen.plan import Construct, Constructor, plan
from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import dumped, plain_names
from layerctl.rewrite.moves import Move
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion.rounding import expected
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.linear import matrix
from layerctl.runtime.flow.samples import tensors
from layerctl.runtime.flow.walk import Called, nested, run
from layerctl.runtime.models.build import built, instantiate
from layerctl.runtime.models.custom import blamed, refused
from layerctl.runtime.models.masks import mask_of

Weights = Mapping[str, list[Array]]
"""The weights of each layer, by its name in the expanded spec; `encoder/dense` within a nested model."""
NARROW, WIDE = "float32", "float64"


@contextmanager
def on_processor() -> Iterator[None]:
    """Where arithmetic is what a dtype says; accelerators may multiply with fewer digits."""
    with backend.on("cpu:0"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* was passed an input with a mask attached")  # what that does is measured
        yield


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


def weights_of(typed: TypedGraph, model: Any, within: str = "") -> dict[str, list[Array]]:
    """The weights of a built model, by the names of its expanded spec."""
    found: dict[str, list[Array]] = {}
    for name, layer, inner in _layers(typed, model):
        if inner is not None:
            found |= weights_of(inner, layer, f"{within}{name}/")
        elif layer.weights:
            found[within + name] = layer.get_weights()
    return found


def load(typed: TypedGraph, model: Any, weights: Weights, within: str = "") -> None:
    """Gives a model's layers their weights, by the names of its expanded spec."""
    for name, layer, inner in _layers(typed, model):
        if inner is not None:
            load(inner, layer, weights, f"{within}{name}/")
        elif layer.weights:
            layer.set_weights(weights[within + name])


def _layers(typed: TypedGraph, model: Any) -> Iterator[tuple[str, Any, TypedGraph | None]]:
    """Each layer's name in the expanded spec, the layer, and what is known of the nested model that it is."""
    for index, (node, name) in enumerate(zip(typed.graph.nodes, plain_names(typed.graph), strict=True)):
        if isinstance(node, Op) and node.layer is not None and node.shared is None and typed.live[index]:
            if not node.layer.is_function:
                inner = node.layer.typed if isinstance(node.layer, Functional) else None
                yield name, model.get_layer(backend.layer_name(node.name)), inner


def masked(typed: TypedGraph, model: Any, moves: Iterable[Move]) -> Iterator[Op]:
    """The layers that are written as others and are given a mask, which they hand on and the others do not."""
    for move in moves:
        if move.how == "same":
            continue
        within, built, path = typed, model, move.source.split("/")
        for name in path[:-1]:
            _, built, inner = next(found for found in _layers(within, built) if found[0] == name)
            assert inner is not None
            within = inner
        node = within.graph.nodes[plain_names(within.graph).index(path[-1])]
        assert isinstance(node, Op)
        inputs = built.get_layer(backend.layer_name(node.name))._inbound_nodes[0].input_tensors
        if any(mask_of(tensor) is not None for tensor in inputs):
            yield node


def moved(weights: Weights, moves: Iterable[tuple[str, Move]]) -> dict[str, list[Array]]:
    """The weights of another model; those of a matrix in float64.

    Args:
        weights: those that there are.
        moves: which of them a layer gets, by its name; one that is named several times gets them one after the other.
    """
    out: dict[str, list[Array]] = {}
    for name, move in moves:
        given = weights.get(move.source, [])[move.part]
        if move.how == "window":
            given = [given[0].reshape(move.shape), *given[1:]]
        elif move.how == "matrix" and move.layer is not None:
            kernel, bias = _spread(move.layer, move.shape, given)
            given = [kernel] if bias is None else [kernel, bias]
        if move.biases:
            given = [*given, np.zeros(move.biases, given[0].dtype)]
        out[name] = [*out.get(name, ()), *given]
    return out


def _spread(layer: Layer, shape: tuple[int, ...], weights: list[Array]) -> tuple[Array, Array | None]:
    """The matrix and the bias that a layer with these weights is; in float64, if it can."""
    if _computes_in(WIDE) and _takes(layer, shape, WIDE):
        try:
            return matrix(_alone(layer, shape, weights, WIDE), shape)
        except Exception as error:
            if not _unimplemented(error):
                raise
    return matrix(_alone(layer, shape, weights, NARROW), shape)


def _alone(layer: Layer, shape: tuple[int, ...], weights: list[Array], dtype: str) -> Any:
    """A Keras layer with these weights."""
    made = Constructor(dtype)(layer)
    assert isinstance(made, Construct)
    alone = instantiate(made._replace(arguments={**made.arguments, "dtype": dtype}))
    alone.build((None, *shape))
    alone.set_weights(weights)
    return alone


def _takes(layer: Layer, shape: tuple[int, ...], dtype: str) -> bool:
    try:
        layer.output(Call(Tensor((None, *shape), dtype), Policy.named(dtype)))
    except Refusal:
        return False
    return True


def _unimplemented(error: Exception) -> bool:
    """Whether TensorFlow has no kernel for a layer in this dtype: for images with channels first it has one in float32 alone."""
    return type(error).__name__ == "UnimplementedError"


def _computes_in(dtype: str) -> bool:
    """Whether the back end has that dtype; JAX has no float64 unless it is told to."""
    keras = backend.keras()
    return bool(keras.backend.standardize_dtype(keras.ops.zeros((), dtype).dtype) == dtype)


def certify(
    old: tuple[dict[str, Any], Weights],
    new: tuple[dict[str, Any], Weights],
    inputs: Mapping[str, list[Array]],
    blame: Accepted,
) -> tuple[list[Difference], list[str]]:
    """Runs both models on the same inputs, in each dtype, and says where that could not be.

    Args:
        old: an expanded spec, and its weights.
        new: the other one, and its.
        inputs: by what they are called, an array for each input of the model.
        blame: the spec as its author wrote it: where mistakes in custom layers are told, which may be imported if it says so.

    Raises:
        SpecError: they do not run in float32.
    """
    bounds: dict[str, float] = {}
    found: list[Difference] = []
    notes = []
    for dtype in reversed(backend.particular().FLOATS):  # the bound is worked out in the wider one
        try:
            with blamed(blame):
                models = tuple(_in(dtype, *one, blame.custom_code) for one in (old, new))
                found += _differences(dtype, models, inputs, bounds)
        except SpecError as error:
            if dtype == NARROW:
                raise
            notes.append(f"not tried in {dtype}: {error.diagnostics[0].message}")
        except Exception as error:
            if dtype == NARROW or not _unimplemented(error):
                raise
            notes.append(f"not tried in {dtype}: {backend.keras().config.backend()} has no such convolution on the processor")
    return sorted(found, key=lambda difference: difference.dtype), notes


def _differences(
    dtype: str,
    models: Sequence[tuple[Accepted, Any]],
    inputs: Mapping[str, list[Array]],
    bounds: dict[str, float],
) -> Iterator[Difference]:
    """How far two models, each with its spec, are apart; adds bounds that are not known yet."""
    (first, one), (second, other) = models
    for name, arrays in inputs.items():
        given = tensors(first.model, arrays)
        if dtype == WIDE:
            _refuse_narrow(first, one, given)
        if name not in bounds:
            bounds[name] = expected(plan(first.model), one, given, dtype)
        outputs = [_outputs(one, given), _outputs(other, tensors(second.model, _fitted(second.model, arrays)))]
        apart = np.concatenate([np.abs(a.ravel() - b.ravel()) for a, b in zip(*outputs, strict=True)])
        bound = bounds[name] * float(np.finfo(dtype).eps)
        yield Difference(name, dtype, len(arrays[0]), float(apart.max()), float(apart.mean()), bound)


def _refuse_narrow(compiled: Accepted, model: Any, inputs: list[Any]) -> None:
    """Holds that custom layers compute in float64 as they are told to: then they see a change of a trillionth.

    Raises:
        SpecError: one does not.
    """
    keras = backend.keras()

    def look(call: Called) -> Any:
        if (within := nested(call, look)) is not None:
            return within
        if any(customs(call.step.op.layer)) and keras.ops.is_tensor(call.inputs):
            again = call.layer(call.inputs * (1 + 1e-12))
            pairs = zip(keras.tree.flatten(again), keras.tree.flatten(call.output), strict=True)
            if all(np.array_equal(array(a), array(b)) for a, b in pairs):
                message = f"`{call.step.layer}` computes in fewer digits"
                raise refused(compiled, call.step.op, message, "let it compute in its own dtype")
        return call.output

    if any(own_layers(compiled)):
        run(plan(compiled.model), model, inputs, look)


def _fitted(typed: TypedGraph, arrays: list[Array]) -> list[Array]:
    """The same values in the shapes of a model's inputs."""
    shapes = (node.shape[1:] for node in typed.graph.inputs)
    pairs = zip(arrays, shapes, strict=True)
    return [values if None in shape else values.reshape(len(values), *shape) for values, shape in pairs]


def _outputs(model: Any, inputs: list[Any]) -> list[Array]:
    outputs = model(inputs if len(inputs) > 1 else inputs[0])
    return [array(output).astype(WIDE) for output in backend.keras().tree.flatten(outputs)]


def _in(dtype: str, spec: dict[str, Any], weights: Weights, custom_code: bool) -> tuple[Accepted, Any]:
    """A spec's model with these weights, computing in a dtype.

    Raises:
        SpecError: a layer cannot.
    """
    compiled = compile_text(dumped(recast(spec, dtype))).accepted()._replace(custom_code=custom_code)
    model, compiled = built(compiled, seed=0)
    load(compiled.model, model, weights)
    return compiled, model


def recast(spec: dict[str, Any], dtype: str) -> dict[str, Any]:
    """An expanded spec that computes in another dtype throughout."""
    changed: dict[str, Any] = _recast({key: value for key, value in spec.items() if key != "train"}, dtype)
    for parts in (changed, *changed.get("models", {}).values()):
        named = parts["inputs"].items()
        parts["inputs"] = {name: {"shape": one, "dtype": dtype} if isinstance(one, list) else one for name, one in named}
    return changed | {"dtype": dtype}


def _recast(value: Any, dtype: str) -> Any:
    """Part of a spec, with another one in place of each `dtype` that is of floats."""
    if isinstance(value, dict):
        return {key: dtype if key == "dtype" and _of_floats(inner) else _recast(inner, dtype) for key, inner in value.items()}
    return [_recast(inner, dtype) for inner in value] if isinstance(value, list) else value


def _of_floats(dtype: Any) -> bool:
    return isinstance(dtype, str) and dtype.removeprefix("mixed_") in FLOATS
