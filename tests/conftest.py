"""Fixtures for all tests."""

import signal

from tests.command_line import cli

__all__ = ["cli"]


def pytest_configure() -> None:
    """Gives Ctrl-C its default effect: `pytest &` in a script starts with SIGINT ignored, and so would what the tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
