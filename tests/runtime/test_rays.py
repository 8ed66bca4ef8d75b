"""Trials as tasks of Ray: they give the same results; and trials that fail."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from layerctl.api.compare import compare
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.listener import Listener
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
needs_ray = pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed")
SPEC = """
vars: {width: 8}
inputs: {image: [8, 8, 1]}
layers: [Flatten, {Dropout: 0.1}, {Dense: {units: $width, activation: relu}}, {Dense: {units: 10, activation: softmax}}]
train:
  data: {name: digits, normalize: true}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  epochs: 1
  validation_split: 0.2
"""
STEEP = """
vars: {width: 8}
inputs: {x: [6]}
layers: [{Dense: {units: $width}}, {Dense: 1}]
train: {data: synthetic, loss: mse, epochs: 20, optimizer: {SGD: {learning_rate: 1e9}}}
"""
DEADLY = """
import os, signal
import keras

class Deadly(keras.layers.Layer):
    def build(self, shape):
        if os.getpid() != int(os.environ["LAYERCTL_TEST_DRIVER"]):
            os.kill(os.getpid(), signal.SIGKILL)

    def call(self, x):
        return x
"""
OPTIONS: dict[str, Any] = {"seeds": 2, "limit": 200, "perturb": ("permute", "shift")}


@pytest.fixture(scope="module")
def cluster(keras: Any) -> Iterator[None]:
    """Ray, started once for several tests; its own processes warn of files that they leave open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("LAYERCTL_TEST_DRIVER", str(os.getpid()))
        ray = pytest.importorskip("ray")
        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="CRITICAL")
        yield
        ray.shutdown()


class Interrupted(Listener):
    """Presses Ctrl-C when a trial is finished."""

    def trial_ends(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_without_ray(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("a.yaml", SPEC)
    monkeypatch.setitem(sys.modules, "ray", None)
    done = cli("compare", "a", "a@vars.width=3", "--seeds", "1", "--limit", "50", "--ray")
    assert done.status == 2
    assert "pip install 'layerctl[ray]'" in done.err


@needs_ray
def test_no_cluster_there(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    done = cli("compare", "a", "a@vars.width=3", "--limit", "50", "--ray", RAY_ADDRESS="nonsense:no")
    assert done.status == 2
    assert "Ray does not start at nonsense:no" in done.err
    assert "`RAY_ADDRESS`" in done.err


@needs_ray
def test_no_cluster_at_an_address(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    done = cli("compare", "a", "a@vars.width=3", "--limit", "50", "--ray", "nonsense:no")
    assert (done.status, "Ray does not start at nonsense:no" in done.err) == (2, True)


@needs_ray
def test_the_command_gives_the_same_figures(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    common = (
        "compare",
        "a",
        "a@vars.width=3",
        "--seeds",
        "2",
        "--limit",
        "200",
        "--perturb",
        "permute,shift",
        "--format",
        "json",
    )
    apart = cli(*common, "--ray", "--runs-dir", "apart")
    assert apart.status == 0, apart.err
    assert apart.err.splitlines() == [
        f"trial {number}/8: {name}, seed {seed}"
        for number, (seed, name) in enumerate(
            ((seed, name + twin) for seed in range(2) for name in ("a", "a@vars.width=3") for twin in ("", " (permuted)")), 1
        )
    ]
    here = cli(*common, "--runs-dir", "here")
    for one, other in zip(apart.data["variants"], here.data["variants"], strict=True):
        assert one["metrics"] == other["metrics"]
        assert one["curves"] == other["curves"]
    assert apart.data["perturbations"] == here.data["perturbations"]
    again = cli(*common, "--runs-dir", "apart")
    assert again.err.count("kept from before") == 8
    assert again.data == apart.data


@needs_ray
@pytest.mark.usefixtures("cluster")
def test_an_interrupted_comparison_is_resumed(tmp_path: Path) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text(SPEC)
    arguments: dict[str, Any] = {"seeds": 4, "limit": 100, "runs_dir": tmp_path, "ray": ""}
    with pytest.raises(KeyboardInterrupt):
        compare([spec, f"{spec}@vars.width=3"], listener=Interrupted(), **arguments)
    kept = len(list(tmp_path.glob("compare/*/trial.json")))
    assert 0 < kept < 8
    found = compare([spec, f"{spec}@vars.width=3"], **arguments)
    assert len(found.variants[1].metrics["test_loss"].values) == 4
    more = compare([spec, f"{spec}@vars.width=3"], perturb=["noise"], **arguments)
    assert more.variants == found.variants, "only the disturbance is new"


@needs_ray
@pytest.mark.usefixtures("cluster")
def test_a_failing_trial_gives_the_same_message_as_without_ray(tmp_path: Path) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text(STEEP)
    with pytest.raises(SpecError) as error:
        compare([spec, f"{spec}@vars.width=3"], seeds=1, limit=200, runs_dir=tmp_path, ray="")
    assert [diagnostic.code.id for diagnostic in error.value.diagnostics] == ["LC656"]


@needs_ray
@pytest.mark.usefixtures("cluster")
def test_a_killed_process_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    spec = tmp_path / "a.yaml"
    spec.write_text(SPEC.replace("Flatten,", "Flatten, {'deadly:Deadly': {}},"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as error:
        compare([spec, f"{spec}@vars.width=3"], seeds=1, limit=200, allow_custom_code=True, ray="")
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code.id == "LC692"
    assert "seed 0 was ended" in diagnostic.message
