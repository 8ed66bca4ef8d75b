"""The proof that two specs are the same function, or that they are not: weights are moved, and both run on the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from layerctl.compiler.pipeline import Accepted
from layerctl.language.resolved import resolved_data
from layerctl.report.results.conversion import Proof
from layerctl.report.results.equivalence import LISTED, Values, Witness
from layerctl.rewrite.interface import Interface
from layerctl.rewrite.layer_match import LayerMatch
from layerctl.runtime.conversion.comparing import Comparison, Seen, Weighted, compare_outputs, on_processor
from layerctl.runtime.conversion.inputs import affordable, tried
from layerctl.runtime.conversion.weights import Weights, drawn, moved, weights_of
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.models.build import build_model

SPREAD = 0.05
"""The standard deviation of what `scatter` adds."""
APART = 1e-3
"""A difference shows that two functions are not the same if it is more than this share of the largest value of the output."""


def certify(a: Accepted, b: Accepted, matches: Sequence[LayerMatch], pairing: Interface, seed: int = 0) -> Proof:
    """How far apart the outputs are, in each dtype, with random weights of `a` moved to `b`.

    Raises:
        CannotRun: the back end does not run one of the models.
    """
    return _run(a, b, matches, pairing, seed).comparison.proof


def witness(
    a: Accepted, b: Accepted, matches: Sequence[LayerMatch], pairing: Interface, names: tuple[str, str], seed: int = 0
) -> Witness | None:
    """An input on which the two differ with random weights of `a` moved to `b`; None if none is found.

    Raises:
        CannotRun: the back end does not run one of the models.
    """
    weights, theirs, inputs, comparison = _run(a, b, matches, pairing, seed)
    found = [one for one in comparison.seen if not one.difference.within and _apart(one) > APART]
    if not found:
        return None
    one = max(found, key=_apart)
    sample = {
        node.name: _values(values[one.sample])
        for node, values in zip(a.model.graph.inputs, inputs[one.difference.inputs], strict=True)
    }
    first, second = one.values
    place = f" at {list(one.at)}" if one.at else ""
    says = f"{one.difference.output}{place} is {first:.6g} in {names[0]} and {second:.6g} in {names[1]}"
    few = sum(values.size for side in (weights, theirs) for arrays in side.values() for values in arrays) <= LISTED
    return Witness(sample, says, seed, _named(names, weights, theirs) if few else None, one.difference.output, one.at, one.values)


def scatter(model: Any, seed: int) -> None:
    """Adds a random positive number to each weight, so that none is 0 or 1, and variances stay positive."""
    generator = np.random.default_rng(seed)
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(array(variable) + SPREAD * np.abs(generator.standard_normal(variable.shape)))


class _Run(NamedTuple):
    """What two models were given, the weights of each and the inputs by kind; and what was seen."""

    weights: Weights
    theirs: Weights
    inputs: Mapping[str, list[Array]]
    comparison: Comparison


def _run(a: Accepted, b: Accepted, matches: Sequence[LayerMatch], pairing: Interface, seed: int) -> _Run:
    """Runs both models with random weights of the first, which are moved to the second."""
    with on_processor():
        weights = drawn(weights_of(a.model, build_model(a, seed=seed)), seed)
        theirs = moved(weights, [(match.to, match.move) for match in matches])
        inputs = tried(a.model, affordable(a.model), seed)
        old, new = (
            Weighted(resolved_data(spec.model, spec.document), {"random": values}) for spec, values in ((a, weights), (b, theirs))
        )
        return _Run(weights, theirs, inputs, compare_outputs(old, new, pairing, inputs, a))


def _apart(one: Seen) -> float:
    """A difference as a share of the largest value of the output."""
    a, b = one.values
    size = max(one.scale, abs(b)) if np.isfinite(b) else one.scale
    return float(abs(a - b) / size) if size and np.isfinite(a) and np.isfinite(b) else float(size != 0 and a != b)


def _named(names: tuple[str, str], weights: Weights, theirs: Weights) -> dict[str, Any]:
    """The weights of both specs; two specs of one name are told apart."""
    second = names[1] if names[0] != names[1] else f"{names[1]} (2)"
    return {names[0]: _listed(weights), second: _listed(theirs)}


def _listed(weights: Weights) -> dict[str, Values]:
    return {layer: [_values(one) for one in arrays] for layer, arrays in weights.items()}


def _values(values: Array) -> Values:
    found: Values = values.tolist() if values.size <= LISTED else values.ravel()[:LISTED].tolist()
    return found
