"""Fixtures for all tests."""

import signal
from typing import Any

import pytest

from layerctl.diagnostics.errors import MissingPackage
from layerctl.runtime.backends import backend
from tests.command_line import cli

__all__ = ["cli"]


def pytest_configure() -> None:
    """Gives signals their default effect: `pytest &` in a script starts with SIGINT ignored, and `nohup` with SIGHUP.

    What the tests start would ignore them too.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def keras() -> Any:
    """The module; without it the test is skipped."""
    try:
        return backend.keras()
    except MissingPackage as error:
        pytest.skip(str(error))
