"""`python -m tests.judge.long`: many cases of every layer and many chains of layers, over several processes.

The cases are divided into portions, each with its own seed, the same in every run and shard. With `--record FILE` each finished
portion is written to a file, and a later run with that file continues from there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

CHAINS = "(chains)"
PORTION = {True: 25, False: 40}
"""The number of cases in a portion: of chains (True), and of one layer (False)."""
SHARE_OF_CHAINS = 0.2
PORTIONS_OF_A_PROCESS = 40
"""After so many a process is replaced, since TensorFlow never releases all of its memory."""
ENOUGH_VALID, ENOUGH_VERDICTS = 1.0, 0.999

Portion = tuple[str, int]
"""A layer, or CHAINS, and a number."""
Tally = dict[str, Any]


def portions(cases: int) -> list[Portion]:
    """All portions for at least that many cases; those of one layer are far apart."""
    from tests.judge.table import TABLE

    of_chains = -(-int(cases * SHARE_OF_CHAINS) // PORTION[True])
    of_a_layer = -(-int(cases * (1 - SHARE_OF_CHAINS)) // (PORTION[False] * len(TABLE)))
    layers = [(name, number) for number in range(of_a_layer) for name in sorted(TABLE)]
    step = max(1, len(layers) // max(1, of_chains))
    mixed: list[Portion] = []
    for number in range(of_chains):
        mixed += [*layers[number * step : (number + 1) * step], (CHAINS, number)]
    return mixed + layers[of_chains * step :]


def run_portion(portion: Portion, seed: int) -> Tally:
    """The tally of one portion; runs in a separate process."""
    import warnings

    warnings.simplefilter("ignore")
    name, number = portion
    return chains_of(f"{seed}.{number}") if name == CHAINS else cases_of(name, f"{seed}.{number}")


def cases_of(name: str, seed: str) -> Tally:
    from tests.judge.judge import judge
    from tests.judge.table import TABLE

    score = judge(name, TABLE[name], PORTION[False], seed=seed)
    return {
        "cases": score.total + score.excused,
        "excused": score.excused,
        "valid": score.valid,
        "valid_agreed": score.valid_agreed,
        "verdict_agreed": score.verdict_agreed,
        "texts": [digest(case.text()) for case in score.cases],
        "shown": [str(each) for each in score.disagreements],
        "crashes": sum("layerctl fails" in each.what for each in score.disagreements),
    }


def chains_of(seed: str) -> Tally:
    from tests.judge import keras_side
    from tests.judge.chains import chains, judge

    tally: Tally = Counter()
    texts, shown = [], []
    for drawn in chains(PORTION[True], seed):
        finding = judge(drawn)
        if finding.accepted is None:
            continue
        texts.append(digest(drawn.chain.text()))
        shown += [finding.says] if finding.says else []
        same = not finding.says or (finding.accepted and drawn.compiled is not None)
        tally.update(cases=1, excused=finding.excused)
        if not finding.excused:
            tally.update(valid=finding.accepted, valid_agreed=finding.accepted and not finding.says, verdict_agreed=same)
    keras_side.clear()
    return {**dict.fromkeys(("cases", "excused", "valid", "valid_agreed", "verdict_agreed", "crashes"), 0), **tally} | {
        "texts": texts,
        "shown": shown,
    }


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def finished(todo: list[Portion], seed: int, jobs: int, seconds: float | None) -> Iterator[tuple[Portion, Tally]]:
    """The portions as they finish, until the time is up."""
    end = None if seconds is None else time.monotonic() + seconds
    queue = iter(todo)
    waiting: dict[Future[Tally], Portion] = {}
    with ProcessPoolExecutor(jobs, get_context("spawn"), max_tasks_per_child=PORTIONS_OF_A_PROCESS) as pool:
        while True:
            while len(waiting) < jobs and (end is None or time.monotonic() < end) and (portion := next(queue, None)):
                waiting[pool.submit(run_portion, portion, seed)] = portion
            if not waiting:
                return
            for done in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(done), done.result()


def report(tallies: dict[Portion, Tally], *, complete: bool) -> int:
    """Prints the agreement by layer and in all; returns the exit status."""
    by_layer: dict[str, Counter[str]] = {}
    for (name, _), tally in sorted(tallies.items()):
        counts = {key: value for key, value in tally.items() if isinstance(value, int)}
        by_layer.setdefault(name, Counter()).update(counts)
    total: Counter[str] = Counter()
    for name, counts in by_layer.items():
        total.update(counts)
        print(f"{name:44} {agreement(counts)}, deliberate {counts['excused']}")
        if complete and not counts["valid"] and not counts["excused"]:
            print(f"  none of its cases is valid in Keras: its row says nothing about {name}")
            total["crashes"] += 1
    different = len({text for tally in tallies.values() for text in tally["texts"]})
    print(f"{total['cases']} cases ({different} different): {agreement(total)}, deliberate {total['excused']}")
    judged = total["cases"] - total["excused"]
    good = total["valid_agreed"] >= ENOUGH_VALID * total["valid"] and total["verdict_agreed"] >= ENOUGH_VERDICTS * judged
    return 0 if good and judged and not total["crashes"] else 1


def agreement(counts: Counter[str]) -> str:
    judged = counts["cases"] - counts["excused"]
    return (
        f"valid agreed {counts['valid_agreed']}/{counts['valid']} ({share(counts['valid_agreed'], counts['valid'])}), "
        f"accept/reject agreed {counts['verdict_agreed']}/{judged} ({share(counts['verdict_agreed'], judged)})"
    )


def share(part: int, total: int) -> str:
    """A percentage, rounded down so that it is 100 only if all agree."""
    return "-" if not total else f"{int(100_000 * part / total) / 1000:.3f} %"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.judge.long", description="Hold layers and chains against Keras, at length."
    )
    parser.add_argument("--cases", type=int, default=52_000, metavar="N", help="cases in all (default: 52000)")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: one for each CPU)"
    )
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="only the I-th of N parts of the cases")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write down what is done, and go on from there")
    parser.add_argument("--seconds", type=float, metavar="N", help="begin nothing new after so long")
    options = parser.parse_args(argv)
    part, parts = map(int, options.shard.split("/"))
    wanted = portions(options.cases)[part - 1 :: parts]
    tallies: dict[Portion, Tally] = {}
    if options.record is not None and options.record.exists():
        for line in options.record.read_text(encoding="utf-8").splitlines():
            name, number, seed, tally = json.loads(line)
            if seed == options.seed:
                tallies[name, number] = tally
    # One thread for each process, set before any of them loads TensorFlow.
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")
    todo = [portion for portion in wanted if portion not in tallies]
    for (name, number), tally in finished(todo, options.seed, options.jobs, options.seconds):
        tallies[name, number] = tally
        if options.record is not None:
            with options.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, number, options.seed, tally]) + "\n")
        for text in tally["shown"]:
            print(text, flush=True)
    missing = sum(portion not in tallies for portion in wanted)
    status = report({portion: tallies[portion] for portion in wanted if portion in tallies}, complete=not missing)
    if missing:
        print(f"{missing} of {len(wanted)} portions are still to be run")
    return status


if __name__ == "__main__":
    sys.exit(main())
