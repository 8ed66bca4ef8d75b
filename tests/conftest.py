"""Fixtures for all tests."""

import signal
from typing import Any

import pytest
from hypothesis import settings

from layerctl.diagnostics.errors import MissingPackage
from layerctl.runtime.backends import backend
from tests.command_line import cli

__all__ = ["cli"]


def pytest_configure() -> None:
    """Gives signals their default effect, and examples the time that they take.

    `pytest &` in a script starts with SIGINT ignored, and `nohup` with SIGHUP; what the tests start would ignore them too. An
    example that takes long says more about what else the machine does than about the code.
    """
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
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
