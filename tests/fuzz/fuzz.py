"""Checks mutants of all specs without a framework: no crash, no hang, bounded memory, output that programs can read."""

from __future__ import annotations

import contextlib
import json
import random
import resource
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn
from xml.etree import ElementTree

from layerctl.analysis.costs import summarize
from layerctl.compiler.pipeline import Compiled, compile_bytes
from layerctl.diagnostics.github import to_github
from layerctl.diagnostics.junit import to_junit
from layerctl.diagnostics.machine import check_data, to_json
from layerctl.diagnostics.sarif import sarif_data
from layerctl.diagnostics.text import closing, concise, full
from layerctl.language.expand.settings import Settings
from layerctl.report.summary_json import summary_data
from layerctl.report.table import View, table
from layerctl.report.tree import EVERYTHING
from tests import markdown_cases
from tests.fuzz.mutate import EXTREME, mutant

ROOT = Path(__file__).parents[2]
PATH = "fuzz.yaml"
SECONDS = 5.0
MEMORY = 512 * 1024 * 1024
FEW = Settings(max_layers=1000)
MANY = Settings(max_layers=5000)
"""For one input in a hundred; all that is said of the default limit of layers would take longer than the time limit."""
SETS = ("vars.x", "layers.0.Dense", "layers", "inputs", "name", "layers.0", "train.epochs", "expect.params")


class Hang(BaseException):
    """The time limit is exceeded; not an Exception, so that no handler in the code under test catches it."""


class Input(NamedTuple):
    """A spec as `compile_bytes` takes it."""

    data: bytes
    overrides: tuple[str, ...] = ()
    settings: Settings = FEW


class Finding(NamedTuple):
    """An error, and the input that caused it."""

    error: BaseException
    input: Input

    @property
    def kind(self) -> tuple[str, str, int]:
        """Equal for findings of the same bug: the error, and the line that raised it."""
        name, trace = type(self.error).__name__, self.error.__traceback__
        if isinstance(self.error, Hang | MemoryError | RecursionError):
            return name, "", 0
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        return (name, trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace is not None else (name, "", 0)


def corpus() -> list[bytes]:
    """All specs of the repository and of its cases."""
    files = [*sorted(ROOT.glob("specs/*.yaml")), *sorted(ROOT.glob("tests/cases/**/*.yaml"))]
    specs = [file.read_bytes() for file in files]
    return specs + [case.data for file in markdown_cases.files() for case in markdown_cases.cases(file)]


def target(given: Input) -> None:
    """Compiles an input and writes every form of output; asserts the properties of each form."""
    compiled = compile_bytes(PATH, given.data, overrides=given.overrides, settings=given.settings)
    text_forms(compiled)
    machine_forms(compiled)
    if compiled.model is not None:
        if compiled.ok:
            compiled.model.graph.verify()
        summary = summarize(compiled.model, 32)
        strict(to_json(summary_data(summary)))
        for view in (View(32), View(32, depth=EVERYTHING, nested=True)):
            assert all(line.isprintable() for line in table(summary, view, 80))


def text_forms(compiled: Compiled) -> None:
    for diagnostic in compiled.diagnostics:
        line = concise(diagnostic)
        assert line.isprintable(), f"not one printable line: {line!r}"
        blocks = full(diagnostic)
        assert all(char.isprintable() or char in "\n\t" for char in blocks), f"control characters: {blocks!r}"
        begin, end = diagnostic.span.begin, diagnostic.span.finish
        assert (1, 1) <= begin <= end, f"the place runs from {begin} to {end}"
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.span.source.text)
    assert closing(1, compiled.diagnostics)


def machine_forms(compiled: Compiled) -> None:
    count = len(compiled.diagnostics)
    (file,) = strict(to_json(check_data([compiled.checked])))["files"]
    assert len(file["diagnostics"]) == count
    assert len(strict(to_json(sarif_data([compiled.checked])))["runs"][0]["results"]) == count
    assert len(to_github([compiled.checked]).splitlines()) == count
    ElementTree.fromstring(to_junit([compiled.checked]))


def strict(text: str) -> dict[str, list[dict[str, list[object]]]]:
    """Parses JSON strictly: no NaN, no infinity, no half surrogate pairs."""
    text.encode()
    return json.loads(text, parse_constant=_not_json)  # type: ignore[no-any-return]


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def inputs(runs: int, seed: int, start: int = 0) -> Iterator[Input]:
    """The inputs of a seed: each depends on the seed and its own number only."""
    texts = corpus()
    for number in range(start, start + runs):
        rng = random.Random(f"{seed}:{number}")
        data = mutant(rng, texts)
        overrides = (f"{rng.choice(SETS)}={rng.choice(EXTREME)}",) if rng.random() < 0.05 else ()
        yield Input(data, overrides, MANY if rng.random() < 0.01 else FEW)


def attempt(given: Input, run: Callable[[Input], None], seconds: float) -> Finding | None:
    """Runs one input within its limits; the finding, or None.

    Its seconds are those of a processor, so that other programs do not count; what waits for ever has ten times as long.
    """
    watch(seconds)
    try:
        run(given)
    except (Exception, Hang) as error:
        watch(0)
        traceback.clear_frames(error.__traceback__)  # their local variables may take all the memory
        return Finding(error, given)
    finally:
        watch(0)
    return None


def watch(seconds: float) -> None:
    """Raises `Hang` after so many seconds; 0 calls it off."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 10 * seconds)


@contextlib.contextmanager
def limits(memory: int | None) -> Iterator[None]:
    """Within the context alarms raise `Hang`, and the process gets at most `memory` bytes."""

    def late(number: int, frame: object) -> NoReturn:
        raise Hang("the time is up")

    before = {number: signal.signal(number, late) for number in (signal.SIGALRM, signal.SIGPROF)}
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        for number, handler in before.items():
            signal.signal(number, handler)


def findings(
    given: Iterator[Input] | Sequence[Input],
    run: Callable[[Input], None] = target,
    *,
    seconds: float = SECONDS,
    memory: int | None = None,
) -> Iterator[Finding]:
    """The findings of the inputs, each kind once, with the smallest input that was found."""
    seen = set()
    with limits(memory):
        for one in given:
            finding = attempt(one, run, seconds)
            if finding is not None and finding.kind not in seen:
                seen.add(finding.kind)
                yield minimized(finding, run, seconds)


def minimized(finding: Finding, run: Callable[[Input], None], seconds: float, tries: int = 400) -> Finding:
    """A smaller input with the same error, found by removing pieces, first large and then small ones."""
    size = max(1, len(finding.input.data) // 2)
    while size:
        at = 0
        while at < len(finding.input.data) and tries:
            tries -= 1
            data = finding.input.data
            smaller = attempt(finding.input._replace(data=data[:at] + data[at + size :]), run, seconds)
            if smaller is not None and smaller.kind == finding.kind:
                finding = smaller
            else:
                at += size
        size //= 2
    return finding


def described(finding: Finding) -> str:
    """A finding as text: the input, and the end of the traceback."""
    trace = "".join(traceback.format_exception(finding.error, limit=-4))
    settings = f"overrides={finding.input.overrides!r}, max_layers={finding.input.settings.max_layers}"
    return f"{finding.input.data[:2000]!r}\n{settings}\n{trace}"
