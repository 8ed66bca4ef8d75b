"""Ctrl-C while something is trained or tested: a request first, an end at once the second time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from layerctl.runtime.training.fit import Stop, stop_on_interrupt


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["as in a terminal", "as in the background"])
def before(request: pytest.FixtureRequest) -> Iterator[Any]:
    """What Ctrl-C does before."""
    kept = signal.signal(signal.SIGINT, request.param)
    yield request.param
    signal.signal(signal.SIGINT, kept)


def press() -> None:
    """Ctrl-C: the signal comes in this thread, before the next line."""
    signal.raise_signal(signal.SIGINT)


def test_the_first_ctrl_c_is_a_request(before: Any) -> None:
    with stop_on_interrupt() as stop:
        stop.check()
        press()
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            stop.check()
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_one_ends_at_once(before: Any) -> None:
    with stop_on_interrupt():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_ctrl_c_is_left_as_it_is() -> None:
    """Python gives signals to the main thread alone, and lets no other one say what they do."""
    seen: list[tuple[Stop, Any]] = []

    def work() -> None:
        with stop_on_interrupt() as stop:
            seen.append((stop, signal.getsignal(signal.SIGINT)))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    ((stop, during),) = seen
    assert during is before
    assert not stop.requested
