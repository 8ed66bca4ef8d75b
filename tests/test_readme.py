"""The README's commands and messages are what the tool prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GENERATED = re.compile(
    r"<!-- generated[^\n]*-->\n```console\n\$ layerctl (?P<command>[^\n]*)\n(?P<output>.*?)```\n<!-- end -->", re.DOTALL
)


def output_of(command: str) -> str:
    environment = {**os.environ, "NO_COLOR": "1"}
    arguments = [sys.executable, "-m", "layerctl", *shlex.split(command)]
    return subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False).stdout


def test_messages_are_real() -> None:
    blocks = list(GENERATED.finditer(README))
    assert blocks
    for block in blocks:
        assert block["output"] == output_of(block["command"])


def test_the_first_spec_is_the_one_in_specs() -> None:
    block = re.search(r"```yaml\n# specs/cnn.yaml\n(.*?)```", README, re.DOTALL)
    assert block is not None
    shown = yaml.safe_load(block[1])
    real = yaml.safe_load((ROOT / "specs/cnn.yaml").read_text(encoding="utf-8"))
    assert shown == {key: real[key] for key in shown}
    assert {"inputs", "layers"} <= set(shown)


def test_first_screen() -> None:
    first = "\n".join(README.splitlines()[:60])
    for part in ("make demo", "make test", "error[LC", "Conv2D"):
        assert part in first


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
