"""Whether two specs are one function, as a plain function: what `compare --equivalence` and Python users call."""

from __future__ import annotations

import os

from layerctl.compiler.variants import Variant, read
from layerctl.report.results.equivalence import Direction, Equivalence
from layerctl.rewrite.matching import LayerMatch, match_layers
from layerctl.rewrite.steps import Unlike

UNEXPLAINED = "the outputs differ by more than rounding explains, although the structure says otherwise"


def equivalence(a: str | os.PathLike[str] | Variant, b: str | os.PathLike[str] | Variant) -> Equivalence:
    """Says whether two specs are the same function for some weights, and shows it.

    For each weights of the one there are weights of the other that give the same outputs where both take the same steps; a Dense
    on flattened values is a convolution over the full window, a Dense on the last axis is a 1×1 convolution, a separable one is a
    depthwise and a 1×1 one, and any convolution is a Dense with a sparse, tied matrix (not the other way round).

    Returns:
        The answer, the direction in which weights can be moved, which layers they go from and to, and the proof: the greatest
        difference of outputs, and the bound that rounding allows.

    Raises:
        SpecError: a spec has errors.
        MissingPackage: Keras is not installed.
    """
    first, second = (one if isinstance(one, Variant) else read(os.fspath(one)) for one in (a, b))
    there, back = _matches(first, second), _matches(second, first)
    direction: Direction
    if not isinstance(there, Unlike):
        source, target, matches = first, second, there
        direction = "a_to_b" if isinstance(back, Unlike) else "both"
    elif not isinstance(back, Unlike):
        source, target, matches, direction = second, first, back, "b_to_a"
    else:
        return Equivalence(first.text, second.text, "no" if there.proven else "unknown", reason=str(there))
    from layerctl.runtime.conversion.equivalence import certify

    proof = certify(source.compiled, target.compiled, matches)
    return Equivalence(
        first.text,
        second.text,
        "yes" if proof.holds else "unknown",
        direction,
        tuple(matches),
        None if proof.holds else UNEXPLAINED,
        proof,
    )


def _matches(a: Variant, b: Variant) -> list[LayerMatch] | Unlike:
    """How weights of `a` become weights of `b`, or why that is not known."""
    try:
        return match_layers(a.compiled, b.compiled)
    except Unlike as unlike:
        return unlike
