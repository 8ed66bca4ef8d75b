"""Static commands load no framework; every code and every layer is documented."""

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
from types import FunctionType

import pytest

from layerctl.base import docstrings
from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._cells import Cell
from layerctl.compiler.every_code import all_codes
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics import Code
from layerctl.reference import pages as reference
from tests.test_rooms import FRAMEWORKS, PACKAGE, files, imports, room, tree

ROOT = PACKAGE.parent


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
        asks = isinstance(node, ast.Attribute) and node.attr == "category" and path.parent.name != "reference"
        if isinstance(node, ast.Call) and node not in asserted:
            function, names = ast.unparse(node.func), {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            asks = function in ("isinstance", "issubclass") and bool(names & classes)
            asks |= function in ("getattr", "hasattr") and ast.unparse(node.args[0]).endswith(("op.layer", "node.layer"))
        if asks:
            yield f"{path}:{node.lineno}: {ast.unparse(node)}"


def test_only_layers_know_what_they_are() -> None:
    """No question for a category, a class or an attribute by its name outside the catalogue: a layer says what others need."""
    wrong = [question for path in files(PACKAGE) if room(path, PACKAGE) != "catalog" for question in questions(path)]
    assert not wrong, "\n".join(wrong)


def test_a_question_would_be_seen(tmp_path: Path) -> None:
    lines = (
        "from layerctl.catalog.layers.dense import Dense",
        "if layer.category == 'core': pass",
        "if isinstance(layer, Dense): pass",
        "if getattr(op.layer, 'axis', None): pass",
        "assert isinstance(layer, Dense)",
    )
    (tmp_path / "asks.py").write_text("\n".join(lines))
    assert sorted(int(question.split(":")[1]) for question in questions(tmp_path / "asks.py")) == [2, 3, 4]


def test_concerns_of_layers_know_no_layer() -> None:
    """The base of layers is made of them; what they need of each other they import from each other."""
    concerns = [base.__module__ for base in Layer.__mro__ if base.__name__.startswith("About")]
    paths = [PACKAGE.parent / (name.replace(".", "/") + ".py") for name in concerns]
    assert len(paths) == 11
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


def test_the_check_sees_a_loaded_framework(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("")
    assert frameworks_loaded(("--version",), before="import numpy", path=tmp_path) == ["numpy"]


CODES = sorted(all_codes().values(), key=lambda code: code.id)
LAYERS = [cls for group in reference.layer_groups().values() for cls in group]
FUNCTIONS = [cls for group in reference.layer_groups("ops").values() for cls in group]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_a_code_is_documented(code: type[Code]) -> None:
    parsed = docstrings.parse(code.__doc__)
    assert re.fullmatch(r"LC[1-7][0-9]{2}", code.id)
    assert parsed.summary.endswith(".")
    assert set(parsed.sections) == {"Why", "Example", "Fix"}, "the parts are: what, Why:, Example:, Fix:"
    assert all(parsed.sections.values())


def test_no_code_is_missed() -> None:
    """Codes are declared where the reference looks for them."""
    declared = {
        (f"{path.relative_to(ROOT).with_suffix('').as_posix().replace('/', '.')}", node.name)
        for path in files(PACKAGE)
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and "Code" in map(ast.unparse, node.bases)
    }
    assert declared == {(code.__module__, code.__name__) for code in CODES}


def test_files_of_codes_load_nothing_else() -> None:
    loaded = {name for path in files(PACKAGE) if path.stem.endswith("codes") for name, _ in imports(path)}
    assert loaded <= {"layerctl.diagnostics", "layerctl.diagnostics.Code", "__future__", "__future__.annotations"}


def test_every_code_is_raised() -> None:
    used = {
        node.id
        for path in files(PACKAGE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    unused = [code.id for code in CODES if code.__name__ not in used]
    assert not unused, f"declared, but nothing raises them: {unused}"


def test_slugs_are_unique() -> None:
    assert len({code.slug() for code in CODES}) == len(CODES)


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layer_is_documented(cls: type[Layer]) -> None:
    parsed = reference.documentation(cls)
    assert parsed.summary.endswith(".")
    undocumented = [doc.name for doc in reference.argument_docs(cls) if not doc.text]
    assert not undocumented, f"arguments without a description: {undocumented}"
    assert "Args:" not in (cls.__doc__ or ""), "an argument is described by its field alone"
    missing = {"Input shape", "Output shape", "Weights", "MACs", "Example"} - set(parsed.sections)
    assert not missing, f"sections without a word: {missing}"


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layers_weights_and_macs_are_documented(cls: type[Layer]) -> None:
    """A layer with weights documents them; one with a kernel counts MACs and documents how; any other says that it has none."""
    sections = reference.documentation(cls).sections
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
    """It is YAML, and its operations take these arguments; names and shapes are not checked, as it is not a whole spec."""
    example = reference.documentation(cls).sections["Example"]
    block = re.search(r"```yaml\n(.*?)```", example, re.DOTALL)
    assert block is not None, "the example is a yaml block"
    text = block[1]
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
    """The abstract methods of a family's base that a class does not implement."""
    methods = []
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(function) and is_abstract(function):
            methods.append(name)
    return methods


@cache
def is_abstract(function: FunctionType) -> bool:
    """Whether a method waits for one in its place; most are those of many classes."""
    return "raise NotImplementedError" in inspect.getsource(function)


@pytest.mark.parametrize("kind", CATALOGS)
def test_no_class_lacks_an_abstract_method(kind: str) -> None:
    """Layers have no ABC metaclass, so nothing else checks that they implement the abstract methods of their family."""
    classes = [CATALOGS[kind].find(name) for name in CATALOGS[kind].names()]
    assert not {cls.keras_name(): left_open(cls) for cls in classes if cls is not None and left_open(cls)}


def test_a_lacking_method_is_found() -> None:
    assert left_open(type("Half", (Cell,), {})) == ["after_step", "state", "step"]


def test_only_the_models_that_a_spec_uses_are_built() -> None:
    """Building a model's validator takes as long as checking a layer; Conv1D is in the file of Conv2D."""
    code = (
        "from layerctl.compiler.pipeline import compile_text\n"
        "assert compile_text('inputs: {x: [8, 8, 1]}\\nlayers: [{Conv2D: {filters: 1, kernel_size: 3}}]').ok\n"
        "from layerctl.catalog.layers.conv import Conv1D, Conv2D\n"
        "print(Conv1D.__pydantic_complete__, Conv2D.__pydantic_complete__)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.split() == ["False", "True"]
