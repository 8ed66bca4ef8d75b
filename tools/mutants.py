"""Changes the code that decides, one place at a time, and says which changes no test notices: `make mutants`.

The changes are mutmut's, which also finds the tests that reach a function. What is changed, and by which tests it is judged,
stands in pyproject.toml under `[tool.mutmut]`, and nowhere else. mutmut leaves out functions that have a decorator, and all that
stands outside functions; here properties and context managers are changed like other functions, and constants too.

A change that no test notices wants a new test. One that makes no difference to anybody stands in tests/mutants/accepted.toml,
with the reason. The command fails where a change is in neither group, and where fewer than 95 % are noticed.

    python tools/mutants.py                      all, from the beginning
    python tools/mutants.py '*.statistics.*'     those with such names once more, after tests were added
    python tools/mutants.py '*.constant_*'       constants alone
"""

from __future__ import annotations

import difflib
import importlib.abc
import importlib.util
import os
import resource
import shutil
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import libcst as cst
from mutmut.__main__ import _run as change_functions
from mutmut.configuration import config
from mutmut.mutation import file_mutation
from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.runners.harness import BadTestExecutionCommandsException, PytestRunner
from mutmut.state import state
from mutmut.stats import load_stats, status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.workers.isolation import run_in_fork

ACCEPTED = Path("tests/mutants/accepted.toml")
ENOUGH = 0.95
"""The share of changes that tests must notice."""
LONG = 60
"""Seconds of a processor that the tests of a changed constant may take; more would show that it made something endless."""
PRELOADED = Path("mutants/preload.txt")
"""Where mutmut finds the names of modules to load once, as pyproject.toml says."""
LIBRARIES = ("numpy", "pydantic", "pytest", "rich.table", "scipy.stats", "typer", "yaml")
"""What the tests need, loaded once; not what is a plugin of pytest."""
NOTICED = {1: "killed", 3: "killed", -24: "killed, as it takes long"}
"""What the end of a run of tests says: a test failed, pytest itself did, the time was up."""
NO_SUCH_TEST = 35
"""How a run ends that could not find its tests, which mutmut would take for a test that fails."""
HANDLED = ("classmethod", "staticmethod")
"""The decorators that mutmut itself can handle."""


class Mutant(NamedTuple):
    """A change and what came of it.

    Attributes:
        name: as mutmut has it; a constant's is its module and a number.
        path: of the file.
        place: the function; empty for a constant.
        was: the lines that are changed.
        becomes: what they are changed to.
        status: one of `NOTICED` where a test noticed it, else `survived`, `no tests`, …
    """

    name: str
    path: Path
    place: str
    was: str
    becomes: str
    status: str

    @property
    def noticed(self) -> bool:
        return self.status in NOTICED.values()

    @property
    def key(self) -> tuple[str, str, str]:
        """What stands for it in the list of accepted changes; a file's path does not, so that files can move."""
        return self.place, self.was, self.becomes


def with_tests_found() -> None:
    """Has mutmut tell a run that cannot find its tests from one whose tests fail."""
    run = PytestRunner.run_tests

    def run_tests(runner: PytestRunner, **options: Any) -> int:
        try:
            return run(runner, **options)
        except BadTestExecutionCommandsException:
            return NO_SUCH_TEST

    PytestRunner.run_tests = run_tests


def with_decorated_functions() -> None:
    """Has mutmut change functions that have a decorator: it stays on the one that is called, whose variants have none."""
    skip, arrange = file_mutation.MutationVisitor._skip_node_and_children, file_mutation.function_trampoline_arrangement

    def skip_others(visitor: Any, node: Any) -> Any:
        return skip(visitor, node.with_changes(decorators=()) if isinstance(node, cst.FunctionDef) else node)

    def arrange_all(function: Any, mutants: Any, class_name: Any) -> Any:
        names = [one.decorator.value for one in function.decorators if isinstance(one.decorator, cst.Name)]
        if not function.decorators or set(names) & set(HANDLED):
            return arrange(function, mutants, class_name)
        declared, (called, *variants), assigned, made = arrange(function.with_changes(decorators=()), mutants, class_name)
        called = called.with_changes(decorators=[*function.decorators, *called.decorators])
        return declared, [called, *variants], assigned, made

    file_mutation.MutationVisitor._skip_node_and_children = skip_others
    file_mutation.function_trampoline_arrangement = arrange_all


def changed_functions(path: Path, patterns: tuple[str, ...]) -> Iterator[Mutant]:
    """What came of the changes of a file's functions, which mutmut has made and judged."""
    data, spans = SourceFileMutationData(path=path), MutantLineSpans.load(path)
    data.load()
    for name, code in data.exit_code_by_key.items():
        if not matches(name, patterns):
            continue
        changed = name.rpartition(".")[2]
        original = f"{changed.rpartition('__mutmut_')[0]}__mutmut_orig"
        place = original.removesuffix("__mutmut_orig").removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
        was, becomes = spans.read_function_sources([original, changed])
        lines = difference(was.replace(original, "f"), becomes.replace(changed, "f"))
        yield Mutant(name, path, place, *lines, NOTICED.get(code) or status_by_exit_code[code])


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a module from another text than its file holds."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        self.module, self.path, self.text = module, path, text

    def find_spec(self, name: str, path: object, target: object = None) -> Any:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.module else None

    def exec_module(self, module: Any) -> None:
        exec(compile(self.text, str(self.path), "exec"), vars(module))


def changed_constants(path: Path, patterns: tuple[str, ...]) -> Iterator[Mutant]:
    """Changes what stands outside a file's functions, each time in a process of its own that runs the tests of the file.

    Raises:
        RuntimeError: the tests fail without a change.
    """
    import pytest

    module = dotted(path)
    text = path.read_text(encoding="utf-8")
    tree, mutations, _, _ = file_mutation.create_mutations(str(path), text)
    reached = [tests for name, tests in state().tests_by_mangled_function_name.items() if name.startswith(f"{module}.x")]
    tests = sorted(set().union(*reached), key=state().duration_by_test.__getitem__)

    def judge(changed: str) -> int:
        resource.setrlimit(resource.RLIMIT_CPU, (LONG, LONG + 1))
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the process ends
        sys.meta_path.insert(0, Changed(module, path, changed))
        sys.path.insert(0, os.getcwd())
        return int(pytest.main(["-x", "-q", *config().pytest_add_cli_args, *tests]))

    outside = [one for one in mutations if not isinstance(one.contained_by_top_level_function, cst.FunctionDef)]
    named = [(name, one) for number, one in enumerate(outside, 1) if matches(name := f"{module}.constant_{number}", patterns)]
    if named and run_in_fork(judge, text) != 0:
        raise RuntimeError(f"the tests that reach {path} fail without a change")
    for name, one in named:
        changed = file_mutation.deep_replace(tree, one.original_node, one.mutated_node).code
        status = "survived" if run_in_fork(judge, changed) == 0 else "killed"
        yield Mutant(name, path, "", *difference(text, changed), status)


def dotted(path: Path) -> str:
    """The name of a file's module."""
    return ".".join(path.with_suffix("").parts)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatch(name, pattern) for pattern in patterns)


def difference(before: str, after: str) -> tuple[str, str]:
    """The lines that are gone, and those in their place, each as one text."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    was, becomes = (" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in ("- ", "+ "))
    return was, becomes


def report(mutants: list[Mutant], *, whole: bool) -> bool:
    """Prints what came of all changes; whether that is good enough.

    Args:
        mutants: the changes.
        whole: whether these are all, so that what is accepted must be among them.
    """
    accepted = {
        tuple(change) for group in tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"] for change in group["changes"]
    }
    survivors = [mutant for mutant in mutants if not mutant.noticed]
    unlisted = [mutant for mutant in survivors if mutant.key not in accepted]
    idle = accepted - {mutant.key for mutant in survivors} if whole else set()
    print(f"\n{'file':34}{'changes':>8}{'killed':>8}{'accepted':>10}{'survived':>10}")
    for path in [*dict.fromkeys(mutant.path for mutant in mutants), None]:
        of = [mutant for mutant in mutants if path in (None, mutant.path)]
        left = [mutant for mutant in of if mutant in unlisted]
        killed = sum(mutant.noticed for mutant in of)
        print(f"{path or 'all'!s:34}{len(of):8}{killed:8}{len(of) - killed - len(left):10}{len(left):10}")
    for mutant in unlisted:
        print(f"\n{mutant.status}: {mutant.name} in {mutant.path}\n  was      {mutant.was}\n  becomes  {mutant.becomes}")
    for place, was, becomes in sorted(idle):
        print(f"\naccepted, but not there or killed: {place}\n  was      {was}\n  becomes  {becomes}")
    share = sum(mutant.noticed for mutant in mutants) / len(mutants)
    print(f"\n{share:.1%} killed; {ENOUGH:.0%} are asked for, and a reason in {ACCEPTED} for each of the others")
    return not unlisted and not idle and share >= ENOUGH


def main(patterns: tuple[str, ...]) -> int:
    if not patterns:
        shutil.rmtree("mutants", ignore_errors=True)  # mutmut would take over what it found with other tests
    PRELOADED.parent.mkdir(exist_ok=True)
    PRELOADED.write_text("\n".join((*LIBRARIES, *map(dotted, walk_mutatable_files()))), encoding="utf-8")
    with_tests_found()
    with_decorated_functions()
    of_functions = tuple(pattern for pattern in patterns if ".constant_" not in pattern)
    if (of_functions or not patterns) and run_in_fork(change_functions, of_functions, None) != 0:
        return 2
    load_stats()
    for library in LIBRARIES:
        importlib.import_module(library)
    parts = (changed_functions, changed_constants)
    found = [mutant for path in walk_mutatable_files() for part in parts for mutant in part(path, patterns)]
    return 0 if report(found, whole=not patterns) else 1


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
