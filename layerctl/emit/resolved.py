"""A spec with everything expanded: no variables, loops or blocks, every item named; itself a spec that gives the same model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from layerctl.catalog import Arguments
from layerctl.graph import Graph, Input, Op, Ref, RefTree
from layerctl.infer import TypedGraph
from layerctl.model import Model
from layerctl.shapes import Tensor
from layerctl.spec.chosen import Chosen
from layerctl.spec.document import Document
from layerctl.syntax import scalar_value


def resolved(model: TypedGraph, document: Document, *, train: Model | None = None) -> str:
    """The text of the expanded spec.

    Args:
        model: of a spec without errors.
        document: its sections.
        train: stands in for the spec's own section, where options changed it.
    """
    graph = model.graph
    names = plain_names(graph)
    spec: dict[str, Any] = {"version": 1, "name": graph.name}
    if document.description is not None:
        spec["description"] = document.description
    if graph.dtype != "float32":
        spec["dtype"] = graph.dtype
    spec["inputs"] = {names[index]: _input(node) for index, node in enumerate(graph.nodes) if isinstance(node, Input)}
    spec["layers"] = [_item(model, names, index) for index, node in enumerate(graph.nodes) if isinstance(node, Op)]
    spec["outputs"] = _outputs(graph, names)
    section = train if train is not None else document.train
    if section is not None:
        spec["train"] = plain(section)
    return yaml.dump(_escaped(spec), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


def plain(value: Any) -> Any:
    """A bound value as a spec writes it: objects as `{Name: arguments}`, sections and mappings as mappings."""
    if isinstance(value, Chosen):
        if value.arguments is None or not (value.node or value.arguments.given()):
            return value.written
        return {value.arguments.keras_name(): {key: plain(inner) for key, inner in value.arguments.given().items()}}
    if isinstance(value, Arguments):
        arguments = {key: plain(inner) for key, inner in value.given().items()}
        written: Any = {value.keras_name(): arguments} if arguments else value.keras_name()
        name = getattr(value, "own_name", None)
        return written if name is None else {value.keras_name(): arguments, "name": name}
    if isinstance(value, Model):
        return {key: plain(getattr(value, key)) for key in type(value).model_fields if key in value.model_fields_set}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value


def plain_names(graph: Graph) -> list[str]:
    """A name for each node that is valid in one flat scope: `stage1.re_lu` becomes `stage1_re_lu`."""
    taken = {node.name for node in graph.nodes}
    names: list[str] = []
    for node in graph.nodes:
        name = re.sub(r"[^A-Za-z0-9_-]", "_", node.name)
        if name != node.name:
            base, number = name, 1
            while name in taken:
                name, number = f"{base}_{number}", number + 1
            taken.add(name)
        names.append(name)
    return names


def _input(node: Input) -> Any:
    batch, *shape = node.shape
    if node.dtype == "float32" and batch is None:
        return shape
    return {"shape": shape, "dtype": node.dtype} | ({} if batch is None else {"batch_size": batch})


def _item(model: TypedGraph, names: list[str], index: int) -> dict[str, Any]:
    op = model.graph.nodes[index]
    assert isinstance(op, Op)
    assert op.layer is not None
    assert op.inputs is not None
    item: dict[str, Any]
    if op.shared is not None:
        item = {"reuse": names[op.shared]}
    else:
        item = {op.layer.spec_name(): {key: plain(value) for key, value in op.layer.given().items()}}
    item["name"] = names[index]
    inputs = _references(op.inputs, names)
    if op.arguments:
        others = {key: _references(tree, names) for key, tree in op.arguments.items()}
        item["inputs"] = {op.layer.call_arguments[0]: inputs, **others}
    elif not _is_default(model, op.inputs, index):
        item["inputs"] = inputs
    if op.literals:
        item["call_args"] = plain(op.literals)
    return item


def _is_default(model: TypedGraph, inputs: RefTree, index: int) -> bool:
    """Whether an item without `inputs` would take just these."""
    if not isinstance(inputs, Ref) or inputs.path or inputs.node != index - 1:
        return False
    if isinstance(model.graph.nodes[index - 1], Input):
        return len(model.graph.inputs) == 1
    return isinstance(model.nodes[index - 1].output, Tensor)


def _references(tree: RefTree, names: list[str]) -> Any:
    if isinstance(tree, Ref):
        return names[tree.node] + "".join(f"[{step}]" for step in tree.path)
    if isinstance(tree, Mapping):
        return {key: _references(part, names) for key, part in tree.items()}
    return [_references(part, names) for part in tree]


def _outputs(graph: Graph, names: list[str]) -> Any:
    found = [_references(output.ref, names) for output in graph.outputs]
    if graph.keyed_outputs:
        return {output.name: reference for output, reference in zip(graph.outputs, found, strict=True)}
    return found[0] if len(found) == 1 else found


def _escaped(value: Any) -> Any:
    """Dollar signs doubled, so that nothing is taken for a variable."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Quotes each text that the YAML 1.2 core schema would read as something else; PyYAML knows 1.1 only."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    try:
        is_text = isinstance(scalar_value(value), str)
    except OverflowError:
        is_text = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_text else '"')


_Dumper.add_representer(str, _text)
