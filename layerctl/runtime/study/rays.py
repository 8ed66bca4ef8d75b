"""Trials as tasks of Ray: on all processors of this machine, or on a cluster.

A task is one trial. It works in a folder of its own, whose files come back and are kept like those of a trial in this process.
A worker process builds and traces each candidate once, and trains it with one seed after another.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from layerctl.base.ending import Keeping
from layerctl.base.files import TEMPORARY, write_whole
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import LayerctlError, MissingPackage, SpecError, UsageError
from layerctl.runs.listener import Listener
from layerctl.runtime.codes import TrialLost
from layerctl.runtime.data._wanted import place
from layerctl.runtime.models.custom import blamed
from layerctl.runtime.study.candidate import Candidate
from layerctl.runtime.study.kept import TRIAL, Kept, writing
from layerctl.runtime.study.perturb import Perturbation
from layerctl.runtime.study.trials import Seed, Trainer, TrialResult, Work
from layerctl.runtime.training.fit import Stop

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "RAY_task_oom_retries": "2"}
"""Ray's settings, if the user has not set them: no usage reports, and a task that needs too much memory fails in the end."""
HANDED_ON = ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL")
"""Environment variables that the worker processes get from this process."""
RETRIES = 1
"""How often a trial is repeated if its process dies."""
PATIENCE = 0.2
"""Ctrl-C is checked for at this interval, in seconds."""
Files = Mapping[str, bytes]


def results(work: Sequence[Work], stop: Stop, listener: Listener, address: str) -> list[TrialResult]:
    """The results in the order of the work; Ray is started only if a trial is not ready.

    Args:
        work: the trials.
        stop: ends the trials once it is requested.
        listener: is informed of each trial.
        address: of a cluster; empty for that of `RAY_ADDRESS`, or for this machine.

    Raises:
        SpecError: a trial fails, or its process was ended.
        UsageError: Ray does not start.
        MissingPackage: Ray is not installed.
        KeyboardInterrupt: `stop` was requested; finished trials are kept.
    """
    order = sorted(work, key=lambda one: not one.ready)
    numbers = iter(range(1, len(work) + 1))

    def begins(one: Work) -> None:
        listener.trial_begins(one.candidate.name, one.seed.name, next(numbers), len(work), one.ready)

    while order and order[0].ready:
        begins(order.pop(0))
        listener.trial_ends()
    if order:
        with _cluster(address or os.environ.get("RAY_ADDRESS", "local")) as ray:
            for one, files in _finished(ray, order, stop, begins):
                with writing(one.kept.folder):
                    _write(one.kept.folder, files)
                listener.trial_ends()
    return [one._replace(kept=Kept(one.kept.folder)).result for one in work]


def _finished(ray: Any, work: Iterable[Work], stop: Stop, begins: Callable[[Work], None]) -> Iterator[tuple[Work, Files]]:
    """Each trial with its files as soon as it is finished; as many run at a time as there are GPUs, or else processors."""
    resources = ray.cluster_resources()
    kind = "GPU" if resources.get("GPU", 0) >= 1 else "CPU"
    task = ray.remote(max_retries=RETRIES, **{f"num_{kind.lower()}s": 1})(_task)
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    common = _Common(uuid4().hex, os.getcwd(), environment)
    shared: dict[str, Any] = {}
    waiting = iter(work)
    running: dict[Any, Work] = {}
    try:
        while True:
            while len(running) < max(1, int(resources.get(kind, 1))) and (one := next(waiting, None)) is not None:
                begins(one)
                seeded = one.candidate.at(one.seed.order)
                if seeded is not one.candidate:
                    candidate = ray.put(seeded)
                elif (candidate := shared.get(seeded.name)) is None:
                    candidate = shared[seeded.name] = ray.put(seeded)
                running[task.remote(common, candidate, one.seed, one.tests, one.timed, _read(one.kept))] = one
            if not running:
                return
            ready, _ = ray.wait(list(running), timeout=PATIENCE)
            stop.check()
            for reference in ready:
                one = running.pop(reference)
                yield one, _result(ray, reference, one)
    finally:
        for reference in running:
            ray.cancel(reference, force=True)


def _result(ray: Any, reference: Any, one: Work) -> Files:
    try:
        files = ray.get(reference)
    except ray.exceptions.RayError as error:
        cause: Any = getattr(error, "cause", None)
        if isinstance(error, ray.exceptions.RayTaskError) and not isinstance(cause, ray.exceptions.RayError):
            raise cause from None
        lines = str(cause or error).strip().splitlines() or [type(error).__name__]
        reason = lines[-1 if cause else 0].rstrip(". ")  # the first line says what happened; the last one of a cause
        message = f"the process that trained `{one.candidate.name}` with seed {one.seed.name} was ended: {reason}"
        help = "call the same again: finished trials are kept; without `--ray` one trial at a time takes memory"
        if cause is not None:
            help = "install the same layerctl, with its packages, on all machines of the cluster"
        raise SpecError((Diagnostic(TrialLost, place(one.candidate.compiled, "train"), message, "", help),)) from None
    if isinstance(files, LayerctlError):
        raise files
    assert isinstance(files, Mapping)
    return files


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """The module `ray`, connected and without messages."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        with Keeping():
            import ray
    except ImportError:
        raise MissingPackage("`--ray` needs ray, which is not installed", "install it with pip install 'layerctl[ray]'") from None
    if ray.is_initialized():
        yield ray
        return
    local = {"include_dashboard": False} if address == "local" else {}
    with redirect_stdout(sys.stderr):  # Ray reports ended processes; standard output is for results
        try:
            with Keeping():
                ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL, **local)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            reason = str(error).strip().partition("\n")[0]
            help = "check the address, of `--ray` or `RAY_ADDRESS`; `--ray local` takes this machine"
            help = "leave out `--ray`" if local else help
            raise UsageError(f"Ray does not start at {address}: {reason}", help) from None
        try:
            yield ray
        finally:
            ray.shutdown()


def _read(kept: Kept) -> Files:
    """The files of a finished trial; none of an unfinished one."""
    if kept.trial is None:
        return {}
    return {path.name: path.read_bytes() for path in kept.folder.iterdir() if not TEMPORARY.match(path.name)}


def _write(folder: Path, files: Files) -> None:
    """Writes the files of a trial; its figures last, as they mark it as finished."""
    for name in sorted(files, key=lambda name: name == TRIAL):
        write_whole(folder / name, files[name])


# In the worker processes


class _Common(NamedTuple):
    """What all tasks of a call share.

    Attributes:
        call: a unique name of the call.
        folder: the current directory, from which modules of custom layers are imported.
        environment: variables.
    """

    call: str
    folder: str
    environment: dict[str, str]


def _task(
    common: _Common, candidate: Candidate, seed: Seed, tests: tuple[Perturbation, ...], timed: bool, files: Files
) -> dict[str, bytes] | LayerctlError:
    """Runs one trial: gives its files, or the error."""
    os.environ.update(common.environment)
    if os.path.isdir(common.folder):
        os.chdir(common.folder)
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), files)
        kept = Kept(Path(folder))
        try:
            with blamed(candidate.compiled):
                Work(candidate, seed, kept, tests, timed).do(_trainer(common.call, candidate), Stop(), Listener())
        except SpecError as error:
            return SpecError(error.diagnostics)  # subclasses cannot be pickled
        except LayerctlError as error:
            return error
        return dict(_read(kept))


@lru_cache(maxsize=1)
def _trainers(call: str) -> dict[str, Trainer]:
    """The trainers of this process for a call, by the names of the candidates; those of an earlier call are dropped."""
    return {}


def _trainer(call: str, candidate: Candidate) -> Trainer:
    """The trainer of this process for the candidate."""
    trainer = _trainers(call).setdefault(candidate.name, Trainer(candidate))
    trainer.take(candidate)
    return trainer
