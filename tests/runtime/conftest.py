"""What the tests that need Keras share."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.errors import MissingPackage
from layerctl.runtime import backend


@pytest.fixture(scope="session")
def keras() -> Any:
    """The module; without it the test is skipped."""
    try:
        return backend.keras()
    except MissingPackage as error:
        pytest.skip(str(error))
