"""The public names of `import layerctl`: docs/python.md lists all of them, and its examples are run."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest

import layerctl
from tests.test_architecture import FRAMEWORKS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
LISTED = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
NAMES = [name for name in layerctl.__all__ if name != "__version__"]
BUILT_IN = {"Any", "KerasModel", "None", "dict", "list", "str"}
"""Names that a return type may contain beside public names."""


def public(name: str) -> object:
    """The object of a public name; not by `getattr`, as a module of that name may be imported already."""
    (module,) = (module for module, names in layerctl._PLACES.items() if name in names)
    return getattr(import_module(module), name)


def test_the_page_lists_what_is_public() -> None:
    assert sorted(LISTED) == NAMES == sorted(name for names in layerctl._PLACES.values() for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_documented(name: str) -> None:
    thing = public(name)
    assert inspect.getdoc(thing)
    assert thing.__name__ == name  # type: ignore[attr-defined]
    if isinstance(thing, FunctionType):
        parts = (*inspect.signature(thing).parameters, "Args", "Raises")
        missing = [part for part in parts if f"{part}:" not in (inspect.getdoc(thing) or "")]
        assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_what_a_public_function_raises_is_public(name: str) -> None:
    thing = public(name)
    if isinstance(thing, FunctionType):
        raised = re.findall(r"^    (\w+):", (inspect.getdoc(thing) or "").partition("Raises:")[2], re.MULTILINE)
        assert raised
        assert set(raised) <= {*layerctl.__all__, "KeyboardInterrupt"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_public_function_returns_is_public(name: str) -> None:
    thing = public(name)
    if isinstance(thing, FunctionType):
        names = re.findall(r"(?<![.\w])[A-Za-z]\w*", str(inspect.signature(thing).return_annotation))
        assert set(names) <= {*layerctl.__all__, *BUILT_IN}


def run_examples(section: str, folder: Path, then: str = "") -> None:
    """Runs a section's examples one after another, as one session in a process of its own."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", text, re.DOTALL))
    assert ">>>" in examples
    (folder / "examples.txt").write_text(f">>> import layerctl\n{examples}\n{then}", encoding="utf-8")
    command = [sys.executable, "-m", "doctest", "examples.txt"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_without_a_framework(tmp_path: Path) -> None:
    run_examples("Without a framework", tmp_path, f">>> import sys; {set(FRAMEWORKS)} & set(sys.modules)\nset()\n")


@pytest.mark.keras
def test_the_examples_with_keras(tmp_path: Path) -> None:
    run_examples("With Keras", tmp_path)


def test_an_example_that_is_wrong_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_python.PAGE", PAGE.replace(">>> checked.ok\nTrue", ">>> checked.ok\nFalse"))
    with pytest.raises(AssertionError, match="Failed example"):
        run_examples("Without a framework", tmp_path)
