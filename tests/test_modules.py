"""Catalogues are found wherever the package is: in a folder, or in a zip file."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import layerctl
from layerctl.base.modules import public_modules

PACKAGE = Path(layerctl.__path__[0])
COUNT = """
from layerctl.catalog import datasets
from layerctl.catalog import CATALOGS
from layerctl.compiler.pipeline import compile_text
from layerctl.lint import rules
print(*(len(catalog.names()) for catalog in CATALOGS.values()), len(datasets.names()), len(rules()))
print([d.code.id for d in compile_text("inputs: {x: [4]}\\nlayers: [{Dense: 8}, {Dense: 1}, {Dens: 3}]").diagnostics])
"""


def test_catalogues_are_found_in_a_zip_file(tmp_path: Path) -> None:
    archive = tmp_path / "layerctl.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in PACKAGE.rglob("*.py"):
            file.write(path, path.relative_to(PACKAGE.parent))

    assert counted(archive) == counted(PACKAGE.parent)


def counted(place: Path) -> str:
    """The numbers of entries that a process finds when it imports layerctl from there."""
    code = f"import sys; sys.path.insert(0, {str(place)!r}); import layerctl; assert {str(place)!r} in layerctl.__file__"
    done = subprocess.run([sys.executable, "-c", code + COUNT], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def test_modules_are_listed_in_order_without_private_ones(tmp_path: Path) -> None:
    for name in ("b.py", "a.py", "_base.py", "__init__.py", "notes.txt", "c.pyc"):
        (tmp_path / name).touch()
    assert public_modules([str(tmp_path)]) == ("a", "b", "c")
