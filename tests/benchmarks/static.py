"""How fast the static check is, as ratios to other programs: `make bench`.

Absolute times say more about a machine than about a program. Here two programs are timed in alternating runs, and the ratio of
their medians is printed beside the aim. For processes, CPU time is measured, which other processes disturb less.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = 11
KERAS_RUNS = 9
COLD_RUNS = 21
LAYERS = 10_000
FILES = 1_000
LEAST = """import typer, yaml
from pydantic import BaseModel
class Model(BaseModel):
    units: int
Model.model_validate({"units": 8})
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; a `least` aim is a lower limit, others are upper limits. `value` is None if it was not measured."""

    what: str
    value: float | None
    aim: float
    unit: str = "×"
    least: bool = False

    def cells(self) -> tuple[str, str, str]:
        """The measured value, the aim, and whether it is met."""
        aim = f"{'≥' if self.least else '≤'} {self.aim:g}{self.unit}"
        if self.value is None:
            return "not measured", aim, ""
        ok = self.value >= self.aim if self.least else self.value <= self.aim
        return f"{self.value:.2f}{self.unit}", aim, "ok" if ok else "MISSED"


def print_table(lines: list[Line]) -> None:
    """All lines, each with its aim."""
    width = max(len(line.what) for line in lines)
    print(f"\n{'':{width}}  {'measured':>12}  {'aim':>10}")
    for line in lines:
        value, aim, verdict = line.cells()
        print(f"{line.what:{width}}  {value:>12}  {aim:>10}  {verdict}")


def interleaved(runs: int, *functions: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> tuple[float, ...]:
    """The median seconds of each function; all run in turn, and the first turn is not counted.

    Python's cycle collector runs as by default, and once before each run.
    """
    times: list[list[float]] = [[] for _ in functions]
    for number in range(runs + 1):
        for function, seconds in zip(functions, times, strict=True):
            gc.collect()
            start = clock()
            function()
            if number:
                seconds.append(clock() - start)
    return tuple(map(median, times))


def process(*arguments: str) -> Callable[[], object]:
    """A function that runs a new process."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return lambda: subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, env=environment)


def of_processes() -> float:
    """The CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def program() -> tuple[str, ...]:
    """The installed `layerctl`, else the module."""
    installed = Path(sys.executable).parent / "layerctl"
    return (str(installed),) if installed.is_file() else (sys.executable, "-m", "layerctl")


def cold() -> list[Line]:
    """`layerctl check specs/cnn.yaml` as a process, against importing its packages, and against building the model in Keras."""
    check = process(*program(), "check", "specs/cnn.yaml")
    least = process(sys.executable, "-c", LEAST)
    mine, theirs = interleaved(COLD_RUNS, check, least, clock=of_processes)
    what = "cold `layerctl check specs/cnn.yaml` / a process that imports typer and yaml and validates one small BaseModel"
    lines = [Line(what, mine / theirs, 1.2)]
    if importlib.util.find_spec("keras") is None:
        return lines
    with tempfile.TemporaryDirectory() as folder:
        code = str(Path(folder, "cnn.py"))
        subprocess.run([*program(), "build", "specs/cnn.yaml", "-o", code], cwd=ROOT, check=True, capture_output=True)
        mine, keras = interleaved(KERAS_RUNS, check, process(sys.executable, code), clock=of_processes)
    return [*lines, Line("a process that builds the same model with Keras / cold `layerctl check`", keras / mine, 15, least=True)]


def large() -> list[Line]:
    """A spec of 10,000 layers in one process, against reading the same text with libyaml."""
    import yaml

    from layerctl.compiler.pipeline import compile_text
    from tests.benchmarks.generated import spec

    texts = {layers: spec(layers) for layers in (LAYERS, 2 * LAYERS, 4 * LAYERS)}
    compiled = compile_text(texts[LAYERS])
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics[:3]]
    assert compiled.model is not None
    assert len(compiled.model.nodes) == LAYERS + 1
    del compiled

    def check(layers: int) -> Callable[[], object]:
        return lambda: compile_text(texts[layers])

    compose = lambda: yaml.compose(texts[LAYERS], Loader=yaml.CSafeLoader)  # noqa: E731
    mine, theirs = interleaved(RUNS, check(LAYERS), compose)
    once, twice, four = interleaved(RUNS - 2, check(LAYERS), check(2 * LAYERS), check(4 * LAYERS))
    return [
        Line("check of 10,000 layers / `yaml.compose` of the same text with libyaml", mine / theirs, 2),
        Line("time a layer, 20,000 layers / 10,000 layers", twice / once / 2, 1.25),
        Line("time a layer, 40,000 layers / 10,000 layers", four / once / 4, 1.25),
        Line("peak memory of a process that checks 10,000 layers", peak_megabytes(texts[LAYERS]), 300, unit=" MB"),
    ]


def many() -> list[Line]:
    """A thousand files, the specs that come with layerctl in turn, against reading them with PyYAML on libyaml."""
    import yaml

    from layerctl.cli._checking import checked

    texts = [path.read_bytes() for path in sorted(ROOT.glob("specs/*.yaml"))]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"model_{number}.yaml") for number in range(FILES)]
        for number, path in enumerate(paths):
            path.write_bytes(texts[number % len(texts)])

        def check(jobs: int) -> None:
            with redirect_stdout(StringIO()) as printed:
                status = checked([folder], jobs=jobs)
            assert status == 0, printed.getvalue()

        def parse() -> None:
            for path in paths:
                with open(path, "rb") as file:
                    yaml.load(file.read(), Loader=yaml.CSafeLoader)

        one, several, theirs = interleaved(RUNS, lambda: check(1), lambda: check(os.cpu_count() or 1), parse)
    return [
        Line("check of 1,000 specs in one process / `yaml.load` of the same files with libyaml", one / theirs, 3),
        Line("the same check by one process for each processor / by one process", several / one, 1),
    ]


def peak_megabytes(text: str) -> float:
    """The largest resident size of a fresh process that checks this text."""
    code = (
        "import resource, sys\n"
        "from layerctl.compiler.pipeline import compile_bytes\n"
        "compiled = compile_bytes('large.yaml', sys.stdin.buffer.read())\n"
        "assert compiled.ok\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=text.encode(), cwd=ROOT, check=True, capture_output=True)
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
    return int(done.stdout) * unit / 1e6


def resnet() -> list[Line]:
    """`layerctl summary zoo/resnet50` as a process, against one in which Keras builds the same model."""
    memory = Line("peak memory of `layerctl summary zoo/resnet50`", peak_of("summary", "zoo/resnet50"), 150, unit=" MB")
    if importlib.util.find_spec("keras") is None:
        return [memory]
    built = process(sys.executable, "-c", "import keras; keras.applications.ResNet50(weights=None)")
    mine, theirs = interleaved(KERAS_RUNS, process(*program(), "summary", "zoo/resnet50"), built)
    what = "a process that builds ResNet-50 with Keras / cold `layerctl summary zoo/resnet50`"
    return [memory, Line(what, theirs / mine, 20, least=True)]


def peak_of(*arguments: str) -> float:
    """The largest resident size of a `layerctl` process, in megabytes.

    A small process starts it, since the peak of a child includes its parent's memory at the start.
    """
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *program(), *arguments], cwd=ROOT, check=True, capture_output=True)
    return int(done.stdout) * (1 if sys.platform == "darwin" else 1024) / 1e6


def machine() -> str:
    python = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} processors"
    return f"{python}; medians of {KERAS_RUNS} runs or more, taken in turn"


def main() -> None:
    sys.path.insert(0, str(ROOT))
    print(machine(), flush=True)
    lines = [*large(), *many(), *cold(), *resnet()]
    print_table(lines)


if __name__ == "__main__":
    main()
