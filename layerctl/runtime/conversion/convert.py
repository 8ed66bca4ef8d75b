"""The proof that a rewritten model is the same function: both models run on the same inputs, in each dtype."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from layerctl.base.shapes import prod
from layerctl.catalog import datasets
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import Subject
from layerctl.compiler.trainable import with_data
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.graph import Op, uses
from layerctl.graph.typed import TypedGraph
from layerctl.report.results.conversion import Proof
from layerctl.rewrite._codes import CannotConvert
from layerctl.rewrite.interface import Interface
from layerctl.rewrite.moves import given_masks
from layerctl.rewrite.rewrite import Rewritten
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion.casting import CannotRun, running
from layerctl.runtime.conversion.comparing import Weighted, compare_outputs, on_processor
from layerctl.runtime.conversion.inputs import affordable, tried
from layerctl.runtime.conversion.outputs import names
from layerctl.runtime.conversion.weights import drawn, load, moved, weights_of
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.samples import real
from layerctl.runtime.models.build import built, model_of

MOST_DRAWN = 30_000_000
"""If the new model has at most so many weights, both models also get random ones."""


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
        SpecError: the data do not fit, a custom layer fails, the model does not run, or a layer needs a mask that a converted
            layer does not pass on.
    """
    typed = named.compiled.model
    with on_processor(), _blaming(typed):
        model, _ = model_of(named, seed=seed)
        weights = {"own": weights_of(typed, model)}
        if sum(prod(weight.shape) or 0 for node in compiled.model.nodes for weight in node.weights or ()) <= MOST_DRAWN:
            weights["random"] = drawn(weights["own"], seed)
        replaced = {move.source for move in rewritten.moves.values() if move.how != "same"}
        lost = next((op for name, op in given_masks(typed) if name in replaced), None)
        new = {kind: moved(values, rewritten.moves.items()) for kind, values in weights.items()}
        count = affordable(typed)
        real_ones, notes = _real_inputs(named.compiled, data, data_dir, count, seed)
        pairing = Interface(tuple(range(len(typed.graph.inputs))), tuple(range(len(names(typed)))))
        found = compare_outputs(
            Weighted(old, weights), Weighted(rewritten.spec, new), pairing, tried(typed, count, seed) | real_ones, named.compiled
        )
        if lost is not None and found.proof.holds is False:
            message = (
                f"`{lost.name}` is given a mask and hands it on; what it would become does not, and a layer behind it heeds it"
            )
            help = "leave out `mask_zero` or Masking, or convert a spec without a layer that heeds the mask"
            raise SpecError((Diagnostic(CannotConvert, lost.place, message, "", help, uses(lost.frames)),))
        model, compiled = built(compiled, seed=seed)
        load(compiled.model, model, new["own"])
    return found.proof._replace(notes=(*rewritten.notes, *notes, *found.notes)), model


@contextmanager
def _blaming(typed: TypedGraph) -> Iterator[None]:
    """Reports a model that the back end cannot run where its first layer stands.

    Raises:
        SpecError: it cannot.
    """
    try:
        with running():
            yield
    except CannotRun as error:
        node = next((node for node in typed.graph.nodes if isinstance(node, Op)), typed.graph.nodes[0])
        message = f"{backend.keras().config.backend()} cannot run this model on the processor: {error}"
        help = "nothing can be proven of a model that does not run here; try another back end, or `layerctl build`"
        raise SpecError((Diagnostic(CannotConvert, node.place, message, "", help),)) from error


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
