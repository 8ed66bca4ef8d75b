"""How fast training is, compared with hand-written Keras and PyTorch scripts: `python tests/benchmarks/training.py`.

The same models are trained on the same images. Speed is samples a second of an epoch after the first, which includes the tracing.
All run in turn, round by round, and the best speed of each counts. Hand-written are several settings of `Model.fit`, a `tf.data`
pipeline and a training loop; the fastest of them counts. layerctl chooses its settings itself, shuffles by seed, and reports
progress. PyTorch needs a separate environment (`--torch-python`). The time to the first step includes imports and reading.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  # the two lines above belong before it

from layerctl.api.check import check  # noqa: E402
from layerctl.runtime.backends import backend  # noqa: E402
from layerctl.runtime.data import load  # noqa: E402
from layerctl.runtime.data._wanted import wanted  # noqa: E402
from tests.benchmarks.contestants import DEFAULT, SCRIPTS, ByLayerctl, ByTorch, Task, by_hand  # noqa: E402
from tests.benchmarks.racing import race  # noqa: E402
from tests.benchmarks.static import Line, print_table  # noqa: E402

MODELS = {"mlp": 30_000, "cnn": 9_000}
"""The specs to train, and the number of samples of an epoch."""
BATCH_SIZES = (32, 128)
OF_KERAS, OF_DEFAULT, OF_TORCH, TO_FIRST_STEP = 0.97, 2.0, 1.0, 1.15
OURS = "layerctl"
TORCH = {"PyTorch": 0, "PyTorch, 1 thread": 1}
"""A plain loop, with PyTorch's default number of threads and with one; the faster counts."""
ARCHIVE = "mnist.npz"
TEST_SAMPLES = 10_000


def task(spec: str, batch_size: int, samples: int, folder: Path) -> Task:
    """A spec with a batch size, and its training samples."""
    overrides = (f"train.batch_size={batch_size}", "train.optimizer=adam", "train.data=mnist")
    compiled = check(ROOT / "specs" / f"{spec}.yaml", overrides=overrides)
    assert compiled.document is not None
    train = compiled.document.train
    return Task(compiled, train, load(wanted(compiled, train, data_dir=folder), limit=samples))


def speeds(spec: str, batch_size: int, folder: Path, torch: str | None, rounds: int) -> list[Line]:
    """The lines of one model in batches of one size."""
    its = task(spec, batch_size, MODELS[spec], folder)
    others = by_hand(its)
    with ExitStack() as stack:
        both = {OURS: ByLayerctl(its).epoch}
        if torch is not None:
            for name, threads in TORCH.items():
                file = Path(stack.enter_context(tempfile.TemporaryDirectory()), "samples.npz")
                process = ByTorch(its, spec, torch, threads, file)
                stack.callback(process.close)
                both[name] = process.epoch
        speed = race(both | others, rounds, kept=(*both, DEFAULT))
    backend.keras().utils.clear_session()
    print(f"{spec}, batches of {batch_size}: " + ", ".join(f"{name} {each:,.0f}" for name, each in speed.items()), flush=True)
    best = max(others, key=lambda name: speed[name])
    what = f"{spec}, {batch_size}: samples a second, layerctl /"
    lines = [Line(f"{what} best by hand ({best})", speed[OURS] / speed[best], OF_KERAS, least=True)]
    if (spec, batch_size) == ("mlp", 32):
        lines.append(Line(f"{what} model.fit(x, y)", speed[OURS] / speed[DEFAULT], OF_DEFAULT, least=True))
    plain = max(speed.get(name, 0.0) for name in TORCH)
    return [*lines, Line(f"{what} plain PyTorch", speed[OURS] / plain if plain else None, OF_TORCH, least=True)]


def until_first_step(script: str, *arguments: str) -> float:
    """The seconds from the start of a process to the end of its first training step."""
    command = [sys.executable, os.fspath(SCRIPTS / script), *arguments]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begun
    if line.strip() != "stepped":
        raise RuntimeError(f"{script} did not come to its first step")
    return seconds


def first_step(folder: Path, rounds: int) -> Line:
    """Compares the command with the script in alternating processes; the first turn, which fills the caches, is not counted."""
    hand, ours = [], []
    with tempfile.TemporaryDirectory() as runs:
        train = ("train", "specs/cnn.yaml", "--data", "mnist", "--data-dir", os.fspath(folder), "--runs-dir", runs)
        for _ in range(rounds + 1):
            hand.append(until_first_step("first_step_by_hand.py", os.fspath(folder / ARCHIVE)))
            ours.append(until_first_step("first_step_by_layerctl.py", *train))
    print(f"to the first step: layerctl {median(ours[1:]):.2f} s, by hand {median(hand[1:]):.2f} s", flush=True)
    what = "seconds to the first step, `layerctl train specs/cnn.yaml` / a Keras script"
    return Line(what, median(ours[1:]) / median(hand[1:]), TO_FIRST_STEP)


@contextmanager
def images(given: Path | None) -> Iterator[Path]:
    """A folder with MNIST; if there is none, a temporary one with layerctl's digits, repeated, in MNIST's format."""
    named = (given, os.environ.get("LAYERCTL_TEST_DATA_DIR"), os.environ.get("LAYERCTL_DATA_DIR"))
    for folder in (*(Path(name) for name in named if name), Path.home() / ".keras" / "datasets"):
        if (folder / ARCHIVE).is_file():
            print(f"MNIST, {', '.join(f'{count:,} samples for {name}' for name, count in MODELS.items())}")
            yield folder.absolute()
            return
    print("no MNIST here (--data-dir): digits that layerctl comes with, repeated")
    with tempfile.TemporaryDirectory() as made:
        compiled = check(ROOT / "specs" / "cnn.yaml")
        assert compiled.document is not None
        data = load(wanted(compiled, compiled.document.train))
        pixels, labels = np.rint(data.x_train[..., 0] * 255).astype(np.uint8), data.y_train.astype(np.uint8)
        arrays = {}
        for part, count in (("train", 60_000), ("test", TEST_SAMPLES)):
            rows = np.resize(np.arange(len(pixels)), count)
            arrays |= {f"x_{part}": pixels[rows], f"y_{part}": labels[rows]}
        np.savez_compressed(Path(made, ARCHIVE), **arrays)
        yield Path(made)


def torch_python(given: str | None) -> str | None:
    """An interpreter that has PyTorch; None if that has none."""
    if given is None:
        return None
    done = subprocess.run([given, "-c", "import torch"], capture_output=True, check=False) if Path(given).is_file() else None
    return given if done is not None and done.returncode == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="the folder of mnist.npz")
    parser.add_argument("--torch-python", help="an interpreter that has PyTorch")
    parser.add_argument("--rounds", type=int, default=6, help="of each race")
    parser.add_argument("--starts", type=int, default=5, help="of each program, for the first step")
    options = parser.parse_args()
    torch = torch_python(options.torch_python)
    print(f"{os.cpu_count()} processors" + ("" if torch else "; no PyTorch (--torch-python)"))
    with images(options.data_dir) as folder:
        lines = [first_step(folder, options.starts)] if options.starts else []
        for spec in MODELS if options.rounds else ():
            for batch_size in BATCH_SIZES:
                lines += speeds(spec, batch_size, folder, torch, options.rounds)
    print_table(lines)


if __name__ == "__main__":
    main()
