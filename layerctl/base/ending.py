"""How a signal ends the program: what was begun is undone, one line says why, and the exit status is 128 plus its number.

No exception is raised for this: it would pass through imports, callbacks and other libraries, which swallow it or print it. Only
the program installs this; `import layerctl` leaves signals as they are.

This is the first file that the program loads: until then Python itself answers signals. So it imports only what Python has
loaded already; the module `signal` is `_signal` with names that take long to make.
"""

from __future__ import annotations

import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable, Iterable
    from types import FrameType
    from typing import Self
else:
    import _signal

HANGUP = "SIGHUP"
LINES = {"SIGINT": "interrupted", "SIGTERM": "ended by SIGTERM", HANGUP: "ended by SIGHUP"}
"""What is said about each signal."""
SIGNALS: dict[int, str] = {getattr(_signal, name): name for name in LINES if hasattr(_signal, name)}

_undone_first: list[Callable[[], object]] = []
_received: list[int] = []
_installed: list[object] = []


class Undoing:
    """A context during which a signal that ends the program calls a function first. Other exits from it do not."""

    def __init__(self, undo: Callable[[], object]) -> None:
        self._undo = undo

    def __enter__(self) -> Self:
        _undone_first.append(self._undo)
        return self

    def __exit__(self, *error: object) -> None:
        _undone_first.remove(self._undo)


class Keeping:
    """A context in which other libraries start; their answers to signals are taken back."""

    def __enter__(self) -> None:
        self._before = {number: _signal.getsignal(number) for number in SIGNALS}

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            if _signal.getsignal(number) != handler:
                _signal.signal(number, handler)


def install(handler: Callable[[int, FrameType | None], object]) -> None:
    """Makes a function the program's answer to signals; one that is ignored, as by `nohup`, stays ignored."""
    for number in answered():
        _signal.signal(number, handler)
    _installed[:] = [handler]
    atexit.register(_done)


def _done() -> None:
    """Ignores signals once the work is done: Python gives up the program's answers to them while it takes itself down.

    What is registered first is called last, so that no other library's tidying up comes behind this.
    """
    _tried(lambda: sys.stdout.flush())
    for number in answered():
        if installed(number):
            _signal.signal(number, _signal.SIG_IGN)


def installed(number: int) -> bool:
    """Whether the program's own function answers a signal."""
    return _signal.getsignal(number) in _installed


def answered() -> list[int]:
    """The signals that are not ignored."""
    return [number for number in SIGNALS if _signal.getsignal(number) != _signal.SIG_IGN]


def default(numbers: Iterable[int] | None = None) -> None:
    """Gives signals their default effect, which is to end a process silently; by default those that are not ignored."""
    for number in answered() if numbers is None else numbers:
        _signal.signal(number, _signal.SIG_DFL)


def undo(number: int) -> None:
    """Undoes what was begun, says which signal ends the program, and writes what standard output still holds."""
    numbers = answered()
    for other in numbers:
        _signal.signal(other, _signal.SIG_IGN)  # a second Ctrl-C does not interrupt the undoing
    note(number)
    for function in reversed(_undone_first):
        _tried(function)
    _tried(lambda: os.write(2, f"{line()}\n".encode()))
    default(numbers)  # but it ends a process that writes into a pipe which nobody reads
    _tried(lambda: sys.stdout.flush())


def note(number: int) -> None:
    """Remembers the signal that ends the program. After SIGHUP, output to a terminal that is gone is discarded."""
    _received[:] = [number]
    for stream in (1, 2) if SIGNALS[number] == HANGUP else ():
        try:
            os.write(stream, b"")
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def line() -> str:
    """What to say of the signal."""
    return LINES[SIGNALS[_received[0]] if _received else "SIGINT"]


def status() -> int:
    """The exit status after the signal."""
    return 128 + (_received[0] if _received else _signal.SIGINT)


def _tried(function: Callable[[], object]) -> None:
    try:  # noqa: SIM105  # contextlib is not loaded yet
        function()
    except Exception:
        pass
