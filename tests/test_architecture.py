"""Who may import whom, who may print, what every code and every layer declares."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from layerctl.base import docstrings
from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._cells import Cell
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics import Code
from layerctl.reference import pages as reference

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "layerctl"
FRAMEWORKS = frozenset(("keras", "tensorflow", "numpy", "jax", "torch", "scipy", "matplotlib", "ray", "tensorboard"))

LEVELS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "source files locks docstrings expressions",
        "diagnostics errors",
        "syntax shapes model runs",
        "catalog",
        "activations layers ops initializers regularizers constraints optimizers schedules losses metrics",
        "bind datasets",
        "spec overrides",
        "graph",
        "typed",
        "infer",
        "nested",
        "expand",
        "lint report emit",
        "expectations trainability classes steps",
        "compiler configuration selection locate parallel",
        "checking init examples",
        "subjects",
        "permission runtime building training variants comparing claims equivalence evaluating predicting inspecting converting "
        "tracing",
        "cli",
        "__init__ __main__",
    )
)
"""The rooms, from the ground up: each may import those of the lines above its own, and those of its own line."""


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "specs" not in path.parts)


def room(path: Path) -> str:
    """The first part of a module's name below layerctl."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def level(name: str) -> int | None:
    return next((number for number, names in enumerate(LEVELS) if name in names), None)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that is imported, late imports included, those for type checkers only left out."""
    yield from _imports(tree(path), path)


def _imports(node: ast.AST, path: Path) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for other in node.orelse:
            yield from _imports(other, path)
        return
    if isinstance(node, ast.Import):
        yield from ((alias.name, node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path}:{node.lineno}: a relative import"
        yield node.module or "", node.lineno
        yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module"):
        name = node.args[0]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value, node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, path)


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_room_has_its_place() -> None:
    missing = {room(path) for path in modules()} - frozenset().union(*LEVELS)
    assert not missing, f"say in LEVELS what these may import: {sorted(missing)}"


def test_imports_run_one_way() -> None:
    wrong = [
        f"{where(path, line)} imports {name}"
        for path in modules()
        for name, line in imports(path)
        if name.startswith("layerctl.") and climbs(room(path), name.split(".")[1]) and (room(path), name) != CODES_OF_THE_RUNTIME
    ]
    assert not wrong, "\n".join(wrong)


CODES_OF_THE_RUNTIME = ("report", "layerctl.runtime.codes")
"""The one import against the order: the reference lists the codes of every room. That file holds nothing but codes."""


def climbs(of: str, other: str) -> bool:
    """Whether a room would import one above it. A name that is no room belongs to the package itself."""
    there, here = level(other), level(of)
    return there is not None and here is not None and there > here


def test_the_import_test_can_fail() -> None:
    assert climbs("layers", "graph")
    assert climbs("graph", "cli")
    assert not climbs("graph", "layers")


def test_layers_know_nothing_of_graphs() -> None:
    allowed = {"layers", "catalog", "model", "diagnostics", "shapes", "source", "activations", "errors"}
    wrong = [
        f"{where(path, line)} imports {name}"
        for path in modules()
        if room(path) == "layers"
        for name, line in imports(path)
        if name.startswith("layerctl.") and name.split(".")[1] not in allowed
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_runtime_imports_a_framework() -> None:
    wrong = [
        f"{where(path, line)} imports {name}"
        for path in modules()
        if room(path) != "runtime"
        for name, line in imports(path)
        if name.split(".")[0] in FRAMEWORKS
    ]
    assert not wrong, "\n".join(wrong)


LIGHT = ("layerctl.runtime.codes",)
"""Files of the runtime that load nothing: the codes."""


def test_the_runtime_is_imported_late() -> None:
    """Outside runtime/ no module imports it at its top, so that a static command does not load a framework by the way."""
    wrong = []
    for path in modules():
        if room(path) != "runtime":
            top = [node for node in tree(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
            names = [(name, line) for node in top for name, line in _imports(node, path)]
            wrong += [where(path, line) for name, line in names if name.startswith("layerctl.runtime.") and not light(name)]
    assert not wrong, wrong


def light(name: str) -> bool:
    return name.startswith(LIGHT)


def test_light_files_are_light() -> None:
    for file in LIGHT:
        names = [name for name, _ in imports(ROOT / f"{file.replace('.', '/')}.py")]
        assert not [
            name
            for name in names
            if name.split(".")[0] in FRAMEWORKS or (name.startswith("layerctl.runtime") and not light(name))
        ]


PRINTS = ("cli", "__main__")


def test_only_the_command_line_prints_or_exits() -> None:
    forbidden = ("print", "input", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write", "sys.stderr.write")
    wrong = [
        f"{where(path, node.lineno)} calls {ast.unparse(node.func)}"
        for path in modules()
        if room(path) not in PRINTS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in forbidden
    ]
    assert not wrong, "\n".join(wrong)


def test_only_layers_know_layers_by_name() -> None:
    """No comparison with a layer's class name outside layers/; what differs between layers is declared there."""
    known = set(CATALOGS["layers"].names())
    wrong = [
        f"{where(path, node.lineno)}: {ast.unparse(node)}"
        for path in modules()
        if room(path) != "layers"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in known
    ]
    assert not wrong, "\n".join(wrong)


CATALOGUE = ("catalog", "layers", "ops")


def layer_classes(path: Path) -> set[str]:
    """The names of classes of layers that a module imports, the base of all apart."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and {"layers", "ops"} & set((node.module or "").split(".")):
            module = vars(import_module(node.module or ""))
            classes = {alias.name: module.get(alias.name) for alias in node.names}
            found |= {name for name, cls in classes.items() if isinstance(cls, type) and issubclass(cls, Layer)}
    return found - {"Layer"}


def questions(path: Path) -> Iterator[str]:
    """Where a module asks what a layer is, not what the layer says; an assertion tells the type checker, and decides nothing."""
    classes = layer_classes(path)
    asserted = {part for node in ast.walk(tree(path)) if isinstance(node, ast.Assert) for part in ast.walk(node)}
    for node in ast.walk(tree(path)):
        asks = isinstance(node, ast.Attribute) and node.attr == "category" and path.name != "reference.py"
        if isinstance(node, ast.Call) and node not in asserted:
            function, names = ast.unparse(node.func), {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            asks = function in ("isinstance", "issubclass") and bool(names & classes)
            asks |= function in ("getattr", "hasattr") and ast.unparse(node.args[0]).endswith(("op.layer", "node.layer"))
        if asks:
            yield f"{where(path, node.lineno)}: {ast.unparse(node)}"


def test_only_layers_know_what_they_are() -> None:
    """No question for a category, a class or an attribute by its name outside the catalogue: a layer says what others need."""
    wrong = [found for path in modules() if room(path) not in CATALOGUE for found in questions(path)]
    assert not wrong, "\n".join(wrong)


def test_a_question_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    lines = (
        "from layerctl.catalog.layers.dense import Dense",
        "if layer.category == 'core': pass",
        "if isinstance(layer, Dense): pass",
        "if getattr(op.layer, 'axis', None): pass",
        "assert isinstance(layer, Dense)",
    )
    (tmp_path / "asks.py").write_text("\n".join(lines))
    assert sorted(int(found.split(":")[1]) for found in questions(tmp_path / "asks.py")) == [2, 3, 4]


def test_concerns_of_layers_know_no_layer() -> None:
    """The base of layers is made of them; what they need of each other they import from each other."""
    concerns = [base.__module__ for base in Layer.__mro__ if base.__name__.startswith("About")]
    paths = [PACKAGE.parent / (name.replace(".", "/") + ".py") for name in concerns]
    assert len(paths) == 9
    assert not [path for path in paths for name, _ in imports(path) if name.endswith("layers._base")]


STATIC_COMMANDS = (
    ("check", "specs"),
    ("check", "specs", "--format", "json"),
    ("check", "specs", "--format", "concise"),
    ("summary", "specs/cnn.yaml"),
    ("summary", "specs/cnn.yaml", "--format", "json"),
    ("summary", "specs/cnn.yaml", "--columns", "receptive_field"),
    ("layers",),
    ("layers", "Conv2D"),
    ("explain",),
    ("explain", "LC402"),
    ("schema",),
    ("init", "{tmp}/new"),
    ("build", "specs/cnn.yaml", "-o", "{tmp}/cnn.py"),
    ("build", "specs/cnn.yaml", "-o", "{tmp}/cnn.json"),
    ("--version",),
    ("--help",),
    ("train", "--help"),
    ("trace", "--help"),
    ("convert", "--help"),
    ("compare", "--help"),
    ("claims", "--help"),
    ("runs",),
    ("data",),
    ("evaluate", "--help"),
    ("predict", "--help"),
)
WATCH = """
import sys
from layerctl.cli import main
try:
    main()
except SystemExit as end:
    status = end.code or 0
found = sorted({name.split(".")[0] for name in sys.modules} & set(FRAMEWORKS))
print("status", status, "loaded", *found, file=sys.stderr)
"""


def frameworks_loaded(arguments: tuple[str, ...], *, before: str = "", path: Path | None = None) -> list[str]:
    """The frameworks that a command has in memory when it ends."""
    code = f"{before}\nFRAMEWORKS = {sorted(FRAMEWORKS)!r}\n{WATCH}"
    search = [str(path)] if path is not None else []
    setup = f"import sys; sys.path[:0] = {[*search, str(ROOT)]!r}\n"
    command = [sys.executable, "-c", setup + code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    last = done.stderr.strip().splitlines()[-1].split()
    assert last[:3] == ["status", "0", "loaded"], f"{arguments}: {done.stdout}{done.stderr}"
    return last[3:]


@pytest.mark.parametrize("arguments", STATIC_COMMANDS, ids=" ".join)
def test_static_commands_load_no_framework(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert frameworks_loaded(tuple(argument.format(tmp=tmp_path) for argument in arguments)) == []


def test_a_loaded_framework_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("")
    assert frameworks_loaded(("--version",), before="import numpy", path=tmp_path) == ["numpy"]


CODES = sorted(reference.all_codes().values(), key=lambda code: code.id)
LAYERS = [cls for group in reference.layer_groups().values() for cls in group]
FUNCTIONS = [cls for group in reference.layer_groups("ops").values() for cls in group]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_a_code_is_documented(code: type[Code]) -> None:
    parsed = docstrings.parse(code.__doc__)
    assert re.fullmatch(r"LC[1-7][0-9]{2}", code.id)
    assert parsed.summary.endswith(".")
    assert set(parsed.sections) == {"Why", "Example", "Fix"}, "the parts are: what, Why:, Example:, Fix:"
    assert all(parsed.sections.values())


def test_every_code_is_raised() -> None:
    used = {
        node.id
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    unused = [code.id for code in CODES if code.__name__ not in used]
    assert not unused, f"declared, but nothing raises them: {unused}"


def test_slugs_are_unique() -> None:
    assert len({code.slug() for code in CODES}) == len(CODES)


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layer_is_documented(cls: type[Layer]) -> None:
    parsed = docstrings.parse(cls.__doc__)
    assert parsed.summary.endswith(".")
    undocumented = [doc.name for doc in reference.argument_docs(cls) if not doc.text]
    assert not undocumented, f"arguments without a line in Args: {undocumented}"
    invented = set(parsed.arguments()) - set(cls.model_fields)
    assert not invented, f"Args names what is no argument: {invented}"
    missing = {"Input shape", "Output shape", "Weights", "MACs", "Example"} - set(parsed.sections)
    assert not missing, f"sections without a word: {missing}"


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layers_weights_and_macs_are_documented(cls: type[Layer]) -> None:
    """Who makes weights says which; who multiplies by a kernel counts that, and says how; who does neither says so."""
    sections = docstrings.parse(cls.__doc__).sections
    assert (cls.weights is Layer.weights) == (sections["Weights"] == "none.")
    assert (cls.macs is not Layer.macs) == bool(re.search("×|those|product", sections["MACs"]))
    if re.search(r"kernel|those of", sections["Weights"]):
        assert cls.macs is not Layer.macs, "it has a kernel, or layers within it, and counts nothing"


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layers_page_holds_everything(cls: type[Layer]) -> None:
    doc = reference.layer_doc(cls.keras_name())
    assert doc is not None
    for page in (reference.layer_text(doc), reference.layer_markdown(doc)):
        assert {argument.name for argument in (*doc.arguments, *doc.inherited)} == set(cls.model_fields)
        missing = [argument.name for argument in (*doc.arguments, *doc.inherited) if argument.name not in page]
        lines = [line for text in doc.sections.values() for line in text.splitlines() if not line.startswith("```")]
        missing += [part for part in (*doc.sections, *lines) if part not in page]
        assert not missing, f"the page lacks {missing}"


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layers_example_is_right(cls: type[Layer]) -> None:
    """As far as it goes alone: it is YAML, and its operations take these arguments. Names and shapes are not there."""
    example = docstrings.parse(cls.__doc__).sections["Example"]
    found = re.search(r"```yaml\n(.*?)```", example, re.DOTALL)
    assert found is not None, "the example is a yaml block"
    text = found[1]
    assert cls.keras_name() in text
    whole = text if re.search(r"(?m)^layers:", text) else "inputs: {x: []}\nlayers:\n" + text
    wrong = [d for d in compile_text(whole).diagnostics if d.code.id[:3] in ("LC1", "LC2") or d.code.id == "LC212"]
    assert not wrong, [d.message for d in wrong]


@pytest.mark.parametrize("cls", FUNCTIONS, ids=lambda cls: cls.spec_name())
def test_a_function_is_documented(cls: type[Layer]) -> None:
    doc = reference.layer_doc(cls.spec_name())
    assert doc is not None
    assert doc.summary.endswith(".")
    assert all(argument.text for argument in doc.arguments)
    assert {"Input shape", "Output shape", "MACs", "Example"} <= set(doc.sections)
    text = f"inputs: {{a: [], b: [], c: []}}\nlayers:\n{cls.example()}\n"
    wrong = [d for d in compile_text(text).diagnostics if d.code.id[:3] in ("LC1", "LC2")]
    assert not wrong, [d.message for d in wrong]


def loaded(text: str) -> set[str]:
    """The files of ops/ that a check of a spec loads."""
    code = (
        f"import sys; from layerctl.compiler.pipeline import compile_text; assert compile_text({text!r}).ok; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return {name.removeprefix("layerctl.catalog.ops.") for name in done.stdout.split() if name.startswith("layerctl.catalog.ops")}


def test_only_the_families_that_a_spec_uses_are_loaded() -> None:
    assert loaded("inputs: {x: [4]}\nlayers: [{Dense: 4}]") == set()
    one = loaded("inputs: {x: [4]}\nlayers: [{ops.add: 4.0}]")
    assert {name for name in one if not name.startswith("_")} == {"layerctl.catalog.ops", "arithmetic"}


def left_open(cls: type) -> list[str]:
    """The methods that a class inherits from a family's base which leaves them to each member."""
    found = []
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(function) and "raise NotImplementedError" in inspect.getsource(function):
            found.append(name)
    return found


@pytest.mark.parametrize("kind", CATALOGS)
def test_no_class_leaves_a_rule_open(kind: str) -> None:
    """Models have a metaclass of none, so that nothing else holds a layer to the methods that its family leaves to it."""
    classes = [CATALOGS[kind].find(name) for name in CATALOGS[kind].names()]
    assert not {cls.keras_name(): left_open(cls) for cls in classes if cls is not None and left_open(cls)}


def test_a_rule_that_is_left_open_is_found() -> None:
    assert left_open(type("Half", (Cell,), {})) == ["after_step", "state", "step"]
