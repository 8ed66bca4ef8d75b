"""What needs more memory than there is, is refused before a framework is loaded; and nothing is refused that may fit."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerctl.analysis import memory
from layerctl.analysis.costs import summarize
from layerctl.analysis.data.held import Held
from layerctl.base import machine
from layerctl.base.machine import ADDRESSES, LARGEST_DEVICE, Memory, NotLoaded, RanOut, ran_out, stage
from layerctl.compiler.memory import building, enough, running, training
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.diagnostics.errors import LayerctlBug, SpecError, UsageError
from tests.command_line import CommandLine

TRAIN = "train: {data: synthetic, loss: mse, epochs: 1, limit: 20}"
GIB = 2**30


def spec(input: str, layers: str, train: str = TRAIN) -> str:
    return f"inputs: {{x: {input}}}\nlayers: [{layers}]\n{train}\n"


HUGE = {
    "units": spec("[4]", "Dense: 1000000000000"),
    "rows of an Embedding": spec("{shape: [4], dtype: int32}", "Embedding: {input_dim: 10000000000, output_dim: 64}"),
    "filters": spec("[8, 8, 1]", "Conv2D: {filters: 100000000000, kernel_size: 3}"),
    "a wrapped layer": spec("[8, 8]", "Bidirectional: {layer: {LSTM: 1000000}}"),
    "gates": spec("[8, 8]", "LSTM: 1000000"),
    "a nested model": "models: {m: {inputs: {y: [4]}, layers: [{Dense: 1000000000000}]}}\n" + spec("[4]", "m"),
}
"""Specs whose weights alone are too many."""
LARGE = {
    "an image enlarged": spec("[8, 8, 1]", "UpSampling2D: 100000, GlobalAveragePooling2D"),
    "padding": spec("[8, 8, 1]", "ZeroPadding2D: 1000000, GlobalAveragePooling2D"),
    "repetition": spec("[8]", "RepeatVector: 10000000000, GlobalAveragePooling1D"),
    "a function": spec("[8]", "ops.repeat: {repeats: 100000000000, axis: 1}, ops.mean: {axis: -1, keepdims: true}"),
    "the input": spec("[1000000, 1000000, 3]", "GlobalAveragePooling2D"),
    "a convolution": spec("[400, 400, 1]", "Conv2D: {filters: 1000000000, kernel_size: 1}, GlobalAveragePooling2D"),
    "a nested tensor": "models: {m: {inputs: {y: [8, 8, 1]}, layers: [UpSampling2D: 100000, GlobalAveragePooling2D]}}\n"
    + spec("[8, 8, 1]", "m"),
}  # fmt: skip
"""Specs with a tensor between layers that is too large."""
SMALL = spec("[4]", "Dense: 2")


@pytest.fixture(autouse=True)
def a_machine_of_64_gib(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the machine, and Keras cannot be imported: what is refused is refused before."""
    monkeypatch.setenv("LAYERCTL_MEMORY", "64GiB")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr("layerctl.compiler.memory.accelerators", list)
    monkeypatch.setitem(sys.modules, "keras", None)


def accepted(text: str) -> Accepted:
    return compile_text(text).accepted()


def refusal(text: str, **options: int) -> str | None:
    """The message and help of the refusal to train a spec; None where it may fit."""
    compiled = accepted(text)
    section = compiled.document.train
    needed = building(compiled) if section is None else training(compiled, section, **options)
    found = memory.judge(compiled.model, needed.needs)
    return None if found is None else f"{found.message} | {found.span.text} | {found.help}"


class TestCommands:
    @pytest.mark.parametrize("text", [*HUGE.values(), *LARGE.values()], ids=[*HUGE, *LARGE])
    @pytest.mark.parametrize("command", ["train", "trace", "compare"])
    def test_what_runs_a_model(self, cli: CommandLine, text: str, command: str) -> None:
        cli.write("a.yaml", text)
        cli.write("b.yaml", SMALL)
        result = cli(command, *(["a.yaml", "b.yaml"] if command == "compare" else ["a.yaml"]))
        assert result.status == 1
        assert re.search(r"error\[LC630\]: .* needs at least [\d,.]+ [GT]iB of memory .*64\.0 GiB", result.err)
        assert " --> a.yaml:" in result.err
        assert result.out == ""
        assert not Path(cli.folder, "runs").exists()

    @pytest.mark.parametrize("text", HUGE.values(), ids=list(HUGE))
    @pytest.mark.parametrize("command", ["build", "build -o a.keras", "convert --to conv2d", "check --verify"])
    def test_what_builds_a_model(self, cli: CommandLine, text: str, command: str) -> None:
        cli.write("a.yaml", text)
        result = cli(*command.split(), "a.yaml")
        assert result.status == 1
        assert "error[LC630]" in result.err + result.out

    @pytest.mark.parametrize("text", LARGE.values(), ids=list(LARGE))
    def test_building_makes_no_tensors(self, cli: CommandLine, text: str) -> None:
        cli.write("a.yaml", text)
        assert "this needs" in cli("build", "a.yaml").err, "Keras is asked for"

    @pytest.mark.parametrize("text", [*HUGE.values(), *LARGE.values()], ids=[*HUGE, *LARGE])
    @pytest.mark.parametrize("command", [["check"], ["summary"], ["build", "-o", "a.json"], ["build", "-o", "a.py"]])
    def test_static_commands_do_not_depend_on_the_machine(self, cli: CommandLine, text: str, command: list[str]) -> None:
        cli.write("a.yaml", text)
        assert cli(command[0], "a.yaml", *command[1:], LAYERCTL_MEMORY="1KiB").status == 0

    def test_samples_of_a_trace(self, cli: CommandLine) -> None:
        cli.write("a.yaml", SMALL)
        result = cli("trace", "a.yaml", "--samples", "1000000000000000000000000")
        assert (result.status, "a batch of 4294967293 fits (`--samples`)" in result.err) == (1, True)

    def test_a_batch_is_no_larger_than_the_data(self, cli: CommandLine) -> None:
        cli.write("a.yaml", SMALL)
        assert "this needs" in cli("train", "a.yaml", "--batch-size", "1000000000").err

    def test_the_setting_lifts_the_refusal(self, cli: CommandLine) -> None:
        cli.write("a.yaml", HUGE["units"])
        assert "this needs" in cli("train", "a.yaml", LAYERCTL_MEMORY="900TiB").err

    @pytest.mark.parametrize("value", ["much", "-1", "1GB", "64 gigabytes"])
    def test_a_setting_that_is_no_size(self, cli: CommandLine, value: str) -> None:
        cli.write("a.yaml", SMALL)
        result = cli("build", "a.yaml", LAYERCTL_MEMORY=value)
        assert result.status == 2
        assert result.err.startswith(f"error: `LAYERCTL_MEMORY` takes a size in bytes such as 64GiB; got '{value}'\n")

    def test_other_machines_are_unknown(self) -> None:
        compiled = accepted(HUGE["units"])
        assert training(compiled, compiled.document.train, elsewhere=True).needs.weights == 0


class TestPlaceAndHelp:
    @pytest.mark.parametrize(
        ("text", "place", "help"),
        [
            (HUGE["units"], "Dense", "lower `units`"),
            (HUGE["a wrapped layer"], "Bidirectional", "lower `units`"),
            (LARGE["an image enlarged"], "UpSampling2D", "lower `size`"),
            (spec("[1000000]", "Dense: {units: 100000, activation: relu}, Dense: 100"), "Dense", "lower `units`"),
            (spec("[1000000, 1000000]", "Flatten, Dense: 1", ""), "Dense", "make the input of `dense` smaller"),
            (LARGE["the input"], "x", "make `x` smaller"),
        ],
    )
    def test_the_layer(self, text: str, place: str, help: str) -> None:
        found = refusal(text)
        assert found is not None
        assert f"| {place} | {help}" in found

    BATCH = spec("[100, 100, 1]", "Conv2D: {filters: 1000, kernel_size: 1, activation: relu}, GlobalAveragePooling2D, Dense: 10",
                 "train: {data: digits, loss: mse, batch_size: %s}")  # fmt: skip

    def test_the_batch_that_fits_is_exact(self) -> None:
        found = refusal(self.BATCH % 3000)
        assert found is not None
        fits = int(re.search(r"\| 3000 \| a batch of (\d+) fits \(`--batch-size`\); or lower `filters`", found)[1])  # type: ignore[index]
        assert 0 < fits < 3000
        assert refusal(self.BATCH % fits) is None
        assert refusal(self.BATCH % (fits + 1)) is not None

    def test_the_limit_fits(self) -> None:
        text = spec("[4000, 4000, 1]", "GlobalAveragePooling2D, Dense: 10", "train: {data: digits, loss: mse, limit: %s}")
        found = refusal(text % 3000)
        assert found is not None
        fits = int(re.search(r"\| digits \| `--limit (\d+)` fits", found)[1])  # type: ignore[index]
        assert refusal(text % fits) is None

    @pytest.mark.parametrize(
        ("optimizer", "fits"),
        [("{SGD: {momentum: 0.9}}", True), ("adam", True), ("{Adam: {amsgrad: true}}", False)],
    )
    def test_values_of_the_optimizer(self, optimizer: str, fits: bool) -> None:
        text = spec("[50000]", "Dense: 100000", f"train: {{data: synthetic, loss: mse, optimizer: {optimizer}}}")
        found = refusal(text)  # 18.6 GiB of weights
        assert (found is None) == fits
        assert found is None or "(weights 18.6 GiB, the optimizer's values 55.9 GiB," in found

    def test_frozen_layers_have_none(self) -> None:
        layer = "Dense: {units: 100000, trainable: false}"
        assert refusal(spec("[100000]", layer)) is None  # 37 GiB of weights


@given(st.integers(1, 64), st.integers(1, 500), st.integers(1, 9), st.integers(1, 40))
def test_no_more_is_counted_than_the_estimate(size: int, units: int, batch: int, scale: int) -> None:
    """The figures of `summary` count all tensors and gradients; what refuses counts less."""
    text = spec(
        f"[{size}, {size}, 1]", f"UpSampling2D: {scale}, Conv2D: {{filters: 2, kernel_size: 1}}, Flatten, Dense: {units}", ""
    )
    model = accepted(text).model
    use = memory.Use("training", trains=True, batch=batch)
    estimate = summarize(model, batch).totals
    assert estimate.training_bytes is not None
    assert memory.needs(model, use).total <= estimate.training_bytes + 4 * batch * size * size
    assert memory.needs(model, use).weights == estimate.weight_bytes


def test_what_a_compiler_fuses_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(LARGE["an image enlarged"]) is not None
    assert refusal(LARGE["the input"]) is not None
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert refusal(LARGE["an image enlarged"]) is None
    assert refusal(LARGE["the input"]) is not None
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setattr("layerctl.compiler.memory.accelerators", lambda: ["/dev/nvidia0"])
    assert refusal(LARGE["an image enlarged"]) is None


def test_bytes_that_stay_bytes() -> None:
    """Keras promises float32 for an enlarged uint8 image; when the model runs, it stays uint8."""

    def largest(dtype: str, layers: str) -> int:
        model = accepted(spec(f"{{shape: [1, 1, 64], dtype: {dtype}}}", layers, "")).model
        return memory.needs(model, memory.Use("it", batch=1)).tensor.bytes

    assert largest("float32", "UpSampling2D: 20000") == 4 * largest("uint8", "UpSampling2D: 20000")
    assert largest("float32", "UpSampling2D: 20000, Rescaling: 2") == largest("uint8", "UpSampling2D: 20000, Rescaling: 2")


class TestMachine:
    @staticmethod
    def machine(
        monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str], limits: Mapping[str, int] = {}, devices: int = 0
    ) -> Memory:
        resource = pytest.importorskip("resource")
        by_number = {getattr(resource, name): limit for name, limit in limits.items()}
        monkeypatch.setattr(resource, "getrlimit", lambda number: (by_number.get(number, resource.RLIM_INFINITY),) * 2)
        monkeypatch.setattr(machine, "_lines", lambda file: files.get(file, "").splitlines())
        monkeypatch.setattr(machine, "accelerators", lambda: ["/dev/nvidia"] * devices)
        return machine.memory()

    MEMINFO = "MemTotal:  8388608 kB\nMemFree: 12 kB\nSwapCached: 3 kB\nSwapTotal: 1048576 kB\n"
    V1, V2 = "/sys/fs/cgroup/memory", "/sys/fs/cgroup"

    @pytest.mark.parametrize(
        ("groups", "limits", "gib"),
        [
            ("", {}, 9),
            ("0::/\n", {f"{V2}/memory.max": "max\n"}, 9),
            ("0::/a/b\n", {f"{V2}/a/b/memory.max": "max", f"{V2}/a/memory.max": str(2 * GIB)}, 3),
            ("0::/\n", {f"{V2}/memory.max": str(4 * GIB)}, 5),
            ("9:name=systemd:/\n4:memory:/docker/x\n0::/\n", {f"{V1}/memory.limit_in_bytes": str(GIB)}, 2),
            ("4:memory:/\n", {f"{V1}/memory.limit_in_bytes": "9223372036854771712"}, 9),
        ],
    )
    def test_groups(self, monkeypatch: pytest.MonkeyPatch, groups: str, limits: dict[str, str], gib: int) -> None:
        found = self.machine(monkeypatch, {"/proc/meminfo": self.MEMINFO, "/proc/self/cgroup": groups, **limits})
        whose = "this machine has" if gib == 9 else "the control group of this process has"
        assert found == Memory(gib * GIB, f"{whose} {gib}.0 GiB")

    def test_limits_of_the_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        files = {"/proc/meminfo": self.MEMINFO}
        assert self.machine(monkeypatch, files, {"RLIMIT_AS": GIB}) == Memory(GIB, "`ulimit -v` leaves a process 1.0 GiB")
        assert self.machine(monkeypatch, files, {"RLIMIT_DATA": GIB}) == Memory(GIB, "`ulimit -d` leaves a process 1.0 GiB")
        assert self.machine(monkeypatch, files, {"RLIMIT_AS": 64 * GIB}).bytes == 9 * GIB

    @pytest.mark.parametrize(
        ("peak", "limits", "near"),
        [
            (1400, {"RLIMIT_AS": GIB + GIB // 2}, True),
            (1000, {"RLIMIT_AS": GIB + GIB // 2}, False),
            (1400, {}, False),
            (1400, {"RLIMIT_DATA": GIB}, False),
        ],
    )
    def test_how_near_a_limit_is(self, monkeypatch: pytest.MonkeyPatch, peak: int, limits: dict[str, int], near: bool) -> None:
        self.machine(monkeypatch, {"/proc/self/status": f"VmPeak:\t {peak << 10} kB\nVmData:\t 300000 kB\n"}, limits)
        assert machine.nearly_out() == near

    def test_each_accelerator_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.machine(monkeypatch, {"/proc/meminfo": self.MEMINFO}, devices=2)
        assert found == Memory(9 * GIB + 2 * LARGEST_DEVICE, "this machine has 9.0 GiB, and no accelerator more than 1.0 TiB")

    def test_an_unknown_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.machine(monkeypatch, {}) == Memory(ADDRESSES, "no process can have more than 65,536.0 TiB")

    def test_this_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("LAYERCTL_MEMORY")
        assert memory.available().bytes > GIB


class ResourceExhaustedError(Exception):
    """As TensorFlow's."""


def chained(error: Exception, cause: Exception | None, context: Exception | None = None) -> Exception:
    error.__cause__, error.__context__ = cause, context
    error.__suppress_context__ = False
    return error


class TestRanOut:
    @pytest.mark.parametrize(
        "error",
        [
            MemoryError(),
            ResourceExhaustedError("OOM when allocating tensor"),
            OSError(errno.ENOMEM, "Cannot allocate memory"),
            RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 16000 bytes"),
            RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory"),
            ImportError("libtensorflow_cc.so.2: failed to map segment from shared object"),
            chained(LayerctlBug(("Keras refuses it",)), MemoryError()),
            chained(ValueError("of Keras"), None, MemoryError()),
        ],
    )
    def test_errors_of_memory(self, error: Exception) -> None:
        assert ran_out(error)
        compiled = accepted(SMALL)
        with pytest.raises(SpecError, match="memory ran out: the model needs 40 B of memory"), enough(building(compiled)):
            raise error

    @pytest.mark.parametrize(
        "error",
        [
            ValueError("shapes (2,) and (3,)"),
            OSError(errno.ENOSPC, "No space left on device"),
            UsageError("a file says: out of memory"),
            chained(UsageError("x"), None),
        ],
    )
    def test_other_errors(self, error: Exception) -> None:
        assert not ran_out(error)
        with pytest.raises(type(error)), enough(building(accepted(SMALL))):
            raise error

    def test_a_context_that_is_suppressed(self) -> None:
        assert ran_out(chained(UsageError("not readable"), None, MemoryError()))
        error = chained(UsageError("not readable"), None, MemoryError())
        error.__suppress_context__ = True
        assert not ran_out(error)

    def test_the_stage_is_said(self) -> None:
        compiled = accepted(SMALL)
        needed = running(compiled, "the trace", samples=8, option="--samples")
        with pytest.raises(SpecError) as caught, enough(needed), stage("outside"), stage("the data were read"):
            raise ResourceExhaustedError
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code.id == "LC630"
        assert diagnostic.message.startswith("memory ran out while the data were read: the trace needs")

    def test_no_model_is_to_blame_where_no_framework_loads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "memory", lambda: Memory(GIB, "`ulimit -v` leaves a process 1.0 GiB"))
        monkeypatch.delenv("LAYERCTL_MEMORY")
        with pytest.raises(SpecError) as caught, enough(building(accepted(SMALL))):
            raise NotLoaded("Keras was loaded")
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code.id == "LC630"
        assert diagnostic.message == "memory ran out while Keras was loaded; `ulimit -v` leaves a process 1.0 GiB"
        assert str(diagnostic.help).startswith("raise this limit")

    @pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="what a process has had is known on Linux")
    @pytest.mark.parametrize("limit", [300 * 1024**2, 64 * GIB])
    def test_a_framework_that_is_half_there(self, tmp_path: Path, limit: int) -> None:
        """Where a library does not fit, packages fail over each other's missing parts, without a word of memory."""
        resource = pytest.importorskip("resource")
        (tmp_path / "keras").mkdir()
        (tmp_path / "keras" / "__init__.py").write_text("raise AttributeError('partially initialized module')")
        (tmp_path / "a.yaml").write_text(SMALL)
        done = subprocess.run(
            [sys.executable, "-m", "layerctl", "build", "a.yaml"],
            cwd=tmp_path,
            env={
                "PATH": "",
                "HOME": str(tmp_path),
                "PYTHONPATH": os.pathsep.join((str(tmp_path), str(Path(__file__).parents[2]))),
            },
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        words = "memory ran out while Keras was loaded; `ulimit -v`" if limit < GIB else "Keras is installed but does not load"
        assert words in done.stderr
        assert (done.returncode, "lower `units`" in done.stderr) == (1 if limit < GIB else 2, False)

    def test_the_command_line(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        def failing(*arguments: object) -> None:
            raise RanOut("Keras was loaded")

        monkeypatch.setattr("layerctl.cli.build.spec_file", failing)
        result = cli("build", "a.yaml")
        assert (result.status, result.err.splitlines()[0]) == (1, "error: memory ran out while Keras was loaded")


class TestData:
    """The memory of data, from names, heads and listings; `tests/runtime/test_memory.py` holds it against what is read."""

    @staticmethod
    def data(text: str, limit: int | None = None) -> Held:
        compiled = accepted(text)
        return training(compiled, compiled.document.train, limit=limit).needs.use.data

    def test_named(self) -> None:
        text = spec("[16, 16, 1]", "Flatten, Dense: 10", "train: {data: digits, loss: mse, validation_split: 0.5}")
        assert self.data(text) == Held(1910, (3823 + 1797) * 16 * 16 * 4, 2 * 16 * 16 * 4)
        assert self.data(text, limit=2000) == Held(999, (2000 + 1797) * 16 * 16 * 4, 2 * 16 * 16 * 4)

    def test_made(self) -> None:
        found = self.data(spec("[1000]", "Dense: 500", "train: {data: synthetic, loss: mse}"))
        assert found == Held(3999, 5000 * 1500 * 4, of="x", side=1000)

    def test_images(self, tmp_path: Path) -> None:
        for part, count in (("train", 20), ("test", 10)):
            for number in range(count):
                file = tmp_path / part / f"class{number % 2}" / f"{number}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
        text = spec("[16, 8, 3]", "Flatten, Dense: 2", f"train: {{data: {json.dumps(str(tmp_path))}, loss: mse}}")
        each = 16 * 8 * 3 * 4
        assert self.data(text) == Held(19, 30 * each, 2 * each)
        assert self.data(text, limit=15) == Held(14, 25 * each, 2 * each)

    def test_what_is_not_there(self) -> None:
        assert self.data(spec("[4]", "Dense: 1", "train: {data: nowhere.npz, loss: mse}")) == Held(1)
