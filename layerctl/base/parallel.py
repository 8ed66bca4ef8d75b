"""Work spread over several processes. Imported only when that saves time.

`concurrent.futures` is not used: its processes print tracebacks when they are ended in the middle of their work.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from layerctl.base import ending

T = TypeVar("T")
R = TypeVar("R")

METHOD = "fork" if sys.platform == "linux" else "spawn"
MOST_AT_ONCE = 64


class WorkerKilled(RuntimeError):
    """A process ended in the middle of its work, for example because memory ran out."""

    def __init__(self) -> None:
        super().__init__("a process that checked specs was ended; `--jobs 1` shows at which spec")


def usable_processors() -> int:
    """How many processors this process may use; one where the machine is already busy."""
    every = os.cpu_count() or 1
    if hasattr(os, "getloadavg") and os.getloadavg()[0] >= every:
        return 1
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else every


def each(function: Callable[[T], R], values: list[T], workers: int) -> list[R]:
    """The results of a function for all values, in their order, computed by several processes.

    Raises:
        WorkerKilled: a process ended in the middle of its work.
        Exception: the first one that the function raised; the other processes are then ended, as at Ctrl-C.
    """
    size = max(1, min(MOST_AT_ONCE, len(values) // (4 * workers)))
    chunks = iter([(start, values[start : start + size]) for start in range(0, len(values), size)])
    results_by_start: dict[int, list[R]] = {}
    workers_by_pipe: dict[Connection, BaseProcess] = {}

    def kill() -> None:
        for process in workers_by_pipe.values():
            process.kill()
        for process in workers_by_pipe.values():
            process.join()

    with ending.Undoing(kill):
        try:
            with _no_interrupts():
                for _ in range(workers):
                    _start(function, workers_by_pipe)
            busy = [pipe for pipe in workers_by_pipe if _give(pipe, next(chunks, None))]
            while busy:
                for pipe in wait(busy):
                    assert isinstance(pipe, Connection)
                    results_by_start |= dict([_take(pipe)])
                    if not _give(pipe, next(chunks, None)):
                        busy.remove(pipe)
        finally:
            kill()
    return [result for start in sorted(results_by_start) for result in results_by_start[start]]


def _start(function: Callable[[T], R], crew: dict[Connection, BaseProcess]) -> None:
    context: Any = multiprocessing.get_context(METHOD)
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(function, there, here), daemon=True)
    process.start()
    there.close()
    crew[here] = process


def _give(pipe: Connection, chunk: object) -> bool:
    """Sends a process its next chunk; False where none is left."""
    if chunk is None:
        return False
    try:
        pipe.send(chunk)
    except OSError:
        raise WorkerKilled from None
    return True


def _take(pipe: Connection) -> tuple[int, Any]:
    try:
        start, results = pipe.recv()
    except (EOFError, OSError):
        raise WorkerKilled from None
    if isinstance(results, Exception):
        raise results
    return start, results


def _work(function: Callable[[T], R], pipe: Connection, other_end: Connection) -> None:
    """The loop of a worker process: works chunk by chunk until it or the main process ends. A signal ends it silently."""
    other_end.close()  # then each end is open in one process only, and the other side sees when that process ends
    ending.default()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ending.SIGNALS)
    gc.disable()
    try:
        while True:
            start, values = pipe.recv()
            pipe.send((start, _results(function, values)))
    except (EOFError, OSError):
        return  # the main process has ended


def _results(function: Callable[[T], R], values: list[T]) -> list[R] | Exception:
    try:
        return [function(value) for value in values]
    except Exception as error:
        error.add_note(f"in another process:\n{traceback.format_exc()}")
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            return RuntimeError(f"{type(error).__name__}: {error}")
        return error


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Blocks signals while processes start: one that is just starting would print a traceback, or a line of its own."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ending.SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
