"""Layers and objects in the form of other programs, as a spec writes them: `Conv2D(32, 3)`, `{class_name: …, config: {…}}`."""

from __future__ import annotations

import ast
import re
from typing import Any, NamedTuple

from layerctl.catalog import CATALOGS, Arguments, Kind, snake_case
from layerctl.catalog.renamings import renamed
from layerctl.language.bind.edits import as_flow, flow
from layerctl.language.bind.fields import object_fields
from layerctl.language.expressions.computing import parsed
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence

MOST = 1000
"""Longer texts are not read as Python."""
NAMING = ("class_name", "type", "class", "layer", "layer_type", "layer_class", "kind", "op", "operation", "_target_", "name")
"""Keys under which other programs name a class, those first that mean nothing else."""
CONFIG = ("config", "args", "arguments", "kwargs", "params", "parameters", "options")
"""Keys under which they put its arguments."""
SERIALIZED = ("module", "registered_name", "build_config", "compile_config", "shared_object_id", "inbound_nodes")
"""Keys of Keras's own files that say nothing in a spec."""
POSITIONAL = {
    "Linear": ("in_features", "out_features", "bias"),
    **{f"Conv{n}d": ("in_channels", "out_channels", "kernel_size", "stride", "padding") for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": ("in_channels", "out_channels", "kernel_size", "stride", "padding") for n in (1, 2, 3)},
    **{f"{kind}Pool{n}d": ("kernel_size", "stride") for kind in ("Max", "Avg") for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": ("num_features", "eps", "momentum") for n in (1, 2, 3)},
    "LayerNorm": ("normalized_shape", "eps"),
    "GroupNorm": ("num_groups", "num_channels", "eps"),
    "nn.PReLU": ("num_parameters",),
    "LeakyReLU": ("negative_slope",),
    **{f"nn.{kind}": ("input_size", "hidden_size", "num_layers") for kind in ("LSTM", "GRU", "RNN")},
}
"""The positional arguments of PyTorch's modules whose order is another than Keras's."""


class Called(NamedTuple):
    """A class with arguments: values, texts, tuples, or further calls.

    Attributes:
        name: without its module.
        positional: the arguments without a name.
        named: the arguments by name.
        module: what stands before the name.
        inputs: the names of several tensors that the layer is called on at once.
    """

    name: str
    positional: tuple[Any, ...]
    named: dict[str, Any]
    module: str = ""
    inputs: tuple[str, ...] = ()


class _Unreadable(Exception):
    """The text holds more than a call with plain arguments."""


def called(text: str) -> Called | None:
    """A call in Python's form (`Dense(10)`, `x = layers.Dense(10)(x)`, `model.add(Dense(10))`); None for any other text."""
    if "(" not in text or len(text) > MOST:
        return None
    try:
        node = parsed(re.sub(r"^\s*\w+\s*=(?!=)\s*", "", text).strip().rstrip(","))
        return _call(node) if isinstance(node, ast.Call) else None
    except (ValueError, RecursionError, MemoryError, _Unreadable):
        return None


def _call(node: ast.Call) -> Called:
    if isinstance(node.func, ast.Call):  # a layer that is called on its input at once
        several = node.args and isinstance(node.args[0], ast.List | ast.Tuple)
        return _call(node.func)._replace(inputs=tuple(map(str, _value(node.args[0]))) if several else ())
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("add", "append") and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.Call):
            return _call(inner)
    if any(keyword.arg is None for keyword in node.keywords):
        raise _Unreadable
    named = {str(keyword.arg): _value(keyword.value) for keyword in node.keywords}
    module = ast.unparse(node.func).rpartition(".")[0]
    return Called(str(_value(node.func)), tuple(map(_value, node.args)), named, module)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and (isinstance(node.value, str | int | float) or node.value is None):
        return node.value
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.Name | ast.Attribute):
        return node.id if isinstance(node, ast.Name) else node.attr
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        return f"$({ast.unparse(node)})" if isinstance(node, ast.BinOp) else -_number(node)
    raise _Unreadable


def _number(node: ast.UnaryOp) -> Any:
    value = _value(node.operand)
    if not isinstance(node.op, ast.USub) or isinstance(value, str | tuple | Called) or value is None:
        raise _Unreadable
    return value


def class_of(kind: str, name: str) -> type[Arguments] | None:
    """The class that a name means, also by the table of renamings; None where there is none."""
    catalog = CATALOGS[kind]
    if (cls := catalog.find(name)) is not None:
        return cls
    row = renamed((kind,), name, catalog)
    new = row.name(catalog) if row is not None else next((other for other in catalog.names() if snake_case(other) == name), None)
    return catalog.find(new) if new is not None else None


def torch_order(call: Called) -> tuple[str, ...] | None:
    """The positional arguments of a class of PyTorch whose order is another than Keras's; None for any other class."""
    of_torch = f"nn.{call.name}" if call.module.endswith("nn") else call.name
    return POSITIONAL.get(call.name) or POSITIONAL.get(of_torch)


def as_call(name: str, node: Node) -> Called | None:
    """A name with arguments that have none, `nn.Conv2d: [16, 32, 3]`, as a call; None where they have names."""
    module, _, last = name.rpartition(".")
    values = tuple(map(_plain, node.items if isinstance(node, Sequence) else (node,)))
    return Called(last, values, {}, module) if not isinstance(node, Mapping) else None


def _plain(node: Node) -> Any:
    if isinstance(node, Sequence):
        return tuple(map(_plain, node.items))
    return node.value if isinstance(node, Scalar) else None


class Item(NamedTuple):
    """A call as a spec writes it; `whole` is false where … stands for arguments that the class does not have."""

    text: str
    whole: bool


def as_item(kind: str, call: Called) -> Item | None:
    """A call as a spec writes it: `Conv2D: {filters: 32, kernel_size: 3}`; None where there is no such class."""
    cls = class_of(kind, call.name)
    if cls is None:
        return None
    order = torch_order(call) or tuple(cls.own_fields())
    whole = len(call.positional) <= len(order)
    arguments: dict[str, str] = {}
    tables = ("arguments", "settings") if kind == "layers" else ("settings", "arguments")
    for name, value in (*zip(order, call.positional, strict=False), *call.named.items()):
        field: str | None = name if name in cls.model_fields else None
        if field is None:
            row = renamed(tables, name, cls.model_fields)
            if name == "name" or (row is not None and row.leave_out):
                continue
            field = row.name(cls.model_fields) if row is not None else None
        text = _written(cls, field, value) if field is not None else None
        if field is None or text is None:
            whole = False
        else:
            arguments[field] = text
    parts = [f"{field}: {text}" for field, text in arguments.items()] + ([] if whole else ["…"])
    if not parts:
        return Item(cls.spec_name(), whole=True)
    inner = ", ".join(parts)
    bare = len(parts) == len(call.positional) == 1 and "{" not in inner and whole
    return Item(f"{cls.spec_name()}: {inner.partition(': ')[2] if bare else f'{{{inner}}}'}", whole)


def as_object(kind: str, call: Called) -> str | None:
    """As `as_item`, to stand as a value."""
    item = as_item(kind, call)
    if item is None or not item.whole:
        return None
    return f"{{{item.text}}}" if ":" in item.text else item.text


def _written(cls: type[Arguments], field: str, value: Any) -> str | None:
    if not isinstance(value, Called):
        return flow(value)
    kind = object_fields(cls).get(field, Kind("layers")).name
    return as_object("layers" if kind == "activations" else kind, value)


class Named(NamedTuple):
    """A mapping that names its class under a key.

    Attributes:
        key: the entry of that key.
        name: the class's name.
        arguments: the other entries, those under `config` among them.
    """

    key: Entry
    name: str
    arguments: dict[str, Entry]


def naming(node: Mapping, known: Any, among: tuple[str, ...] = NAMING) -> Named | None:
    """A mapping such as `{class_name: Dense, config: {units: 10}}`, if `known` has the class; None for any other."""
    for key in among:
        entry = node.entries.get(key)
        value = entry.value.value if entry is not None and isinstance(entry.value, Scalar) else None
        if entry is None or not isinstance(value, str) or not known(value.rpartition(".")[2]):
            continue
        arguments = {name: other for name, other in node.entries.items() if name not in (key, *SERIALIZED)}
        for inner in CONFIG:
            if inner in arguments and isinstance(nested := arguments[inner].value, Mapping):
                del arguments[inner]
                arguments |= nested.entries
        return Named(entry, value.rpartition(".")[2], arguments)
    return None


def named_item(name: str, arguments: dict[str, Entry]) -> str:
    """A class with its entries on one line: `Dense: {units: 10}`."""
    inner = ", ".join(f"{key}: {as_flow(entry.value)}" for key, entry in arguments.items())
    return f"{name}: {{{inner}}}" if inner else name


def comments(node: Node) -> bool:
    """Whether the text of a node holds comments, which another form would lose."""
    return re.search(r"(^|\s)#", node.span.text) is not None
