"""A short run of the fuzz target, and proof that it can fail."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from yaml.nodes import SequenceNode

from layerctl.diagnostics import Sink
from layerctl.language.syntax import DuplicateKey
from tests.fuzz import commands, fuzz
from tests.fuzz.attacks import Attack, attack
from tests.fuzz.mutate import CHANGES, copied, tree_of


@pytest.mark.parametrize(("kind", "runs"), [("files", 16_500), ("specs", 2_500), ("commands", 1_000)])
def test_nothing_is_broken(kind: str, runs: int) -> None:
    """In a process of its own, because of the memory limit."""
    if kind != "specs":
        pytest.importorskip("numpy")
    command = [sys.executable, "-m", "tests.fuzz", "--runs", str(runs), "--seed", "7", "--only", kind, "--jobs", "1"]
    done = subprocess.run(command, cwd=fuzz.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{runs:,} inputs, 0 broke something" in done.stdout


ATTACK = Attack(("check", "m.yaml"), {"m.yaml": b"layers: ["})


@pytest.mark.parametrize(
    ("status", "out", "err", "said"),
    [
        (3, b"", b"error", "status 3"),
        (None, b"", b"", "status None"),
        (1, b"", b"Traceback (most recent call last):", "Traceback"),
        (1, b"a\x1b[2J", b"", "unprintable"),
        (1, b"a\n  ::error::b", b"", "forged"),
        (1, b"", b"##[error]b", "forged"),
    ],
)
def test_what_no_command_may_do_is_found(status: object, out: bytes, err: bytes, said: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(said)):
        commands.judge(ATTACK, commands.Ended(status, out, err))


def test_what_a_command_prints_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    commands.target(ATTACK)
    monkeypatch.setattr("layerctl.diagnostics.text.one_line", lambda text: f"{text}\x1b")
    with pytest.raises(AssertionError, match="unprintable"):
        commands.target(ATTACK)


def test_attacks_depend_on_the_seed_alone() -> None:
    assert attack(3, 5) == attack(3, 5) != attack(4, 5)
    assert len({attack(3, number).arguments[0] for number in range(200)}) > 8


def test_damaged_files_depend_on_the_seed_alone() -> None:
    pytest.importorskip("numpy")
    from tests.fuzz import readers

    assert readers.damage(3, 5) == readers.damage(3, 5) != readers.damage(4, 5)
    assert {readers.damage(3, number).path for number in range(200)} == {*readers.KINDS}


def test_what_a_reader_lets_through_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A traceback, and a text that is not made printable."""
    pytest.importorskip("numpy")
    from tests.fuzz import readers

    monkeypatch.chdir(tmp_path)
    given = readers.Damage(readers.FOLDER / "run.json", b'{"\x1b": 1')
    readers.target(given)
    with monkeypatch.context() as planted:
        planted.setattr("layerctl.diagnostics.text.one_line", lambda text, keep="": f"{text}\x1b")
        with pytest.raises(AssertionError, match="unprintable"):
            readers.target(given)
    monkeypatch.setattr("layerctl.runs.stored.parsed", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        readers.target(given)


def test_the_inputs_depend_on_the_seed_alone() -> None:
    assert [*fuzz.inputs(20, 3)][5:] == [*fuzz.inputs(15, 3, start=5)]
    assert [*fuzz.inputs(20, 3)] != [*fuzz.inputs(20, 4)]


def test_the_mutants_reach_all_stages() -> None:
    """Most are valid YAML, some are models without a mistake, and many codes are reported."""
    compiled = [fuzz.compile_bytes("f.yaml", one.data, settings=one.settings) for one in fuzz.inputs(600, 5)]
    assert sum(one.root is not None for one in compiled) > 300
    assert sum(one.ok for one in compiled) > 3
    assert len({diagnostic.code.id for one in compiled for diagnostic in one.diagnostics}) > 20


def crash(given: fuzz.Input) -> None:
    if b"Dense" in given.data:
        raise KeyError("planted")


def hang(given: fuzz.Input) -> None:
    while b"Dense" in given.data:
        pass


def eat(given: fuzz.Input) -> None:
    if b"Dense" in given.data:
        raise MemoryError


@pytest.mark.parametrize(("bug", "error"), [(crash, KeyError), (hang, fuzz.Hang), (eat, MemoryError)])
def test_a_planted_bug_is_found_once_and_made_small(bug: Callable[[fuzz.Input], None], error: type[BaseException]) -> None:
    given = [fuzz.Input(b"layers:\n  - Dense: 10\n  - Flatten\n")] * 2 + [fuzz.Input(b"layers: [Flatten]")]
    (finding,) = fuzz.findings(given, bug, seconds=0.02)
    assert isinstance(finding.error, error)
    assert finding.input.data == b"Dense"
    assert error.__name__ in fuzz.described(finding)


def test_a_bug_in_the_code_under_test_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Sink.add

    def planted(sink: Sink, code: type, *args: object, **options: object) -> None:
        assert code is not DuplicateKey, "planted"
        add(sink, code, *args, **options)  # type: ignore[arg-type]

    given = [fuzz.Input(b"name: x\nlayers: [Flatten]\n"), fuzz.Input(b"name: x\nlayers: [Flatten]\nname: y\n")]
    assert not [*fuzz.findings(given, seconds=60)]
    monkeypatch.setattr(Sink, "add", planted)
    (finding,) = fuzz.findings(given, seconds=60)
    assert finding.kind[0] == "AssertionError"


def test_wrong_output_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """NaN in JSON, and a message on two lines."""
    with pytest.raises(ValueError, match="not JSON"):
        fuzz.strict('{"a": NaN}')
    for place in ("layerctl.diagnostics.printable", "layerctl.diagnostics.text.one_line"):
        monkeypatch.setattr(place, lambda text: text)
    (finding,) = fuzz.findings([fuzz.Input(b'layers: [Flatten]\n"a\\nb": 1\n')], seconds=60)
    assert "printable" in str(finding.error)


@pytest.mark.parametrize("change", sorted(set(CHANGES), key=lambda change: change.__name__), ids=lambda change: change.__name__)
def test_each_change_of_the_tree_is_a_change(change: Callable[..., None]) -> None:
    """Each has an effect, and none changes the tree of the next input."""
    root = tree_of((fuzz.ROOT / "specs" / "cnn.yaml").read_text())
    assert root is not None
    before = yaml.serialize(root)
    corpus = fuzz.corpus()
    after = set()
    for number in range(10):
        box = SequenceNode("tag:yaml.org,2002:seq", [copied(root)])
        change(random.Random(number), box, corpus)
        after.add(yaml.serialize(box.value[0]))
    assert len(after - {before}) > 1
    assert yaml.serialize(root) == before
