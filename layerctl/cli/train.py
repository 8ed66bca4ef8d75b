"""`layerctl train`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from layerctl.base.json_text import pretty
from layerctl.cli._alone import standing_alone
from layerctl.cli._common import guarded, load, usage
from layerctl.cli._options import LARGEST_SEED, AllowCustomCode, DataDir, Debug, IncludeRoot, MaxLayers, Overrides, Spec
from layerctl.cli._streams import put_json, put_lines
from layerctl.compiler.configuration import settings as limits
from layerctl.diagnostics.errors import SpecError

if TYPE_CHECKING:
    from layerctl.api.train import Run
    from layerctl.runs.record import RunRecord

EXAMPLES = """
  layerctl train                          the project's spec, as its section `train` says
  layerctl train cnn --data mnist         on other data: digits, mnist, fashion_mnist, synthetic
  layerctl train wine --data wine.csv     a table, a directory of images, IDX files, texts, a .npz file
  layerctl train wine --set 'train.data={path: train.csv, validation: val.csv, test: test.csv}'
  layerctl train cnn --epochs 1 --limit 500       a quick try
  layerctl train cnn --set train.batch_size=256   any value of the spec
  layerctl train cnn --format json | jq .metrics  for programs
  layerctl train cnn --devices 2          on two GPUs of this machine
  layerctl train --resume                 go on with the latest run that was interrupted
  layerctl train --resume cnn-1 --epochs 20       go on with this one, to more epochs
"""
LATEST = ""
"""The value of `--resume` without a run."""


Command = standing_alone("--resume", LATEST, lambda word: not word.startswith("-"))


@guarded
def command(
    spec: Spec = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", metavar="NAME|PATH", help="Train on other data; the spec's options of `data` stay if they suit them."
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="How many times to go through the data.")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", min=1, help="Samples in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option("--learning-rate", help="The size of a step.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of weights, order and every draw.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many training and test samples.")] = None,
    data_dir: DataDir = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where run directories are made.")] = Path("runs"),
    name: Annotated[str | None, typer.Option("--name", help="Name the run; NAME-1, NAME-2, … are its directories.")] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="[RUN]", help="Go on with a run, by default the latest unfinished.", show_default=False),
    ] = None,
    devices: Annotated[
        str | None,
        typer.Option(
            "--devices",
            metavar="N|NAMES",
            help="Compute on so many devices, or on these: `2`, `gpu:0,gpu:1`, `cpu`. Several share each batch.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print the result.")] = "text",
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    allow_custom_code: AllowCustomCode = False,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Train a spec's model, and keep everything in a new run directory.

    Ctrl-C, SIGTERM or SIGHUP ends training after the current step; what is done is kept. A second one ends it at once.
    """
    line = shlex.join(["layerctl", *sys.argv[1:]])
    if resume is not None:
        fixed: dict[str, Any] = {"data": data, "batch-size": batch_size, "learning-rate": learning_rate, "seed": seed}
        fixed |= {"limit": limit, "data-dir": data_dir, "name": name, "devices": devices, "set": overrides or None}
        wrong = [option for option, value in fixed.items() if value is not None]
        resumption = _resumption(resume, spec, epochs, runs_dir, wrong, line, allow_custom_code=allow_custom_code)
        _watched(resumption, format)
        return
    from layerctl.api.train import train
    from layerctl.compiler.trainable import settings

    changes = settings({"data": data, "epochs": epochs, "batch_size": batch_size, "seed": seed})
    compiled = load(spec, [*(overrides or ()), *changes], limits(max_layers, include_root))
    training = partial(
        train,
        compiled,
        learning_rate=learning_rate,
        limit=limit,
        data_dir=data_dir,
        runs_dir=runs_dir,
        name=name,
        devices=devices,
        allow_custom_code=allow_custom_code,
        command=line,
    )
    _watched(training, format)


def _resumption(
    run: str, spec: str | None, epochs: int | None, runs_dir: Path, fixed: list[str], line: str, *, allow_custom_code: bool
) -> partial[Run]:
    """The call that resumes a run; refuses options that a run cannot change."""
    if fixed:
        option = f"--{fixed[0]}"
        usage(f"`{option}` cannot go with `--resume`: a run goes on as it began", f"leave out `{option}`, or train anew")
    from layerctl.api.train import resume
    from layerctl.runs.stored import find

    if run and spec is not None and not (stored := find(run, runs_dir)).is_of(spec):
        usage(f"{stored.path} is no run of `{spec}`", f"leave out `{spec}`, or name a run of it")
    return partial(
        resume, run or None, spec=spec, epochs=epochs, runs_dir=runs_dir, allow_custom_code=allow_custom_code, command=line
    )


def _watched(training: Callable[..., Run], format: str) -> None:
    """Trains with a display, and prints the result; with `--format json` also that of a failed training, before its error."""
    from layerctl.cli._progress import watcher

    listener = watcher()
    try:
        run = training(listener=listener)
    except SpecError:
        if format == "json" and listener.ended is not None:
            put_json(pretty(listener.ended.to_json()))
        raise
    _finish(run, format)


def _finish(run: Run, format: str) -> None:
    """Prints the result; after a signal, such as Ctrl-C, ends with its status."""
    if format == "json":
        put_json(pretty(run.record.to_json()))
    else:
        _show(run.record)
    if not run.finished:
        raise KeyboardInterrupt(f"go on with `layerctl train --resume {run.path}`")


def _show(record: RunRecord) -> None:
    from layerctl.report.runs import closing, metrics_table

    put_lines(lambda width, paint: [*(metrics_table(record, width, paint) if record.metrics else ()), closing(record)])
