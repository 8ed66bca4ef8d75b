"""Work spread over processes. Imported only where it pays.

`concurrent.futures` is not used: of its processes, those that are ended in the middle of their work leave tracebacks behind.
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

T = TypeVar("T")
R = TypeVar("R")

METHOD = "fork" if sys.platform == "linux" else "spawn"
MOST_AT_ONCE = 64


class WorkerKilled(RuntimeError):
    """A process ended in the middle of its work, for instance for want of memory."""

    def __init__(self) -> None:
        super().__init__("a process that checked specs was ended; `--jobs 1` shows at which spec")


def usable_processors() -> int:
    """How many processors this process may use; one where the machine is busy already, and several would only get in the way."""
    every = os.cpu_count() or 1
    if hasattr(os, "getloadavg") and os.getloadavg()[0] >= every:
        return 1
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else every


def each(function: Callable[[T], R], values: list[T], workers: int) -> list[R]:
    """The function of every value, in their order, worked out by several processes.

    Raises:
        WorkerKilled: a process ended in the middle of its work.
        Exception: what the function raised first; the other processes are ended then, as at Ctrl-C.
    """
    size = max(1, min(MOST_AT_ONCE, len(values) // (4 * workers)))
    chunks = iter([(start, values[start : start + size]) for start in range(0, len(values), size)])
    found: dict[int, list[R]] = {}
    crew: dict[Connection, BaseProcess] = {}
    try:
        with _no_interrupts():
            for _ in range(workers):
                _start(function, crew)
        busy = [pipe for pipe in crew if _give(pipe, next(chunks, None))]
        while busy:
            for pipe in wait(busy):
                assert isinstance(pipe, Connection)
                found |= dict([_take(pipe)])
                if not _give(pipe, next(chunks, None)):
                    busy.remove(pipe)
    finally:
        for process in crew.values():
            process.kill()
        for process in crew.values():
            process.join()
    return [result for start in sorted(found) for result in found[start]]


def _start(function: Callable[[T], R], crew: dict[Connection, BaseProcess]) -> None:
    context: Any = multiprocessing.get_context(METHOD)
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(function, there, here), daemon=True)
    process.start()
    there.close()
    crew[here] = process


def _give(pipe: Connection, chunk: object) -> bool:
    """Hands a process what it is to do next; False where there is nothing left."""
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
    """What a process does: chunk by chunk, until it or the first process is ended. Ctrl-C ends it without a word."""
    other_end.close()  # each process has its end alone, so that the other one sees when it is gone
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    gc.disable()
    try:
        while True:
            start, values = pipe.recv()
            pipe.send((start, _results(function, values)))
    except (EOFError, OSError):
        return  # the first process is no more


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
    """Without Ctrl-C: a process that is being started would print a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
