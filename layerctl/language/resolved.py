"""A spec with everything expanded: no variables, loops or blocks, every item named. It is a spec of the same model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from layerctl.base.model import Model
from layerctl.base.shapes import Tensor
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import Layer
from layerctl.graph.graph import Graph, Input, Op, Ref, RefTree
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.document import Document
from layerctl.language.spec.renamed import renamed
from layerctl.language.spec.train import Train
from layerctl.language.syntax import is_text


def resolved(model: TypedGraph, document: Document, *, train: Train | None = None) -> str:
    """The text of the expanded spec.

    Args:
        model: the graph of a spec without errors.
        document: the sections of the spec.
        train: replaces the spec's own section `train`, where options changed it.
    """
    return dumped(resolved_data(model, document, train=train))


def resolved_data(model: TypedGraph, document: Document, *, train: Train | None = None) -> dict[str, Any]:
    """The expanded spec as mappings and lists, an item for each call in the order of the graph; arguments as for `resolved`."""
    spec: dict[str, Any] = {"version": 1, "name": model.graph.name}
    if document.description is not None:
        spec["description"] = document.description
    if model.graph.dtype != "float32":
        spec["dtype"] = model.graph.dtype
    models = _Models()
    parts = _parts(model, models)
    if models.definitions:
        spec["models"] = models.definitions
    spec |= parts
    section = train if train is not None else document.train
    if section is not None:
        if not model.graph.keyed_outputs:  # outputs are named by their references, which are renamed above
            names = [output.name for output in model.graph.outputs]
            section = renamed(section, names, _references_of(model.graph, plain_names(model.graph)))
        spec["train"] = plain(section)
    return spec


def dumped(spec: dict[str, Any]) -> str:
    """A spec as text."""
    return yaml.dump(_escaped(spec), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


class _Models:
    """The section `models`: each different nested model once.

    Attributes:
        definitions: by name; a model stands before those that contain it.
    """

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}

    def name(self, model: Functional) -> str:
        """The name of a model's entry, which is added where it is new."""
        parts = _parts(model.typed, self)
        base = name = model.definition
        number = 1
        while self.definitions.setdefault(name, parts) != parts:
            number += 1
            name = f"{base}_{number}"
        return name


def _parts(model: TypedGraph, models: _Models) -> dict[str, Any]:
    """The sections `inputs`, `layers` and `outputs` of the document's model or of a nested one."""
    nodes, names = model.graph.nodes, plain_names(model.graph)
    return {
        "inputs": {names[index]: _input(node) for index, node in enumerate(nodes) if isinstance(node, Input)},
        "layers": [_item(model, names, index, models) for index, node in enumerate(nodes) if isinstance(node, Op)],
        "outputs": _outputs(model.graph, names),
    }


def plain(value: Any, models: _Models | None = None) -> Any:
    """A bound value as a spec writes it: objects as `{Name: arguments}`, sections and mappings as mappings."""
    if isinstance(value, Chosen):
        if value.arguments is None or not (value.node or value.arguments.given()):
            return value.written
        return {value.arguments.keras_name(): {key: plain(inner) for key, inner in value.arguments.given().items()}}
    if isinstance(value, Arguments):
        item = _written(value, models)
        operation = next(iter(item))
        if isinstance(value, Layer) and value.own_name is not None:
            item["name"] = value.own_name
        return item if len(item) > 1 or item[operation] not in ({}, None) else operation
    if isinstance(value, Model):
        return {key: plain(getattr(value, key)) for key in type(value).model_fields if key in value.model_fields_set}
    if isinstance(value, Mapping):
        return {key: plain(inner, models) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner, models) for inner in value]
    return value


def _written(value: Arguments, models: _Models | None) -> dict[str, Any]:
    """An object with its arguments, and for a custom layer its declared shapes."""
    item = {models.name(value): {}} if isinstance(value, Functional) and models is not None else value.item()
    return {key: plain(inner, models) for key, inner in item.items()}


def plain_names(graph: Graph) -> list[str]:
    """A unique name without dots for each node: `stage1.re_lu` becomes `stage1_re_lu`."""
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


def _item(model: TypedGraph, names: list[str], index: int, models: _Models) -> dict[str, Any]:
    op = model.graph.nodes[index]
    assert isinstance(op, Op)
    assert op.layer is not None
    assert op.inputs is not None
    item: dict[str, Any]
    if op.shared is not None:
        item = {"reuse": names[op.shared]}
    else:
        item = _written(op.layer, models)
    item["name"] = names[index]
    inputs = _references(op.inputs, names)
    if op.arguments:
        others = {key: _references(tree, names) for key, tree in op.arguments.items()}
        item["inputs"] = {op.layer.call_arguments[0]: inputs, **others} if op.inputs != () else others
    elif not _is_default(model, op.inputs, index):
        item["inputs"] = inputs
    if op.literals:
        item["call_args"] = plain(op.literals)
    return item


def _is_default(model: TypedGraph, inputs: RefTree, index: int) -> bool:
    """Whether an item without `inputs` would take these inputs."""
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


def _references_of(graph: Graph, names: list[str]) -> list[str]:
    return [_references(output.ref, names) for output in graph.outputs]


def _outputs(graph: Graph, names: list[str]) -> Any:
    references = _references_of(graph, names)
    if graph.keyed_outputs:
        return {output.name: reference for output, reference in zip(graph.outputs, references, strict=True)}
    return references[0] if len(references) == 1 else references


def _escaped(value: Any) -> Any:
    """The value with dollar signs doubled, so that no text is read as a variable."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Quotes each text that is not text in the YAML 1.2 core schema; PyYAML's own dumper follows YAML 1.1."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_text(value) else '"')


_Dumper.add_representer(str, _text)
