"""`convert`, as the command and Python users call it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from layerctl.analysis.costs import summarize
from layerctl.base.files import replacing, write_whole
from layerctl.base.reading import head
from layerctl.compiler.accepted import SpecLike
from layerctl.compiler.memory import enough, running
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.compiler.subjects import Subject, subject
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError, check_output, writing
from layerctl.language.resolved import dumped, resolved_data
from layerctl.report.results.conversion import Conversion, ModelSize
from layerctl.rewrite._codes import CannotConvert
from layerctl.rewrite.as_conv2d import as_conv2d
from layerctl.rewrite.as_dense import MAX_WEIGHTS, as_dense
from layerctl.rewrite.rewrite import Rewritten

Target = Literal["conv2d", "dense"]
HEADER = "# Written by `layerctl convert`: "


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
    """Rewrites Dense as Conv2D or Conv2D as Dense, moves the weights, and compares the outputs.

    Args:
        spec: a spec with fresh weights, or a run.
        to: `conv2d`: each Dense becomes a Conv2D; `dense`: each convolution a Dense with the equivalent matrix.
        output: `.yaml` for the new spec, `.keras` for the model with its weights; of a run both are written. Nothing is written
            if the two models are not equivalent.
        data: a dataset that is tried beside random inputs; by default the spec's, if it comes with layerctl.
        data_dir: where files of named sets are looked for first.
        seed: of fresh weights and random inputs.
        any_size: with `conv2d`: the new model takes images of any size.
        max_weights: with `dense`: the most values of a matrix.
        allow_custom_code: whether the classes of custom layers may be imported.
        overrides: `KEY=VALUE` texts, as for `--set`.

    Raises:
        SpecError: the spec has errors, cannot be converted, or does not fit in memory.
        UsageError: the run or the place of the output is wrong.
        MissingPackage: Keras is not installed.
    """
    if any_size and to != "conv2d":
        raise UsageError("a Dense takes inputs of one size", "leave out `--any-size`")
    named = subject(spec, overrides=overrides)
    allowed = permitted(named.compiled, allow_custom_code=allow_custom_code)
    with enough(running(allowed, "the conversion", samples=2, copies=2)):
        from layerctl.runtime.models.verified import completed

        named = named._replace(compiled=completed(allowed))
    files = _files(output, named)
    old = resolved_data(named.compiled.model, named.compiled.document)
    rewritten, compiled = _rewritten(named.compiled, old, to, any_size, max_weights)
    with enough(running(allowed, "the conversion", samples=2, copies=2, beside=compiled)):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runtime.conversion.convert import prove

        proof, model = prove(named, old, rewritten, compiled, data=data, data_dir=data_dir, seed=seed)
    what = "Dense as Conv2D" if to == "conv2d" else "convolutions as Dense"
    same_size = compile_text(dumped(rewritten.spec | {"inputs": old["inputs"]})).accepted()  # also with `any_size`
    conversion = Conversion(
        spec=f"{HEADER}{Path(named.compiled.path).name} with {what}.\n{dumped(rewritten.spec)}",
        before=_size(named.compiled),
        after=_size(same_size),
        weights="of the run" if named.weights else "fresh",
        proof=proof,
    )
    if output is None or not conversion.equivalent:
        return conversion
    return replace(conversion, output=os.fspath(output), files=_write(files, conversion.spec, model, compiled))


def _rewritten(
    compiled: Accepted, spec: dict[str, Any], to: Target, any_size: bool, max_weights: int
) -> tuple[Rewritten, Accepted]:
    """The new spec, and its compiled form."""
    if to == "conv2d":
        rewritten = as_conv2d(compiled.model, spec, any_size=any_size)
    else:
        rewritten = as_dense(compiled.model, spec, max_weights=max_weights)
    new = compile_text(dumped(rewritten.spec), "<converted>")
    if not new.ok:
        how = "with images of any size" if any_size else f"with its layers as {to}"
        help = "leave out `--any-size`" if any_size else "convert a spec without the layer that this names"
        message = f"{how} the new spec has a mistake: {new.diagnostics[0].message}"
        raise SpecError((Diagnostic(CannotConvert, compiled.model.graph.nodes[0].place, message, "", help),))
    return rewritten, new.accepted()._replace(custom_code=compiled.custom_code)


def _size(compiled: Accepted) -> ModelSize:
    summary = summarize(compiled.model)
    return ModelSize(summary.model, summary.totals.params, summary.totals.macs)


def _files(output: str | os.PathLike[str] | None, named: Subject) -> list[Path]:
    """The files to write; a file that `convert` did not write is overwritten only if it is a `.keras` file named by `output`.

    Raises:
        UsageError: another suffix, no such directory, or a file in the way.
    """
    if output is None:
        return []
    path = Path(output)
    if path.suffix not in (".yaml", ".yml", ".keras"):
        raise UsageError(f"cannot write {path}: the suffix is `.yaml` for the spec, or `.keras` for the model")
    check_output(path)
    other = path.with_suffix(".yaml" if path.suffix == ".keras" else ".keras")
    files = [path, other] if named.weights else [path]
    ours = any(_ours(file) for file in (path, other))
    for file in files:
        if file.is_file() and not _ours(file) and (file.suffix != ".keras" or (file != path and not ours)):
            raise UsageError(f"{file} is already there, and `convert` did not write it", "name another file with `-o`")
    return files


def _ours(file: Path) -> bool:
    """Whether this is a spec that an earlier call wrote."""
    if file.suffix == ".keras" or not file.is_file():
        return False
    try:
        return head(file, len(HEADER.encode())) == HEADER.encode()
    except OSError:
        return False


def _write(files: list[Path], text: str, model: Any, compiled: Accepted) -> tuple[str, ...]:
    """Writes the new spec and the new model; gives the files' names."""
    from layerctl.runtime.models.custom import blamed

    with ExitStack() as complete:  # either both files are replaced or none
        for file in files:
            complete.enter_context(writing(file))
            temporary = complete.enter_context(replacing(file))
            if file.suffix == ".keras":
                with blamed(compiled):
                    model.save(temporary)
            else:
                write_whole(temporary, text)
    return tuple(file.as_posix() for file in files)
