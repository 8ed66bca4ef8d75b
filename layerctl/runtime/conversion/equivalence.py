"""The certificate that two specs are one function: weights of the one moved to the other, and both asked the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layerctl.api.equivalence import Moved
from layerctl.compiler.variants import Variant
from layerctl.language.resolved import resolved_data
from layerctl.runtime.conversion.convert import certify as certified
from layerctl.runtime.conversion.convert import moved, on_processor, weights_of
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.samples import random
from layerctl.runtime.models.build import build_model

SAMPLES = 64
SPREAD = 0.05


def certify(a: Variant, b: Variant, moves: Sequence[Moved], seed: int = 0) -> dict[str, Any]:
    """How far apart the outputs are, in each dtype, on random inputs and with random weights."""
    typed = a.compiled.model
    specs = [resolved_data(one.compiled.model, one.compiled.document) for one in (a, b)]
    with on_processor():
        model = build_model(a.compiled, seed=seed)
        scatter(model, seed)
        weights = weights_of(typed, model)
        given = moved(weights, [(move.to, move.move) for move in moves])
        inputs = {"random": random(typed, SAMPLES, seed)}
        differences, notes = certified((specs[0], weights), (specs[1], given), inputs, a.compiled)
    found: dict[str, Any] = {"inputs": SAMPLES, "seed": seed, "dtypes": [one.dtype for one in differences], "notes": notes}
    for one in differences:
        figures = {"max_abs_difference": one.max, "mean_abs_difference": one.mean}
        found[one.dtype] = {**figures, "bound": one.bound, "within": one.within}
    return found


def scatter(model: Any, seed: int) -> None:
    """Adds something positive to every weight, so that none is 0 or 1 by its initializer, and variances stay what they are."""
    generator = np.random.default_rng(seed)
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(array(variable) + SPREAD * np.abs(generator.standard_normal(variable.shape)))
