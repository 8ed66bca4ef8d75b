"""`equivalence`, as `compare --equivalence` and Python users call it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from layerctl.base.shapes import Shape, prod, text
from layerctl.compiler.memory import enough, running
from layerctl.compiler.permission import own_layers
from layerctl.compiler.variants import Variant, read
from layerctl.report.results.equivalence import LISTED, Direction, Equivalence, Witness
from layerctl.rewrite.interface import Different, Interface, interface
from layerctl.rewrite.layer_match import LayerMatch
from layerctl.rewrite.matching import match_layers
from layerctl.rewrite.step import Unlike

UNEXPLAINED = "the outputs differ by more than rounding explains, although the structure says otherwise"
BEYOND = "rounding alone changes the outputs beyond recognition, so that running both proves nothing"


def equivalence(a: str | os.PathLike[str] | Variant, b: str | os.PathLike[str] | Variant) -> Equivalence:
    """Says whether two specs are the same function for some weights: yes with a proof, no with a witness, or unknown.

    Two specs are the same function if they consist of the same steps. A Dense on flattened values is the same step as a
    convolution over the full window, a Dense on the last axis as a 1×1 convolution, a separable convolution as a depthwise and a
    1×1 one, a grouped one as a depthwise one; zeros around a window belong to its padding, a normalization by fixed factors to
    the product beside it, and sums may be in any order. Any convolution can become a Dense with a sparse, tied matrix, but not
    the other way round.

    Raises:
        SpecError: a spec has errors, or its model does not fit in memory.
        MissingPackage: Keras is not installed.
    """
    first, second = (one if isinstance(one, Variant) else read(os.fspath(one)) for one in (a, b))
    unknown = Equivalence(first.text, second.text, "unknown")
    try:
        pairing = interface(first.compiled.model, second.compiled.model)
    except Different as different:
        return replace(unknown, equivalent="no", reason=str(different), witness=_refused(first, second, different))
    except Unlike as unlike:
        return replace(unknown, reason=str(unlike))
    there, back = _matches(first, second, pairing), _matches(second, first, pairing.reversed)
    direction: Direction
    if not isinstance(there, Unlike):
        sides, matches = (first, second, pairing), there
        direction = "a_to_b" if isinstance(back, Unlike) else "both"
    elif not isinstance(back, Unlike):
        sides, matches, direction = (second, first, pairing.reversed), back, "b_to_a"
    else:
        return _different(replace(unknown, reason=str(there)), first, second, pairing)
    source, target, order = sides
    with enough(running(source.compiled, "the comparison of outputs", copies=2, beside=target.compiled)):
        from layerctl.runtime.conversion.casting import CannotRun
        from layerctl.runtime.conversion.equivalence import certify

        try:
            proof = certify(source.compiled, target.compiled, matches, order)
        except CannotRun as error:
            return replace(unknown, reason=f"the models do not run on this processor: {error}")
    answer = replace(unknown, direction=direction, matches=tuple(matches), proof=proof)
    if proof.holds:
        return replace(answer, equivalent="yes")
    return replace(answer, reason=BEYOND if proof.holds is None else UNEXPLAINED)


def _matches(a: Variant, b: Variant, pairing: Interface) -> list[LayerMatch] | Unlike:
    """How weights of `a` become weights of `b`, or why no way is known."""
    try:
        return match_layers(a.compiled, b.compiled, pairing).layers
    except Unlike as unlike:
        return unlike


def _refused(a: Variant, b: Variant, different: Different) -> Witness:
    """An input that one of the two does not take, or for which their outputs are of different sizes."""
    inputs = a.compiled.model.graph.inputs
    listed = all((prod(node.shape[1:]) or 0) <= LISTED for node in inputs)
    sample = {
        node.name: _zeros(node.shape[1:]) if listed else f"zeros in the shape {text(node.shape[1:], batch=False)}"
        for node in inputs
    }
    first, second = (", ".join(f"{count:,}" for count in part) for part in different.sizes)
    if different.what == "inputs":
        names = ", ".join(f"`{node.name}`" for node in inputs)
        return Witness(sample, f"zeros, {first} of them for {names}: {a.text} takes these, {b.text} takes {second}", weights={})
    says = f"for zeros, with any weights, {a.text} gives {first} values and {b.text} gives {second}"
    return Witness(sample, says, weights={})


def _zeros(shape: Shape) -> Any:
    """Zeros in that shape, as nested lists."""
    return [_zeros(shape[1:])] * (shape[0] or 1) if shape else 0.0


def _different(answer: Equivalence, a: Variant, b: Variant, pairing: Interface) -> Equivalence:
    """The answer `no` if the two surely differ, by steps that no weights make alike, and an input shows it."""
    specs = a.compiled, b.compiled
    weightless = all(node.weights == () for one in specs for node in one.model.nodes)
    if weightless and not any(any(own_layers(one)) for one in specs):
        matches, reason = [], "they have no weights, and differ"
    else:
        try:
            matched = match_layers(a.compiled, b.compiled, pairing, certain=True)
        except Unlike:
            return answer
        matches, reason = matched.layers, "; ".join(matched.unlike)
    if not reason:
        return answer
    with enough(running(a.compiled, "the comparison of outputs", copies=2, beside=b.compiled)):
        from layerctl.runtime.conversion.casting import CannotRun
        from layerctl.runtime.conversion.equivalence import witness

        try:
            found = witness(a.compiled, b.compiled, matches, pairing, (a.text, b.text))
        except CannotRun:
            return answer
    return answer if found is None else replace(answer, equivalent="no", reason=reason, witness=found)
