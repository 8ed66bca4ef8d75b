"""The proof that two specs are the same function: weights are moved from one to the other, and both run on the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layerctl.compiler.pipeline import Accepted
from layerctl.language.resolved import resolved_data
from layerctl.report.results.conversion import Proof
from layerctl.rewrite.matching import LayerMatch
from layerctl.runtime.conversion.convert import Weighted, compare_outputs, on_processor
from layerctl.runtime.conversion.weights import moved, weights_of
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.samples import random
from layerctl.runtime.models.build import build_model

SAMPLES = 64
SPREAD = 0.05
"""The standard deviation of what `scatter` adds."""


def certify(a: Accepted, b: Accepted, matches: Sequence[LayerMatch], seed: int = 0) -> Proof:
    """How far apart the outputs are, in each dtype, on random inputs and with random weights of `a` moved to `b`."""
    old, new = (resolved_data(spec.model, spec.document) for spec in (a, b))
    with on_processor():
        model = build_model(a, seed=seed)
        scatter(model, seed)
        weights = weights_of(a.model, model)
        new_weights = moved(weights, [(match.to, match.move) for match in matches])
        inputs = {"random": random(a.model, SAMPLES, seed)}
        return compare_outputs(Weighted(old, weights), Weighted(new, new_weights), inputs, a)


def scatter(model: Any, seed: int) -> None:
    """Adds a random positive number to each weight, so that none is 0 or 1, and variances stay positive."""
    generator = np.random.default_rng(seed)
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(array(variable) + SPREAD * np.abs(generator.standard_normal(variable.shape)))
