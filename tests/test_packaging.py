"""What the wheel holds: the specs as files, the data, the typing marker; nothing that is not part of the package."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    pytest.importorskip("hatchling")
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
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
