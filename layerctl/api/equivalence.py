"""`equivalence`, as `compare --equivalence` and Python users call it."""

from __future__ import annotations

import os
from dataclasses import replace

from layerctl.compiler.memory import enough, running
from layerctl.compiler.variants import Variant, read
from layerctl.report.results.equivalence import Direction, Equivalence
from layerctl.rewrite.matching import LayerMatch, match_layers
from layerctl.rewrite.steps import Unlike

UNEXPLAINED = "the outputs differ by more than rounding explains, although the structure says otherwise"


def equivalence(a: str | os.PathLike[str] | Variant, b: str | os.PathLike[str] | Variant) -> Equivalence:
    """Says whether two specs are the same function for some weights, and proves it by moving weights and comparing outputs.

    Two specs are if they consist of the same steps. A Dense on flattened values is the same step as a convolution over the full
    window, a Dense on the last axis as a 1×1 convolution, a separable convolution as a depthwise and a 1×1 one; any convolution
    can become a Dense with a sparse, tied matrix, but not the other way round.

    Raises:
        SpecError: a spec has errors, or its model does not fit in memory.
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
    with enough(running(source.compiled, "the comparison of outputs", copies=2, beside=target.compiled)):
        from layerctl.runtime.conversion.equivalence import certify

        proof = certify(source.compiled, target.compiled, matches)
    answer = Equivalence(first.text, second.text, "yes", direction, tuple(matches), proof=proof)
    return answer if proof.holds else replace(answer, equivalent="unknown", reason=UNEXPLAINED)


def _matches(a: Variant, b: Variant) -> list[LayerMatch] | Unlike:
    """How weights of `a` become weights of `b`, or why no way is known."""
    try:
        return match_layers(a.compiled, b.compiled)
    except Unlike as unlike:
        return unlike
