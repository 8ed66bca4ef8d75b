"""The order of the rooms, no circles of imports, and the only rooms that may load a framework, print or exit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from layerctl.catalog import CATALOGS

PACKAGE = Path(__file__).parent.parent / "layerctl"
FRAMEWORKS = frozenset(("keras", "tensorflow", "numpy", "jax", "torch", "scipy", "matplotlib", "ray", "tensorboard"))

ROOMS = (
    "base",
    "diagnostics",
    "catalog",
    "graph",
    "language",
    "codegen",
    "analysis",
    "lint",
    "runs",
    "compiler",
    "rewrite",
    "report",
    "reference",
    "runtime",
    "runtime/backends",
    "runtime/models",
    "runtime/data",
    "runtime/training",
    "runtime/flow",
    "runtime/conversion",
    "runtime/study",
    "runtime/claims",
    "api",
    "cli",
)
"""The rooms from the ground up: a file imports from its own room and from rooms above it in this list."""

ENTRANCES = ("__init__.py", "__main__.py")
"""The only files of the package that lie in no room."""


class Import(ast.NodeVisitor):
    """Collects the modules that a file imports: late imports, imports for types, and `import_module("…")` included."""

    def __init__(self) -> None:
        self.names: list[tuple[str, int]] = []

    def visit_Import(self, node: ast.Import) -> None:
        self.names += [(alias.name, node.lineno) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert node.level == 0, f"line {node.lineno}: a relative import"
        self.names += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]

    def visit_Call(self, node: ast.Call) -> None:
        if ast.unparse(node.func) in ("import_module", "importlib.import_module") and isinstance(node.args[0], ast.Constant):
            self.names.append((str(node.args[0].value), node.lineno))
        self.generic_visit(node)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Every name that a file imports, with its line."""
    visitor = Import()
    visitor.visit(tree(path))
    return tuple(visitor.names)


def files(package: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in package.rglob("*.py") if "specs" not in path.relative_to(package).parts))


def room(path: Path, package: Path) -> str | None:
    """The innermost room that holds a file; None for a file outside all rooms."""
    folder = path.parent.relative_to(package).as_posix()
    return max((name for name in ROOMS if f"{folder}/".startswith(f"{name}/")), key=len, default=None)


def arrows(package: Path) -> Iterator[tuple[Path, Path, int]]:
    """Each import within the package: the importing file, the imported file, and the line. `__init__.py` counts as a file."""
    for path in files(package):
        for name, line in imports(path):
            target = imported_file(name, package)
            if target is not None and target != path:
                yield path, target, line


def imported_file(name: str, package: Path) -> Path | None:
    """The file of the package that a name is imported from: a module, or the module that holds the name."""
    first, *parts = name.split(".")
    if first != package.name:
        return None
    for length in (len(parts), len(parts) - 1):
        if length < 0:
            continue
        target = package.joinpath(*parts[:length])
        for candidate in (target.with_suffix(".py"), target / "__init__.py"):
            if candidate.is_file() and candidate.parent != candidate:
                return candidate
    return None


def climbing(package: Path) -> list[str]:
    """The imports that go against the order of the rooms."""
    wrong = []
    for path, target, line in arrows(package):
        here, there = room(path, package), room(target, package)
        if here is not None and (there is None or ROOMS.index(there) > ROOMS.index(here)):
            wrong.append(f"{path.relative_to(package)}:{line} imports {target.relative_to(package)}")
    return wrong


def homeless(package: Path) -> list[str]:
    """The files that lie in no room."""
    return [
        path.relative_to(package).as_posix()
        for path in files(package)
        if room(path, package) is None and path.relative_to(package).as_posix() not in ENTRANCES
    ]


def circles(package: Path) -> list[list[str]]:
    """The groups of files that import each other in a circle (strongly connected components, by Tarjan's algorithm)."""
    graph: dict[Path, set[Path]] = {path: set() for path in files(package)}
    for path, target, _ in arrows(package):
        graph[path].add(target)
    index: dict[Path, int] = {}
    low: dict[Path, int] = {}
    stack: list[Path] = []
    groups: list[list[str]] = []

    def visit(path: Path) -> None:
        index[path] = low[path] = len(index)
        stack.append(path)
        for target in sorted(graph[path]):
            if target not in index:
                visit(target)
                low[path] = min(low[path], low[target])
            elif target in stack:
                low[path] = min(low[path], index[target])
        if low[path] == index[path]:
            group = stack[stack.index(path) :]
            del stack[stack.index(path) :]
            if len(group) > 1:
                groups.append(sorted(member.relative_to(package).as_posix() for member in group))

    for path in graph:
        if path not in index:
            visit(path)
    return groups


def test_every_file_lies_in_a_room() -> None:
    assert homeless(PACKAGE) == []
    assert [path.name for path in sorted(PACKAGE.glob("*.py"))] == sorted(ENTRANCES)


def test_every_room_is_there() -> None:
    assert [name for name in ROOMS if not (PACKAGE / name / "__init__.py").is_file()] == []


def test_contributing_lists_the_rooms_in_their_order() -> None:
    page = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `([a-z/]+)/` \|", page, re.MULTILINE)) == ROOMS


def test_imports_go_one_way() -> None:
    wrong = climbing(PACKAGE)
    assert not wrong, "\n".join(wrong)


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(PACKAGE) == []


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A small package with one file in each of three rooms, all in order."""
    package = tmp_path / "layerctl"
    for name, text in {
        "base/files.py": "",
        "graph/graph.py": "from layerctl.base.files import write\nfrom layerctl.base import files\n",
        "cli/check.py": "from layerctl.graph import graph\n",
    }.items():
        (package / name).parent.mkdir(parents=True)
        (package / name).write_text(text)
        (package / name).with_name("__init__.py").write_text("")
    return package


def test_a_package_in_order_passes(planted: Path) -> None:
    assert (climbing(planted), homeless(planted), circles(planted)) == ([], [], [])


@pytest.mark.parametrize(
    "arrow",
    [
        "from layerctl.graph.graph import Graph\n",
        "from layerctl.cli import check\n",
        "def late():\n    import layerctl.graph.graph\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from layerctl.graph.graph import Graph\n",
        "from importlib import import_module\nimport_module('layerctl.graph.graph')\n",
    ],
)
def test_a_planted_arrow_upwards_is_found(planted: Path, arrow: str) -> None:
    (planted / "base" / "text.py").write_text(arrow)
    assert len(climbing(planted)) == 1


def test_a_planted_circle_is_found(planted: Path) -> None:
    (planted / "graph" / "masks.py").write_text("from layerctl.graph.typed import Typed\n")
    (planted / "graph" / "typed.py").write_text("def late():\n    from layerctl.graph.masks import Mask\n")
    assert circles(planted) == [["graph/masks.py", "graph/typed.py"]]


@pytest.mark.parametrize("name", ["loose.py", "attic/box.py"])
def test_a_planted_file_outside_the_rooms_is_found(planted: Path, name: str) -> None:
    (planted / name).parent.mkdir(exist_ok=True)
    (planted / name).write_text("")
    assert homeless(planted) == [name]


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(PACKAGE.parent)}:{line}"


def in_runtime(path: Path) -> bool:
    return (room(path, PACKAGE) or "").startswith("runtime")


def test_layers_know_nothing_of_graphs() -> None:
    """The catalogue imports only `base` and `diagnostics`."""
    used = {room(target, PACKAGE) for path, target, _ in arrows(PACKAGE) if room(path, PACKAGE) == "catalog"}
    assert used <= {"base", "diagnostics", "catalog"}


def test_only_the_runtime_imports_a_framework() -> None:
    wrong = [
        f"{where(path, line)} imports {name}"
        for path in files(PACKAGE)
        if not in_runtime(path)
        for name, line in imports(path)
        if name.split(".")[0] in FRAMEWORKS
    ]
    assert not wrong, "\n".join(wrong)


def test_the_runtime_is_imported_late() -> None:
    """Outside runtime/ no file imports it at its top, so that static commands load no framework."""
    wrong = []
    for path in files(PACKAGE):
        if not in_runtime(path):
            top = [node for node in tree(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
            visitor = Import()
            for node in top:
                visitor.visit(node)
            wrong += [where(path, line) for name, line in visitor.names if name.startswith("layerctl.runtime.")]
    assert not wrong, wrong


def test_only_one_file_prints() -> None:
    """What is printed goes through `cli/_streams.py`, which makes it printable."""
    forbidden = re.compile(r"print|(typer|click)\.s?echo|sys\.std(out|err)\.(write|buffer).*")
    wrong = [
        f"{where(path, node.lineno)} calls {ast.unparse(node.func)}"
        for path in files(PACKAGE)
        if path.relative_to(PACKAGE).as_posix() != "cli/_streams.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and forbidden.fullmatch(ast.unparse(node.func))
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_command_line_prints_or_exits() -> None:
    forbidden = ("print", "input", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write", "sys.stderr.write")
    wrong = [
        f"{where(path, node.lineno)} calls {ast.unparse(node.func)}"
        for path in files(PACKAGE)
        if room(path, PACKAGE) not in ("cli", None)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in forbidden
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_catalog_knows_layers_by_name() -> None:
    """No comparison with a layer's class name outside catalog/; what differs between layers is declared there."""
    known = set(CATALOGS["layers"].names())
    wrong = [
        f"{where(path, node.lineno)}: {ast.unparse(node)}"
        for path in files(PACKAGE)
        if room(path, PACKAGE) != "catalog"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in known
    ]
    assert not wrong, "\n".join(wrong)
