"""`digits`, which comes with the package."""

from __future__ import annotations

from pathlib import Path

from layerctl.analysis.data.wanted import Wanted
from layerctl.base.package import FOLDER
from layerctl.catalog.datasets._base import Facts
from layerctl.runtime.data import _archive
from layerctl.runtime.data._types import Raw


def load(facts: Facts, wanted: Wanted) -> Raw:
    return _archive.read(Path(FOLDER, "data", "digits.npz"), wanted, [])
