"""Training into a run directory."""

from __future__ import annotations

import logging
import math
import os
import platform
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import layerctl
from layerctl.building import build
from layerctl.compiler import Compiled
from layerctl.emit.plan import model_name
from layerctl.emit.resolved import resolved
from layerctl.errors import SpecError
from layerctl.report.listener import Listener
from layerctl.runtime import backend, curves, tensorflow
from layerctl.runtime.data import load, preprocessing, split
from layerctl.runtime.data._types import samples
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.fit import Stop, compile_model, evaluate, fit, stop_on_interrupt, watched
from layerctl.runtime.rundir import RunDirectory
from layerctl.spec.train import Checkpoint, Train

LAST, BEST, MODEL, PREPROCESSING = "last.keras", "best.keras", "model.keras", "preprocessing.json"


class Options(NamedTuple):
    """What belongs to one run and not to its spec.

    Attributes:
        runs: the directory that run directories are made in.
        name: of the run; the model's by default.
        limit: at most so many training samples, and test samples.
        data_dir: where files of named sets are looked for first.
        command: the command line, for the record.
    """

    runs: str | os.PathLike[str] = "runs"
    name: str | None = None
    limit: int | None = None
    data_dir: str | os.PathLike[str] | None = None
    command: str | None = None


class _Run:
    """One training from its first file to its last."""

    def __init__(self, compiled: Compiled, train: Train, options: Options, listener: Listener) -> None:
        self.compiled = compiled
        self.train = train
        self.options = options
        self.listener = listener
        keras = backend.keras()
        keras.utils.set_random_seed(train.seed)
        want = wanted(compiled, train, data_dir=options.data_dir, seed=train.seed)
        data = load(want, limit=options.limit)
        self.data, self.validation = split(data, train.validation_split, train.seed, want, multiple=want.multiple)
        self.model = build(compiled, seed=train.seed)
        compile_model(self.model, compiled, train, self.data.train_samples)
        checkpoint = train.checkpoint or Checkpoint.model_construct(monitor="val_loss" if self.validation else "loss")
        self.monitor, self.mode = watched(compiled, train, checkpoint)
        self.directory = RunDirectory.claim(options.runs, options.name or model_name(_graph(compiled).name))
        self.events = tensorflow.EventFiles(self.directory.path / "tensorboard")
        self.begun = time.perf_counter()
        self.record = _record(self, want.name)

    def run(self, stop: Stop) -> dict[str, Any]:
        root, model, document = self.compiled.root, self.compiled.model, self.compiled.document
        assert root is not None
        assert model is not None
        assert document is not None
        self.directory.write("spec.yaml", root.source.text)
        self.directory.write("resolved.yaml", resolved(model, document, train=self.train))
        self.directory.write(PREPROCESSING, preprocessing.to_json(self.data.preprocessing))
        self.save()
        self.listener.training_begins(self.record)
        try:
            self.fit(stop)
            self.record["status"] = "finished"
        except KeyboardInterrupt:
            self.record["status"] = "interrupted"
        except BaseException as error:
            self.record["status"] = "failed"
            self.record["error"] = _first_line(error)
            raise
        finally:
            self.close()
        return dict(finite(self.record))

    def fit(self, stop: Stop) -> None:
        train, data = self.train, self.data
        fit(
            self.model,
            self.compiled,
            train,
            data,
            self.validation,
            seed=train.seed,
            stop=stop,
            listener=self.listener,
            keep=self.keep,
        )
        self.directory.save_model(self.model, MODEL)
        tested = evaluate(self.model, data.x_test, data.y_test, train.batch_size, stop)
        self.record["metrics"] |= {f"test_{name}": value for name, value in tested.items()}

    def keep(self, line: dict[str, Any]) -> None:
        """What an epoch leaves on disk: its line, the checkpoints, the curves, the record."""
        self.directory.save_model(self.model, LAST)
        best = self.record["best"]
        if best is None or self.better(line[self.monitor], best["value"]):
            self.directory.copy(LAST, BEST)
            metrics = _metrics(line)
            self.record["best"] = {"epoch": line["epoch"], "monitor": self.monitor, "value": line[self.monitor], **metrics}
        self.directory.add_epoch(finite(line))
        self.events.add(line["epoch"], _metrics(line))
        self.record["epochs"] = line["epoch"]
        self.record["metrics"] = _metrics(line)
        self.record["times"]["training_seconds"] = round(self.record["times"]["training_seconds"] + line["seconds"], 4)
        self.save()

    def better(self, value: float, than: float) -> bool:
        if not math.isfinite(than):
            return math.isfinite(value)
        return value < than if self.mode == "min" else value > than

    def close(self) -> None:
        """Leaves whole files behind, whatever happened."""
        self.events.close()
        kept = self.directory.path
        if not (kept / MODEL).exists():
            if (kept / LAST).exists():
                self.directory.copy(LAST, MODEL)
            elif self.record["status"] == "interrupted":
                self.directory.save_model(self.model, MODEL)
        if self.directory.epochs:
            logging.getLogger("matplotlib").setLevel(logging.ERROR)
            self.directory.write("curves.png", curves.draw(self.directory.epochs, kept.name))
        self.record["times"]["ended"] = _now()
        self.save()
        self.listener.training_ends(self.record)

    def save(self) -> None:
        self.record["times"]["seconds"] = round(time.perf_counter() - self.begun, 4)
        self.directory.write_record(finite(self.record))


def run(compiled: Compiled, train: Train, options: Options, listener: Listener) -> dict[str, Any]:
    """Trains the model of a spec.

    Args:
        compiled: a spec without errors.
        train: how; the spec's own section, or one that options changed.
        options: of this run.
        listener: told of what happens.

    Returns:
        The content of `run.json`; its `status` is `finished` or `interrupted`.

    Raises:
        SpecError: the data cannot be read or do not fit, or the loss is no longer a number.
        UsageError: the run directory cannot be made.
    """
    started = _Run(compiled, train, options, listener)
    with stop_on_interrupt() as stop:
        return started.run(stop)


def _graph(compiled: Compiled) -> Any:
    assert compiled.model is not None
    return compiled.model.graph


def _record(run: _Run, data: str) -> dict[str, Any]:
    """`run.json` at the beginning."""
    return {
        "version": 1,
        "run": run.directory.path.as_posix(),
        "status": "running",
        "model": _graph(run.compiled).name,
        "spec": run.compiled.path,
        "command": run.options.command,
        "epochs": 0,
        "epochs_planned": run.train.epochs,
        "batch_size": run.train.batch_size,
        "seed": run.train.seed,
        "params": run.model.count_params(),
        "data": {
            "name": data,
            "fingerprint": f"sha256:{run.data.fingerprint}",
            "train": run.data.train_samples,
            "validation": samples(run.validation) if run.validation else 0,
            "test": run.data.test_samples,
        },
        "metrics": {},
        "best": None,
        "times": {"started": _now(), "ended": None, "seconds": 0.0, "training_seconds": 0.0},
        "versions": versions(),
        "host": host(),
    }


def versions() -> dict[str, str]:
    """What could change the result."""
    import numpy

    keras = backend.keras()
    found = {"layerctl": layerctl.__version__, "python": platform.python_version(), "keras": keras.__version__}
    found["backend"] = keras.config.backend()
    found[found["backend"]] = sys.modules[found["backend"]].__version__
    return found | {"numpy": numpy.__version__}


def host() -> dict[str, Any]:
    """The machine in general terms: nothing that names it or its user."""
    return {"system": platform.system(), "machine": platform.machine(), "cpus": os.cpu_count(), "devices": tensorflow.devices()}


def finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null stands for both."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list) else value


def _metrics(line: Mapping[str, Any]) -> dict[str, float]:
    return {name: value for name, value in line.items() if name not in curves.BESIDES}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _first_line(error: BaseException) -> str:
    if isinstance(error, SpecError):
        return error.diagnostics[0].message
    return f"{type(error).__name__}: {error}".splitlines()[0]
