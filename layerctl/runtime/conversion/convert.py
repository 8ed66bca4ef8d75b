"""The proof that a rewritten model is the same function: both models run on the same inputs, in each dtype."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from layerctl.catalog import datasets
from layerctl.catalog.layers._base import FLOATS
from layerctl.catalog.layers._custom import customs
from layerctl.codegen.plan import plan
from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.compiler.subjects import Subject
from layerctl.compiler.trainable import with_data
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.graph.graph import uses
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import dumped
from layerctl.report.results.conversion import Difference, Proof
from layerctl.rewrite._codes import CannotConvert
from layerctl.rewrite.rewrite import Rewritten
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion.rounding import expected
from layerctl.runtime.conversion.weights import NARROW, WIDE, Weights, load, masked, moved, unimplemented, weights_of
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.samples import random, real, tensors
from layerctl.runtime.flow.walk import Called, nested, run
from layerctl.runtime.models.build import built, model_of
from layerctl.runtime.models.custom import blamed, refused

RANDOM = 32
"""How many random samples, and how many samples of the data, both models run on; fewer for a large model."""
MACS = 4_000_000_000
"""The most multiply-accumulates for all samples together."""


@contextmanager
def on_processor() -> Iterator[None]:
    """Computes on the processor, where arithmetic has all digits of a dtype; accelerators may multiply with fewer."""
    with backend.on("cpu:0"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* was passed an input with a mask attached")  # its effect is measured
        yield


def prove(
    named: Subject,
    old: dict[str, Any],
    rewritten: Rewritten,
    compiled: Accepted,
    *,
    data: str | None,
    data_dir: str | os.PathLike[str] | None,
    seed: int,
) -> tuple[Proof, Any]:
    """Moves the weights of a model into its rewritten one, and compares the outputs of both.

    Args:
        named: a spec, or a run with its weights.
        old: its expanded spec.
        rewritten: the new spec, and where its weights come from.
        compiled: the new spec, compiled.
        data: a dataset that is tried beside random inputs; by default the spec's, if it comes with layerctl.
        data_dir: where files of named sets are looked for first.
        seed: of fresh weights and random inputs.

    Returns:
        The proof, and the new model with its weights.

    Raises:
        SpecError: the data do not fit, a custom layer fails, or a layer needs a mask that a converted layer does not pass on.
        UsageError: an input takes text, and there are no data.
    """
    typed = named.compiled.model
    with on_processor():
        model, _ = model_of(named, seed=seed)
        weights = weights_of(typed, model)
        lost = next(masked(typed, model, rewritten.moves.values()), None)
        new = moved(weights, rewritten.moves.items())
        count = max(2, min(RANDOM, MACS // (1 + sum(node.macs or 0 for node in typed.nodes))))
        inputs, notes = _real_inputs(named.compiled, data, data_dir, count, seed)
        try:
            inputs = {"random": random(typed, count, seed)} | inputs
        except UsageError:  # an input takes text
            if not inputs:
                raise
        proof = compare_outputs(Weighted(old, weights), Weighted(rewritten.spec, new), inputs, named.compiled)
        if lost is not None and not proof.holds:
            message = (
                f"`{lost.name}` is given a mask and hands it on; what it would become does not, and a layer behind it heeds it"
            )
            help = "leave out `mask_zero` or Masking, or convert a spec without a layer that heeds the mask"
            raise SpecError((Diagnostic(CannotConvert, lost.place, message, "", help, uses(lost.frames)),))
        model, compiled = built(compiled, seed=seed)
        load(compiled.model, model, new)
    return Proof(proof.differences, (*rewritten.notes, *notes, *proof.notes)), model


def _real_inputs(
    compiled: Accepted, data: str | None, data_dir: str | os.PathLike[str] | None, count: int, seed: int
) -> tuple[dict[str, list[Array]], list[str]]:
    """Samples of these data, or of the spec's data if they need no download; and notes."""
    if data is not None:
        return {data: real(with_data(compiled, data), count, data_dir=data_dir, seed=seed)[0]}, []
    train = compiled.document.train
    name = (train.data.name or train.data.path) if train is not None and train.data is not None else None
    facts = datasets.find(name) if name is not None else None
    if name is None or (facts is not None and not facts.shipped):
        return {}, ["tried on random inputs alone; `--data NAME` tries real ones too"]
    try:
        return {name: real(compiled, count, data_dir=data_dir, seed=seed)[0]}, []
    except SpecError as error:
        return {}, [f"tried on random inputs alone: {error.diagnostics[0].message}"]


class Weighted(NamedTuple):
    """An expanded spec, and the weights of its model."""

    spec: dict[str, Any]
    weights: Weights


def compare_outputs(old: Weighted, new: Weighted, inputs: Mapping[str, list[Array]], blame: Accepted) -> Proof:
    """Runs both models on the same inputs, in each dtype, and notes the dtypes in which they do not run.

    Args:
        old: the model before.
        new: the model that should be the same function.
        inputs: by name of the kind, an array for each input of the model.
        blame: the spec as its author wrote it, in which errors of custom layers are reported.

    Raises:
        SpecError: the models do not run in float32.
    """
    bounds: dict[str, float] = {}
    differences: list[Difference] = []
    notes = []
    for dtype in reversed(backend.particular().FLOATS):  # the bound is computed in the wider one
        try:
            with blamed(blame):
                models = tuple(_in(dtype, one, blame.custom_code) for one in (old, new))
                differences += _differences(dtype, models, inputs, bounds)
        except SpecError as error:
            if dtype == NARROW:
                raise
            notes.append(f"not tried in {dtype}: {error.diagnostics[0].message}")
        except Exception as error:
            if dtype == NARROW or not unimplemented(error):
                raise
            notes.append(f"not tried in {dtype}: {backend.keras().config.backend()} has no such convolution on the processor")
    return Proof(tuple(sorted(differences, key=lambda difference: difference.dtype)), tuple(notes))


def _differences(
    dtype: str,
    models: Sequence[tuple[Accepted, Any]],
    inputs: Mapping[str, list[Array]],
    bounds: dict[str, float],
) -> Iterator[Difference]:
    """The differences of two models, each with its spec, for each kind of input; adds to `bounds` what is missing."""
    (first, one), (second, other) = models
    for name, arrays in inputs.items():
        x = tensors(first.model, arrays)
        if dtype == WIDE:
            _refuse_narrow(first, one, x)
        if name not in bounds:
            bounds[name] = expected(plan(first.model), one, x, dtype)
        outputs = [_outputs(one, x), _outputs(other, tensors(second.model, _fitted(second.model, arrays)))]
        apart = np.concatenate([np.abs(a.ravel() - b.ravel()) for a, b in zip(*outputs, strict=True)])
        bound = bounds[name] * float(np.finfo(dtype).eps)
        yield Difference(name, dtype, len(arrays[0]), float(apart.max()), float(apart.mean()), bound)


def _refuse_narrow(compiled: Accepted, model: Any, inputs: list[Any]) -> None:
    """Checks that custom layers compute in float64, by whether a relative change of 1e-12 of the input changes the output.

    Raises:
        SpecError: a custom layer does not.
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


def _in(dtype: str, weighted: Weighted, custom_code: bool) -> tuple[Accepted, Any]:
    """A model in a dtype, with its weights.

    Raises:
        SpecError: a layer cannot compute in that dtype.
    """
    compiled = compile_text(dumped(recast(weighted.spec, dtype))).accepted()._replace(custom_code=custom_code)
    model, compiled = built(compiled, seed=0)
    load(compiled.model, model, weighted.weights)
    return compiled, model


def recast(spec: dict[str, Any], dtype: str) -> dict[str, Any]:
    """An expanded spec that computes in another dtype throughout."""
    changed: dict[str, Any] = _recast({key: value for key, value in spec.items() if key != "train"}, dtype)
    for parts in (changed, *changed.get("models", {}).values()):
        named = parts["inputs"].items()
        parts["inputs"] = {name: {"shape": one, "dtype": dtype} if isinstance(one, list) else one for name, one in named}
    return changed | {"dtype": dtype}


def _recast(value: Any, dtype: str) -> Any:
    """Part of a spec, with each `dtype` of floats replaced."""
    if isinstance(value, dict):
        recast = {key: _recast(inner, dtype) for key, inner in value.items()}
        of_floats = str(value.get("dtype")).removeprefix("mixed_") in FLOATS
        return recast | ({"dtype": dtype} if of_floats else {})
    return [_recast(inner, dtype) for inner in value] if isinstance(value, list) else value
