"""The README's commands and messages are what the tool prints."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tools import make_docs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_messages_are_real() -> None:
    assert make_docs.OUTPUT.search(README)
    assert make_docs.with_output(README) == README, "run `make docs`"


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
