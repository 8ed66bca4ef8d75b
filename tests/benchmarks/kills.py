"""Whether killed and resumed trainings give the exact result: `python -m tests.benchmarks.kills --data-dir DIR`.

Trains a spec once without interruption. Then trains it `--kills` times, kills each (SIGKILL) at a random moment, resumes it, and
compares every weight, every variable of the optimizer and all metrics with those of the first, bit by bit. Every other kill comes
while a file is being written.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from tests.runtime.kills import Commands, after, amid_file, differences, until_done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spec", default="mlp")
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--data-dir", type=Path, help="where its files are")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=60_000, help="at most so many training samples")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args()
    train = ["train", options.spec, "--data", options.data, "--epochs", str(options.epochs), "--limit", str(options.limit)]
    if options.data_dir is not None:
        train += ["--data-dir", str(options.data_dir.absolute())]
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        commands = Commands(Path(folder))
        begun = time.monotonic()
        assert commands(*train, "--name", "whole") == 0, (Path(folder) / "log").read_text()
        seconds = time.monotonic() - begun
        print(f"a run without a break takes {seconds:.1f} s")
        exact = killed = 0
        for number in range(1, options.kills + 1):
            run = Path(folder, f"runs/killed{number}-1")
            amid = number % 2 == 0
            moment = amid_file(run, draw.randint(1, 4 * options.epochs)) if amid else after(draw.uniform(0, seconds))
            died = until_done(commands, run, [*train, "--name", f"killed{number}"], [moment])
            differing = differences(Path(folder, "runs/whole-1"), run)
            killed += died
            exact += not differing
            what = "amid a file" if amid else "at a random moment"
            print(f"kill {number}: {what}, {'killed' if died else 'too late'}: {'; '.join(differing) or 'exact'}", flush=True)
        commands.close()
    print(f"{killed} killed, {exact} of {options.kills} exact")
    raise SystemExit(exact < options.kills)


if __name__ == "__main__":
    main()
