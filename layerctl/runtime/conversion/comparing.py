"""Runs two models on the same inputs, and holds every output value against the bound that rounding sets for it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from layerctl.catalog.layers._custom import customs
from layerctl.codegen.plan import plan
from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.typed import TypedGraph
from layerctl.report.results.conversion import Difference, Proof
from layerctl.rewrite.interface import Interface
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion.casting import CannotRun, Runnable, in_dtype, own_dtype, running
from layerctl.runtime.conversion.outputs import names, outputs
from layerctl.runtime.conversion.rounding import bounds, changes
from layerctl.runtime.conversion.weights import WIDE, Weights, load
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.samples import tensors
from layerctl.runtime.flow.walk import Called, nested, run
from layerctl.runtime.models.custom import blamed, refused


@contextmanager
def on_processor() -> Iterator[None]:
    """Computes on the processor, where arithmetic has all digits of a dtype; accelerators may multiply with fewer."""
    with backend.on("cpu:0"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* was passed an input with a mask attached")  # its effect is measured
        yield


class Weighted(NamedTuple):
    """An expanded spec, and the weights that its model gets, by kind: its `own`, `random` ones, or both."""

    spec: dict[str, Any]
    weights: Mapping[Any, Weights]


class Seen(NamedTuple):
    """What was seen of one output: its difference, and where and what the values are that differ the most.

    Attributes:
        difference: the figures.
        sample: the number of the sample.
        at: the place of the value in the sample's output.
        values: of the first and the second model.
        scale: the largest value of that output and sample.
    """

    difference: Difference
    sample: int
    at: tuple[int, ...]
    values: tuple[float, float]
    scale: float


class Comparison(NamedTuple):
    """What was seen of each output, for each dtype and kind of inputs and weights; and what could not be tried."""

    seen: tuple[Seen, ...]
    notes: tuple[str, ...]

    @property
    def proof(self) -> Proof:
        return Proof(tuple(one.difference for one in self.seen), self.notes)


def compare_outputs(
    old: Weighted, new: Weighted, pairing: Interface, inputs: Mapping[str, list[Array]], blame: Accepted
) -> Comparison:
    """Runs both models on the same inputs: as they are, and in float64, and notes where that is not to be had.

    Random weights are tried in the dtype with the most digits alone.

    Args:
        old: the model before.
        new: the model that should be the same function.
        pairing: which of their inputs and outputs belong together.
        inputs: by name of the kind, an array for each input of the first model.
        blame: the spec as its author wrote it, in which errors of custom layers are reported.

    Raises:
        SpecError: a custom layer fails.
        CannotRun: the back end does not run the models as they are.
    """
    seen: list[Seen] = []
    notes = []
    own, kinds = own_dtype(old.spec), list(old.weights)
    if own != WIDE and WIDE in backend.particular().FLOATS:
        try:
            with blamed(blame), running():
                seen += _compared(WIDE, WIDE, kinds, (old, new), pairing, inputs, blame)
            kinds = kinds[:1]
        except SpecError as error:
            notes.append(f"not tried in {WIDE}: {error.diagnostics[0].message}")
        except CannotRun:
            notes.append(f"not tried in {WIDE}: {backend.keras().config.backend()} has no such convolution on the processor")
    with blamed(blame), running():
        seen += _compared(None, own, kinds, (old, new), pairing, inputs, blame)
    return Comparison(tuple(sorted(seen, key=lambda one: one.difference.dtype == WIDE)), tuple(notes))


def _compared(
    dtype: str | None,
    name: str,
    kinds: Sequence[Any],
    sides: tuple[Weighted, Weighted],
    pairing: Interface,
    inputs: Mapping[str, list[Array]],
    blame: Accepted,
) -> list[Seen]:
    """What is seen in one dtype."""
    models = tuple(in_dtype(one.spec, dtype, blame.custom_code) for one in sides)
    seen: list[Seen] = []
    for weights in kinds:
        for (compiled, model), one in zip(models, sides, strict=True):
            load(compiled.model, model, one.weights[weights])
        for kind, arrays in inputs.items():
            try:
                seen += _seen(models, pairing, arrays, Difference("", kind, weights, name, len(arrays[0]), 0, 0, 0, 0, 0))
            except Exception:
                if kind != "unknown":
                    raise
    return seen


class Expected(NamedTuple):
    """The outputs of the first model, with the bound of each value; and the inputs as the second one takes them."""

    values: list[Array]
    bounds: list[Array]
    inputs: list[Any]


def expected(models: Sequence[Runnable], pairing: Interface, arrays: list[Array], dtype: str) -> Expected:
    """What the second of two models should give for these inputs."""
    (first, one), (second, other) = models
    x, y = tensors(first.model, arrays), tensors(second.model, _arranged(second.model, arrays, pairing.inputs))
    if dtype == WIDE:
        _refuse_narrow(first, one, x)
    values = outputs(first.model, one, x)
    changed = [*changes(plan(first.model), one, x, 0)]
    changed += (_paired(trial, pairing, values) for trial in changes(plan(second.model), other, y, 1))
    return Expected(values, bounds(values, changed, [dtype for _, dtype in names(first.model)]), y)


def given(second: Runnable, pairing: Interface, wanted: Expected) -> list[Array]:
    """The outputs of the second model, in the order and the shapes of the first one's."""
    return _paired(outputs(second.compiled.model, second.model, wanted.inputs), pairing, wanted.values)


def _paired(theirs: list[Array], pairing: Interface, values: list[Array]) -> list[Array]:
    return [theirs[at].reshape(mine.shape) for at, mine in zip(pairing.outputs, values, strict=True)]


def _seen(models: Sequence[Runnable], pairing: Interface, arrays: list[Array], row: Difference) -> Iterator[Seen]:
    """What is seen of each output on these inputs; `row` says what is compared."""
    wanted = expected(models, pairing, arrays, row.dtype)
    theirs = given(models[1], pairing, wanted)
    for (output, _), a, b, bound in zip(names(models[0].compiled.model), wanted.values, theirs, wanted.bounds, strict=True):
        yield judged(row._replace(output=output), a, b, bound)


def judged(row: Difference, a: Array, b: Array, bound: Array) -> Seen:
    """The figures of one output of both models; a NaN, and infinity, agrees with its like."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
        apart = np.where(np.isnan(apart), np.inf, apart)
        shares = np.where(apart == 0, 0.0, np.where(np.isinf(bound) & np.isfinite(apart), 0.0, apart / bound))
        missed = np.where(np.isfinite(a) & (a != 0), bound / np.abs(a), np.inf)
    worst = np.unravel_index(int(np.argmax(shares)), shares.shape)
    sizes = np.abs(a[worst[0]]) if a.ndim else np.abs(a)
    found = row._replace(
        max=float(apart.max()),
        mean=float(apart.mean()),
        bound=float(bound.max()),
        share=float(shares[worst]),
        missed=float(missed.min()),
    )
    place = tuple(map(int, worst))
    return Seen(found, place[0] if place else 0, place[1:], (float(a[worst]), float(b[worst])), float(sizes.max(initial=0)))


def _arranged(typed: TypedGraph, arrays: list[Array], order: Sequence[int]) -> list[Array]:
    """The inputs of the first model in the order, and in the shapes, of a second one."""
    own = dict(zip(order, arrays, strict=True))
    shapes = [node.shape[1:] for node in typed.graph.inputs]
    return [own[place] if None in shape else own[place].reshape(len(own[place]), *shape) for place, shape in enumerate(shapes)]


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
