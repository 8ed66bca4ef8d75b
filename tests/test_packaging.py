"""The wheel, the source archive, and the packages that pyproject.toml names."""

from __future__ import annotations

import ast
import re
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
FOR_USERS = ("tensorflow", "jax", "torch", "ray")
IMPORTED_AS = {"annotated-types": "annotated_types", "pyyaml": "yaml", "pillow": "PIL"}
"""Packages whose import name differs from their name in the index."""
COME_ALONG = {"pydantic_core": "pydantic"}
"""Packages that come with another one, and need not be named."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, unpacked."""
    folder = tmp_path_factory.mktemp("source")
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    return folder / Path(archive).name.removesuffix(".tar.gz")


def built_wheel(root: Path, folder: Path) -> dict[str, bytes]:
    (built,) = WheelBuilder(str(root)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_specs_come_as_files(wheel: dict[str, bytes]) -> None:
    specs = sorted((ROOT / "specs").rglob("*.yaml"))
    assert ROOT / "specs" / "zoo" / "resnet50.yaml" in specs
    for spec in specs:
        assert wheel[f"layerctl/{spec.relative_to(ROOT).as_posix()}"] == spec.read_bytes()


def test_the_data_and_the_typing_marker_come_along(wheel: dict[str, bytes]) -> None:
    assert {"layerctl/py.typed", "layerctl/data/digits.npz", "layerctl/data/ATTRIBUTION.md"} <= set(wheel)


def test_every_module_comes_along_and_nothing_else(wheel: dict[str, bytes]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "layerctl").rglob("*.py")}
    assert modules == {name for name in wheel if name.endswith(".py")}
    assert not [name for name in wheel if not name.startswith(("layerctl/", "layerctl-"))]
    assert not [name for name in wheel if "__pycache__" in name]


def test_the_licences_come_along(wheel: dict[str, bytes]) -> None:
    assert [name for name in wheel if name.endswith("dist-info/licenses/LICENSE")]
    assert [name for name in wheel if name.endswith("dist-info/entry_points.txt")]


def test_the_source_archive_gives_the_same_wheel(wheel: dict[str, bytes], source: Path, tmp_path: Path) -> None:
    assert built_wheel(source, tmp_path) == wheel


def test_the_source_archive_holds_what_contributors_need(source: Path) -> None:
    names = ("Makefile", "constraints.txt", "mkdocs.yml", "tests/test_packaging.py", "docs/README.md", "tools/make_docs.py")
    for name in (*names, "specs/zoo/resnet50.yaml", ".ci/run", "CONTRIBUTING.md"):
        assert (source / name).read_bytes() == (ROOT / name).read_bytes()


@cache
def imported_packages() -> dict[str, str]:
    """The packages that layerctl imports, each with a file that does."""
    importers = {}
    for path in sorted((ROOT / "layerctl").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for package in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"layerctl"}:
                importers[COME_ALONG.get(package, package)] = path.relative_to(ROOT).as_posix()
    return importers


def import_names(requirements: list[str]) -> set[str]:
    names = [re.split(r"[^\w-]", requirement)[0] for requirement in requirements]
    return {IMPORTED_AS.get(name, name) for name in names}


def test_imported_packages_are_required() -> None:
    known = import_names([*PROJECT["project"]["dependencies"], *(one for extra in FOR_USERS for one in EXTRAS[extra])])
    assert {package: file for package, file in imported_packages().items() if package not in known} == {}


def test_types_are_the_same_with_and_without_a_framework() -> None:
    """mypy ignores the packages of extras, installed or not; otherwise `make lint` would depend on the environment."""
    (skipped,) = (one["module"] for one in PROJECT["tool"]["mypy"]["overrides"] if one.get("follow_imports") == "skip")
    base = import_names(PROJECT["project"]["dependencies"])
    seen = {package: file for package, file in imported_packages().items() if package not in base}
    assert "keras" in seen
    assert {package: file for package, file in seen.items() if not any(fnmatch(f"{package}.", one) for one in skipped)} == {}


def test_the_tools_bring_no_framework() -> None:
    assert import_names(EXTRAS["dev"]).isdisjoint(import_names([one for extra in FOR_USERS for one in EXTRAS[extra]]))


def test_every_installed_version_is_written_down() -> None:
    """Each requirement has its version in constraints.txt, so that the environments are the same everywhere."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    required = [*PROJECT["project"]["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    assert {re.split(r"[^\w-]", one)[0].lower().replace("_", "-") for one in required} <= pinned
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines if not line.startswith("#")), "a package and its version"


@pytest.mark.skipif(Path(sys.prefix).name != ".venv-static", reason="holds of the environment of `make test-static`")
def test_the_environment_without_a_framework_is_light() -> None:
    files = (path for path in Path(sys.prefix).rglob("*") if path.is_file() and not path.is_symlink())
    assert sum(path.stat().st_size for path in files) < 200_000_000
