"""Writes a typed graph as standalone Keras code, meant to be read and changed: a function that builds the model."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from layerctl.codegen.plan import Array, Construct, Nested, Plan, Step, call_arguments, plan, returned
from layerctl.graph.graph import Input, Ref
from layerctl.graph.typed import TypedGraph

WIDTH = 88
"""The widest line: the default of Black and Ruff, so that they leave the code as it is."""

LONGEST = 30
"""The longest name of a variable for an item within blocks."""

RESERVED = frozenset((*keyword.kwlist, *dir(builtins), "keras", "layers", "named", "build_model"))


def to_python(typed: TypedGraph, description: str | None = None) -> str:
    """The code of a module with `build_model()`; equal graphs give equal texts.

    Args:
        typed: the model.
        description: the spec's description, for the module's docstring.
    """
    planned = plan(typed)
    functions = _Functions(planned)
    model = _body(f"Builds the model `{planned.name}`, untrained.", planned, functions, planned.name)
    lines = [_docstring(planned.name, description), "", "import keras"]
    steps = [step for planned in (planned, *functions.plans) for step in planned.steps]
    if any(isinstance(step.construct, Construct) and not step.construct.own for step in steps):
        lines.append("from keras import layers")
    lines += functions.imports()
    if any(step.is_function for step in steps):
        lines += ["", "", *NAMED]
    for function in (*functions.written, ["def build_model() -> keras.Model:", *model]):
        lines += ["", "", *function]
    lines += ["", "", 'if __name__ == "__main__":', "    build_model().summary()"]
    return "\n".join(lines) + "\n"


NAMED = (
    "def named(result, name):",
    '    """Names the operation that a function of keras.ops has made."""',
    "    made = keras.tree.flatten(result)[0]._keras_history.operation",
    '    setattr(made, "name", name)',
    "    return result",
)


def _docstring(name: str, description: str | None) -> str:
    paragraphs = [f"The Keras model `{name}`, written by layerctl from a spec."]
    if description and description.strip():
        paragraphs += ["", *(_plain(line.rstrip()) for line in description.strip().splitlines())]
    if len(paragraphs) == 1:
        return f'"""{paragraphs[0]}"""'
    return '"""' + "\n".join(paragraphs) + '\n"""'


def _plain(line: str) -> str:
    """A line escaped for a docstring."""
    line = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)


class Group(NamedTuple):
    """Code in brackets: its items on one line where they fit, else each on its own line."""

    open: str
    items: tuple[tuple[str, Doc], ...]
    close: str

    def __str__(self) -> str:
        tail = "," if self.open == "(" and len(self.items) == 1 else ""
        return self.open + ", ".join(f"{key}{item}" for key, item in self.items) + tail + self.close


Doc = str | Group


def layout(prefix: str, doc: Doc, suffix: str, indent: int) -> list[str]:
    """A piece of code as lines; `prefix` begins the first of them, `suffix` ends the last."""
    flat = f"{prefix}{doc}{suffix}"
    if isinstance(doc, str) or not doc.items or indent + len(flat) <= WIDTH:
        return [" " * indent + flat]
    inner = [line for key, item in doc.items for line in layout(key, item, ",", indent + 4)]
    return [" " * indent + prefix + doc.open, *inner, " " * indent + doc.close + suffix]


class _Functions:
    """The functions that build nested models, each before the function that calls it.

    Attributes:
        written: the lines of each function.
        plans: the plan of each function's model.
        classes: the variable of each custom class, by module and name.
        reserved: names that are not used for anything else.
    """

    def __init__(self, planned: Plan) -> None:
        self.written: list[list[str]] = []
        self.plans: list[Plan] = []
        self.reserved = dict.fromkeys(RESERVED, 1)
        self.classes = {key: variable(key[1], self.reserved) for key in sorted(_own_classes(planned))}
        self._names: dict[str, str] = {}
        self._taken = dict(self.reserved)

    def call(self, nested: Nested) -> Name:
        """The call that builds a nested model; models that differ only in name share one function."""
        definition = nested.plan.typed.graph.name
        lines = _body(f"Builds the nested model `{definition}`.", nested.plan, self, Name("name"))
        body = "\n".join(lines)
        if body not in self._names:
            self._names[body] = variable(f"build_{definition}", self._taken)
            self.plans.append(nested.plan)
            self.written.append([f"def {self._names[body]}(name: str) -> keras.Model:", *lines])
        return Name(f"{self._names[body]}({quoted(nested.name)})")

    def imports(self) -> list[str]:
        """The lines that import custom classes, after an empty line."""
        by_module: dict[str, list[str]] = {}
        for (module, cls), name in self.classes.items():
            by_module.setdefault(module, []).append(cls if name == cls else f"{cls} as {name}")
        lines = [f"from {module} import {', '.join(names)}" for module, names in by_module.items()]
        return ["", *lines] if lines else []


def _own_classes(value: Any) -> set[tuple[str, str]]:
    """The custom classes, by module and name, in a plan or a part of one."""
    if isinstance(value, Plan):
        return _own_classes(tuple(step.construct for step in value.steps))
    if isinstance(value, Nested):
        return _own_classes(value.plan)
    if isinstance(value, Construct):
        return _own_classes(value.arguments) | ({(value.module, value.name)} if value.own else set())
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return set().union(*map(_own_classes, parts))


def _body(about: str, planned: Plan, functions: _Functions, name: str) -> list[str]:
    """The body of a function that builds a model: its docstring and statements."""
    return [f'    """{about}"""', *(f"    {line}" for line in _Body(planned, functions, name).lines())]


def variable(name: str, taken: dict[str, int]) -> str:
    """A new variable named after an item of the model; a long `a.b.c` loses parts from the left.

    Args:
        name: the item's name.
        taken: the variables so far, each with its last number.
    """
    while "." in name and (len(name) > LONGEST or name[0].isdigit()):
        name = name.partition(".")[2]
    base = re.sub(r"\W", "_", name)
    base = base if base not in RESERVED else f"{base}_"
    number = taken.get(base, 0) + 1
    while (candidate := base if number == 1 else f"{base}_{number}") in taken:
        number += 1
    taken[base] = number
    taken.setdefault(candidate, 1)
    return candidate


class _Body:
    """Writes the statements of a function that builds a model."""

    def __init__(self, planned: Plan, functions: _Functions, name: str) -> None:
        self.planned = planned
        self.functions = functions
        self.name = name
        self.taken = functions.reserved | dict.fromkeys([name] if isinstance(name, Name) else [], 1)
        self.values: dict[int, str] = {}
        self.layers: dict[str, str] = {}

    def lines(self) -> list[str]:
        out: list[str] = []
        for index, node in enumerate(self.planned.typed.graph.nodes):
            if isinstance(node, Input):
                self.values[index] = self.variable(node.name)
                out += self.statement(self.values[index], _input(node))
        for step in self.planned.steps:
            out += self.step(step)
        inputs = [self.values[i] for i, node in enumerate(self.planned.typed.graph.nodes) if isinstance(node, Input)]
        arguments = {
            "inputs": Name(inputs[0]) if len(inputs) == 1 else [Name(name) for name in inputs],
            "outputs": returned(self.planned.typed, self.reference),
            "name": self.name,
        }
        return out + self.statement(None, call("keras.Model", arguments))

    def statement(self, target: str | None, doc: Doc, suffix: str = "") -> list[str]:
        return [line[4:] for line in layout("return " if target is None else f"{target} = ", doc, suffix, 4)]

    def step(self, step: Step) -> list[str]:
        """One call: `x = layers.Dense(…)(y)`, in two statements where the layer is called again or the call is long."""
        if step.is_function:
            return self.function(step)
        inputs, arguments = call_arguments(step.op, self.reference)
        items = (*(("", code(value)) for value in inputs), *((f"{key}=", code(value)) for key, value in arguments.items()))
        flat = f"({', '.join(f'{key}{item}' for key, item in items)})"
        target = self.values[step.node] = self.variable(step.op.name)
        out: list[str] = []
        if step.construct is not None:
            constructor = self.constructor(step.construct)
            if step.layer not in self.planned.shared and len(flat) <= WIDTH // 2:
                return self.statement(target, constructor, flat)
            self.layers[step.layer] = self.variable(f"{step.layer}_layer")
            out += self.statement(self.layers[step.layer], constructor)
        return out + self.statement(target, Group(f"{self.layers[step.layer]}(", items, ")"))

    def function(self, step: Step) -> list[str]:
        """A call of a function: `mean = named(keras.ops.mean(x, axis=1), "mean")`; Keras takes no name for its operation."""
        from layerctl.codegen import functions

        positional, keywords = functions.arguments(step, self.planned.typed, self.reference)
        items = (*(("", code(value)) for value in positional), *((f"{key}=", code(value)) for key, value in keywords.items()))
        result = Group(f"keras.ops.{functions.operation(step).function()}(", items, ")")
        target = self.values[step.node] = self.variable(step.op.name)
        return self.statement(target, Group("named(", (("", result), ("", code(step.layer))), ")"))

    def reference(self, ref: Ref) -> Name:
        return Name(self.values[ref.node] + "".join(f"[{code(step)}]" for step in ref.path))

    def variable(self, name: str) -> str:
        return variable(name, self.taken)

    def constructor(self, value: Construct | Nested) -> Doc:
        """The code that constructs a layer."""
        return self.functions.call(value) if isinstance(value, Nested) else code(self.plain(value))

    def plain(self, value: Any) -> Any:
        """A value in which nested models are replaced by calls that build them, and custom classes by their variables."""
        if isinstance(value, Nested):
            return self.functions.call(value)
        if isinstance(value, Construct):
            arguments = {key: self.plain(item) for key, item in value.arguments.items()}
            name = self.functions.classes[value.module, value.name] if value.own else value.name
            return value._replace(name=name, arguments=arguments)
        return tuple(map(self.plain, value)) if isinstance(value, tuple) else value


class Name(str):
    """A text that is code, such as a variable's name; `code` writes it without quotes."""


def _input(node: Input) -> Doc:
    arguments: dict[str, Any] = {"shape": tuple(node.shape[1:])}
    if node.dtype != "float32":
        arguments["dtype"] = node.dtype
    if node.shape[0] is not None:
        arguments["batch_size"] = node.shape[0]
    return call("keras.Input", {**arguments, "name": node.name})


def call(function: str, arguments: Mapping[str, Any]) -> Group:
    return Group(f"{function}(", tuple((f"{key}=", code(value)) for key, value in arguments.items()), ")")


def code(value: Any) -> Doc:
    """A value as Python writes it."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, Construct):
        return _construct(value)
    if isinstance(value, Array):
        return Group("keras.ops.array(", (("", code(list(value.values))), ("dtype=", code(value.dtype))), ")")
    if isinstance(value, tuple):
        return Group("(", tuple(("", code(item)) for item in value), ")")
    if isinstance(value, list):
        return Group("[", tuple(("", code(item)) for item in value), "]")
    if isinstance(value, Mapping):
        return Group("{", tuple((f"{quoted(key)}: ", code(item)) for key, item in value.items()), "}")
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    return quoted(value) if isinstance(value, str) else repr(value)


def _construct(construct: Construct) -> Doc:
    """A constructor call with the spec's arguments; float32 and the names of inner layers are left to Keras's defaults."""
    module = construct.module if construct.module == "layers" else f"keras.{construct.module}"
    function = construct.name if construct.own else f"{module}.{construct.name}"
    arguments = dict(construct.arguments)
    if construct.implied.get("dtype", "float32") != "float32":
        name = {"name": arguments.pop("name")} if "name" in arguments else {}
        arguments |= {"dtype": construct.implied["dtype"], **name}
    group = call(function, arguments)
    return group._replace(items=(*(("", code(value)) for value in construct.positional), *group.items))


def quoted(text: str) -> str:
    """A text in double quotes, as Black writes it."""
    shown = repr(str(text))
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in text else shown
