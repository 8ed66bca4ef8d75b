"""The known architectures of specs/zoo: figures, cleanliness, names, and the table in the docs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.benchmarks.static import peak_of
from tests.command_line import CommandLine

ROOT = Path(__file__).parent.parent
ZOO = sorted((ROOT / "specs" / "zoo").glob("*.yaml"))
TABLE = re.compile(
    r"\| \[(?P<name>zoo/\w+)\]\((?P<link>\S+)\) \| (?P<params>[\d,]+) \| (?P<keras>[\d,]+|–) \| (?P<macs>[\d,]+) "
    r"\| (?:(?P<published>[\d.]+) (?P<unit>[MG])|–) \|"
)


def totals(cli: CommandLine, name: str, *arguments: str) -> Any:
    result = cli("summary", name, "--format", "json", *arguments)
    assert (result.status, result.err) == (0, "")
    return result.data["totals"]


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_each_is_clean_and_says_what_it_is(cli: CommandLine, path: Path) -> None:
    assert cli("check", f"zoo/{path.stem}", "--strict", "--format", "concise").status == 0
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "https://arxiv.org/abs/" in spec["description"]
    assert {"params", "macs"} <= spec["expect"].keys()
    assert spec["vars"]["classes"]


@pytest.mark.parametrize(
    ("name", "params", "not_trained"),
    [
        ("vgg16", 138_357_544, 0),
        ("resnet50", 25_636_712, 53_120),
        ("densenet121", 8_062_504, 83_648),
        ("efficientnet_b0", 5_330_571, 42_023),
        ("mobilenet_v2", 3_538_984, 34_112),
        ("transformer_encoder", 37_926_402, 0),
        ("unet", 31_030_658, 0),
    ],
)
def test_parameters(cli: CommandLine, name: str, params: int, not_trained: int) -> None:
    figures = totals(cli, f"zoo/{name}")
    assert (figures["params"], figures["non_trainable_params"]) == (params, not_trained)


def test_the_table_in_the_docs(cli: CommandLine) -> None:
    rows = {row["name"]: row for row in TABLE.finditer((ROOT / "docs" / "zoo.md").read_text(encoding="utf-8"))}
    assert set(rows) == {f"zoo/{path.stem}" for path in ZOO}
    for name, row in rows.items():
        figures = totals(cli, name)
        assert (row["params"], row["macs"]) == (f"{figures['params']:,}", f"{figures['macs']:,}")
        assert row["keras"] in ("–", row["params"])
        assert (ROOT / "docs" / row["link"]).is_file()
        if row["published"]:
            published = float(row["published"]) * {"M": 1e6, "G": 1e9}[row["unit"]]
            assert figures["macs"] == pytest.approx(published, rel=0.02), name


def test_variables_make_another_model(cli: CommandLine) -> None:
    def params(name: str, *sets: str) -> int:
        count = totals(cli, name, *(part for text in (*sets, "expect={}") for part in ("--set", text)))["params"]
        assert isinstance(count, int)
        return count

    assert params("zoo/resnet50", "vars.classes=10") == 25_636_712 - 990 * 2049
    assert params("zoo/resnet50", "vars.blocks=[3, 4, 23, 3]") == 44_707_176  # ResNet-101
    assert params("zoo/unet", "vars.width=32", "vars.image_size=188") < 31_030_658 / 3.9


@pytest.mark.skipif(sys.platform == "win32", reason="nothing there counts a process's memory")
def test_no_weight_is_in_memory() -> None:
    assert peak_of("summary", "zoo/vgg16") < 150  # megabytes; the weights alone would be 553


class TestNames:
    """`zoo/resnet50` is looked up in the same places as `cnn`."""

    def test_the_order(self, cli: CommandLine) -> None:
        def model() -> Any:
            return cli("summary", "zoo/unet", "--format", "json").data["outputs"][0]["name"]

        assert model() == "segmentation"
        cli.write("specs/zoo/unet.yaml", "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n    name: in_specs\n")
        assert model() == "in_specs"
        cli.write("zoo/unet.yaml", "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n    name: here\n")
        assert model() == "here"

    @pytest.mark.parametrize("name", ["resnet50", "zoo/resnet5", "models/resnet50", "../zoo/resnet50", "ResNet50"])
    def test_what_is_near(self, cli: CommandLine, name: str) -> None:
        result = cli("summary", name)
        assert result.status == 2
        assert "did you mean `zoo/resnet50`?" in result.err

    def test_specs_of_the_project_are_near_too(self, cli: CommandLine) -> None:
        cli.write("specs/vision/faces.yaml", "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n")
        assert "did you mean `vision/faces`?" in cli("summary", "face").err
        assert cli("summary", "vision/faces").status == 0

    def test_a_name_does_not_lead_out_of_specs(self, cli: CommandLine) -> None:
        cli.write("secret.yaml", "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n")
        (cli.folder / "specs").mkdir()
        assert cli("summary", "zoo/../secret").status == 2

    def test_a_copy_goes_into_the_folder(self, cli: CommandLine) -> None:
        assert cli("init", "--template", "zoo/unet").status == 0
        assert (cli.folder / "unet.yaml").is_file()


def test_a_comment_ignores_a_warning_in_every_command(cli: CommandLine) -> None:
    spec = "inputs: {x: [8]}\nlayers:\n  - Dense: 4%s\n  - Dense: 2\n"
    cli.write("plain.yaml", spec % "")
    cli.write("meant.yaml", spec % "  # layerctl: ignore[LC505]")
    for command in (("summary",), ("build", "-o", "out.json")):
        assert "LC505" in cli(command[0], "plain.yaml", *command[1:]).err
        assert "LC505" not in cli(command[0], "meant.yaml", *command[1:]).err
