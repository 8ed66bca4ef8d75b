"""Dense as Conv2D and back, as a plain function: what the command `convert` and Python users call."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from layerctl.analysis.costs import summarize
from layerctl.base.files import replacing, write_whole
from layerctl.compiler.accepted import SpecLike
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.compiler.subjects import Subject, subject
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.graph.graph import uses
from layerctl.language.resolved import dumped, resolved_data
from layerctl.rewrite.as_conv2d import as_conv2d
from layerctl.rewrite.as_dense import MAX_WEIGHTS, as_dense
from layerctl.rewrite.rewrite import CannotConvert, Rewritten

if TYPE_CHECKING:
    from layerctl.runtime.conversion.convert import Difference

Target = Literal["conv2d", "dense"]
HEADER = "# Written by `layerctl convert`: "
RANDOM = 32
"""Random samples, and samples of the data, that both models are given; fewer of a large model."""
MACS = 4_000_000_000


class Conversion(NamedTuple):
    """A rewritten spec, and the proof that it is the same function.

    Attributes:
        record: the certificate, as `--format json` prints it.
        spec: the text of the new spec.
    """

    record: dict[str, Any]
    spec: str

    @property
    def equivalent(self) -> bool:
        return bool(self.record["equivalent"])


def convert(
    spec: SpecLike,
    to: Target,
    output: str | os.PathLike[str] | None = None,
    *,
    data: str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    seed: int = 0,
    any_size: bool = False,
    max_weights: int = MAX_WEIGHTS,
    allow_custom_code: bool = False,
    overrides: Iterable[str] = (),
) -> Conversion:
    """Rewrites Dense as Conv2D or Conv2D as Dense, moves the weights, and holds the outputs against each other.

    Args:
        spec: a spec, whose weights are fresh, or a run.
        to: `conv2d`: each Dense becomes a Conv2D; `dense`: each convolution a Dense with the equivalent matrix.
        output: `.yaml` for the new spec, `.keras` for the model with its weights; of a run both are written. Nothing is, where
            the two are not equivalent.
        data: a dataset that is tried beside random inputs; without it that of the spec, where it comes with layerctl.
        data_dir: where files of named sets are looked for first.
        seed: of fresh weights and random inputs.
        any_size: with `conv2d`: the new model takes images of any size.
        max_weights: with `dense`: values that a matrix may have.
        allow_custom_code: whether the classes of custom layers may be imported.
        overrides: `KEY=VALUE` texts, as for `--set`.

    Raises:
        SpecError: the spec has errors, or cannot be converted.
        UsageError: the run or the place of the output is wrong.
        MissingPackage: Keras is not installed.
    """
    if any_size and to != "conv2d":
        raise UsageError("a Dense takes inputs of one size", "leave out `--any-size`")
    given = subject(spec, overrides=overrides)
    given = given._replace(compiled=permitted(given.compiled, allow_custom_code=allow_custom_code))
    from layerctl.runtime.models.verified import completed

    given = given._replace(compiled=completed(given.compiled))
    files = _files(output, given)
    old = _data(given.compiled)
    found, compiled = _rewritten(given.compiled, old, to, any_size, max_weights)
    try:
        differences, model, notes = _proved(given, (old, found, compiled), data, data_dir, seed)
    except MemoryError as error:
        raise UsageError("the models do not fit in memory", "leave out `--max-weights`, or take smaller inputs") from error
    what = "Dense as Conv2D" if to == "conv2d" else "convolutions as Dense"
    text = f"{HEADER}{Path(given.compiled.path).name} with {what}.\n{dumped(found.spec)}"
    from layerctl.runtime.training.record import finite

    record: dict[str, Any] = finite(_record(given, found.spec, old["inputs"], differences, [*found.notes, *notes]))
    if record["equivalent"] and files is not None:
        record["output"] = os.fspath(output) if output is not None else None
        record["files"] = _write(files, text, model, compiled)
    return Conversion(record, text)


def _data(compiled: Accepted) -> dict[str, Any]:
    return resolved_data(compiled.model, compiled.document)


def _rewritten(
    compiled: Accepted, spec: dict[str, Any], to: Target, any_size: bool, max_weights: int
) -> tuple[Rewritten, Accepted]:
    if to == "conv2d":
        found = as_conv2d(compiled.model, spec, any_size=any_size)
    else:
        found = as_dense(compiled.model, spec, max_weights=max_weights)
    new = compile_text(dumped(found.spec), "<converted>")
    if not new.ok and any_size:
        message = f"with images of any size the new spec has a mistake: {new.diagnostics[0].message}"
        first = compiled.model.graph.nodes[0].place
        raise SpecError((Diagnostic(CannotConvert, first, message, "", "leave out `--any-size`"),))
    return found, new.accepted()._replace(custom_code=compiled.custom_code)


def _proved(
    given: Subject, rewritten: tuple[dict[str, Any], Rewritten, Accepted], data: str | None, data_dir: Any, seed: int
) -> tuple[list[Difference], Any, list[str]]:
    """The differences, and the new model with its weights."""
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runtime.conversion.convert import certify, load, masked, moved, on_processor, weights_of
    from layerctl.runtime.flow.samples import random
    from layerctl.runtime.flow.subjects import made
    from layerctl.runtime.models.build import built

    old, found, compiled = rewritten
    typed = given.compiled.model
    with on_processor():
        model, _ = made(given, seed=seed)
        weights = weights_of(typed, model)
        lost = next(masked(typed, model, found.moves.values()), None)
        new = moved(weights, found.moves.items())
        count = max(2, min(RANDOM, MACS // (1 + sum(node.macs or 0 for node in typed.nodes))))
        inputs, notes = _real(given.compiled, data, data_dir, count, seed)
        try:
            inputs = {"random": random(typed, count, seed)} | inputs
        except UsageError:  # an input takes text
            if not inputs:
                raise
        differences, untried = certify((old, weights), (found.spec, new), inputs, given.compiled)
        if lost is not None and not all(difference.within for difference in differences):
            message = (
                f"`{lost.name}` is given a mask and hands it on; what it would become does not, and a layer behind it heeds it"
            )
            help = "leave out `mask_zero` or Masking, or convert a spec without a layer that heeds the mask"
            raise SpecError((Diagnostic(CannotConvert, lost.place, message, "", help, uses(lost.frames)),))
        model, compiled = built(compiled, seed=seed)
        load(compiled.model, model, new)
    return differences, model, [*notes, *untried]


def _real(compiled: Accepted, data: str | None, data_dir: Any, count: int, seed: int) -> tuple[dict[str, Any], list[str]]:
    """Samples of the data that were asked for, or of the spec's own where no network is needed for them."""
    from layerctl.catalog import datasets
    from layerctl.compiler.trainable import trainable, with_data
    from layerctl.runtime.flow.samples import real

    if data is not None:
        given = with_data(compiled, data)
        return {data: real(given, trainable(given), count, data_dir=data_dir, seed=seed)[0]}, []
    train = compiled.document.train
    name = (train.data.name or train.data.path) if train is not None and train.data is not None else None
    facts = datasets.find(name) if name is not None else None
    if name is None or (facts is not None and not facts.shipped):
        return {}, ["tried on random inputs alone; `--data NAME` tries real ones too"]
    try:
        return {name: real(compiled, trainable(compiled), count, data_dir=data_dir, seed=seed)[0]}, []
    except SpecError as error:
        return {}, [f"tried on random inputs alone: {error.diagnostics[0].message}"]


def _record(
    given: Subject, spec: dict[str, Any], inputs: dict[str, Any], differences: list[Difference], notes: list[str]
) -> dict[str, Any]:
    """The certificate."""
    narrow = [found for found in differences if found.dtype == "float32"] or differences
    worst = max(narrow, key=lambda found: (not found.within, found.max))
    return {
        "version": 1,
        "equivalent": all(found.within for found in differences),
        "max_abs_difference": worst.max,
        "mean_abs_difference": worst.mean,
        "bound": worst.bound,
        "from": _figures(given.compiled),
        "to": _figures(compile_text(dumped(spec | {"inputs": inputs})).accepted()),  # at the same size, where any will do
        "output": None,
        "files": [],
        "weights": "of the run" if given.weights else "fresh",
        "differences": [{**found._asdict(), "within": found.within} for found in differences],
        "notes": notes,
    }


def _figures(compiled: Accepted) -> dict[str, Any]:
    summary = summarize(compiled.model)
    return {"model": summary.model, "params": summary.totals.params, "macs": summary.totals.macs}


def _files(output: str | os.PathLike[str] | None, given: Subject) -> list[Path] | None:
    """What is to be written; a file that is in the way and was not named, or is somebody's own spec, stays.

    Raises:
        UsageError: another suffix, no such directory, or a file in the way.
    """
    if output is None:
        return None
    path = Path(output)
    if path.suffix not in (".yaml", ".yml", ".keras"):
        raise UsageError(f"cannot write {path}: the suffix is `.yaml` for the spec, or `.keras` for the model")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no directory {path.parent}", f"create it: mkdir -p {path.parent}")
    other = path.with_suffix(".yaml" if path.suffix == ".keras" else ".keras")
    files = [path, other] if given.weights else [path]
    mine = any(_ours(file) for file in (path, other))
    for file in files:
        if file.exists() and not _ours(file) and (file.suffix != ".keras" or (file != path and not mine)):
            raise UsageError(f"{file} is already there, and `convert` did not write it", "name another file with `-o`")
    return files


def _ours(file: Path) -> bool:
    """Whether an earlier call wrote this spec."""
    try:
        return file.suffix != ".keras" and file.read_text(encoding="utf-8", errors="replace").startswith(HEADER)
    except OSError:
        return False


def _write(files: list[Path], text: str, model: Any, compiled: Accepted) -> list[str]:
    from layerctl.runtime.models.custom import blamed

    for file in files:
        try:
            if file.suffix == ".keras":
                with blamed(compiled), replacing(file) as temporary:
                    model.save(temporary)
            else:
                write_whole(file, text)
        except OSError as error:
            raise UsageError(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from error
    return [file.as_posix() for file in files]
