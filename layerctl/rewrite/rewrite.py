"""Rewrites a spec into another one that is the same function: the common part of `--to conv2d` and `--to dense`.

A rewrite walks over the items of the expanded spec and copies the items that it does not replace. It may leave out a layer that
only reshapes (Flatten, Reshape): a tensor then has another shape than in the old spec, with the same values in the same order. If
an item needs the old shape, a Flatten or Reshape is inserted. A nested model is rewritten within; its inputs and outputs stay.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any, ClassVar, NamedTuple, NoReturn

from layerctl.base.shapes import Dim, Tensor, prod, text
from layerctl.catalog import OfWeight
from layerctl.catalog.layers._base import Call, Refusal
from layerctl.codegen.plan import map_refs
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.graph import Input, Op, Ref, uses
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain_names
from layerctl.rewrite._codes import CannotConvert
from layerctl.rewrite.moves import Move, named_models, owns_weights, unmoved


class Place(NamedTuple):
    """A tensor of the old spec in the new one: the name of its item, and its new shape without the batch."""

    name: str
    shape: tuple[Dim, ...]


class Rewritten(NamedTuple):
    """A new spec.

    Attributes:
        spec: as mappings and lists.
        moves: by the name of each layer with weights, `encoder/dense` in a nested model, where the weights come from.
        notes: sentences for the user.
    """

    spec: dict[str, Any]
    moves: Mapping[str, Move]
    notes: tuple[str, ...]


class Rewrite(ABC):
    """The rewrite of a spec; a subclass adds `replace`.

    Attributes:
        target: the class of the new layers.
        suffix: of the names of the new spec, of new nested models, and of new layers whose name is taken.
        wanted: the layers that are replaced, for the message that there are none.
    """

    target: ClassVar[str]
    suffix: ClassVar[str]
    wanted: ClassVar[str]

    def __init__(self, model: TypedGraph, spec: dict[str, Any]) -> None:
        self.definitions: dict[str, dict[str, Any]] = spec.get("models", {})
        self.models: dict[str, Rewrite] = {}
        self.notes: list[str] = []
        self._begin(model, spec)

    def _begin(self, model: TypedGraph, spec: dict[str, Any]) -> None:
        """The state of a walk over one graph."""
        self.model = model
        self.graph = model.graph
        self.spec = spec
        self.names = plain_names(model.graph)
        self.taken = set(self.names)
        self.emitted: set[str] = set()
        self.several: set[str] = set()
        self.places: dict[int, Place] = {}
        self.rearranged: dict[int, str] = {}
        self.owners: dict[int, str] = {}
        self.items: list[dict[str, Any]] = []
        self.moves: dict[str, Move] = {}
        self.replaced = 0
        self.called = Counter(n.shared for n in self.graph.nodes if isinstance(n, Op))
        self.outputs = {output.ref.node for output in self.graph.outputs}

    def run(self) -> Rewritten:
        """The new spec.

        Raises:
            SpecError: there is nothing to replace, or a layer cannot be.
        """
        self.walk()
        if not self.replaced:
            message = f"there is nothing to convert: no layer is {self.wanted}"
            self.refuse(0, message, f"convert a spec that has one: {self.wanted}")
        spec = self.spec | {"name": f"{self.graph.name}_{self.suffix}"} | self.parts()
        if self.definitions:
            rewritten = {self.model_name(name): inner.parts() for name, inner in self.models.items() if inner.replaced}
            models = self.definitions | rewritten
            used = named_models(spec["layers"], models)
            spec["models"] = {name: parts for name, parts in models.items() if name in used}
        return Rewritten(spec, self.moves, tuple(dict.fromkeys(self.notes)))

    def walk(self) -> None:
        """Rewrites item after item."""
        items = iter(self.spec["layers"])
        for index, node in enumerate(self.graph.nodes):
            if isinstance(node, Input):
                self.places[index] = Place(self.names[index], node.shape[1:])
                continue
            item = next(items)
            if self.model.live[index]:
                item = self.nested(index, node, item)
                if not self.replace(index, node, item):
                    self.carry(index, node, item)

    def parts(self) -> dict[str, Any]:
        """Inputs, layers and outputs of the new spec, after `walk`."""
        outputs = [self.text(output.ref) for output in self.graph.outputs]
        keyed = {output.name: name for output, name in zip(self.graph.outputs, outputs, strict=True)}
        returned = keyed if self.graph.keyed_outputs else outputs if len(outputs) > 1 else outputs[0]
        layers = list(_short(self.items, self.spec, self.several))
        return {"inputs": self.spec["inputs"], "layers": layers, "outputs": returned}

    def nested(self, index: int, op: Op, item: dict[str, Any]) -> dict[str, Any]:
        """The item that calls the rewritten nested model; any other item unchanged."""
        if not isinstance(op.layer, Functional) or op.shared is not None:
            return item
        definition, *_ = item
        if definition not in self.models:
            within = copy(self)
            within._begin(op.layer.typed, self.definitions[definition])
            within.walk()
            self.models[definition] = within
        inner, name = self.models[definition], self.names[index]
        moves = inner.moves if inner.replaced else dict(unmoved(op.layer.typed))
        self.moves |= {f"{name}/{layer}": move.within(name) for layer, move in moves.items()}
        if not inner.replaced:
            return item
        self.replaced += 1
        return {self.model_name(definition): item[definition], **{key: value for key, value in item.items() if key != definition}}

    def model_name(self, definition: str) -> str:
        """The name of a rewritten nested model; the old one may still be used within a wrapper."""
        name = f"{definition}_{self.suffix}"
        while name in self.definitions:
            name += "_1"
        return name

    @abstractmethod
    def replace(self, index: int, op: Op, item: dict[str, Any]) -> bool:
        """Replaces an item, or returns False."""

    def carry(self, index: int, op: Op, item: dict[str, Any]) -> None:
        """Copies an item; its input keeps its new shape if the layer does the same to it, otherwise it gets the old one."""
        assert op.layer is not None
        place = self.deferred(op)
        if place is not None and op.layer.only_reshapes and None not in self.shape(index):
            self.places[index] = place
        elif place is not None and place.shape != self.shape_of(op) and self.suits(index, op, place):
            self.add(index, {**item, "inputs": place.name}, place.shape)
        else:
            self.add(index, self.copied(op, item), None)
        if owns_weights(self.model, index):
            self.moves[self.owners[index]] = Move(self.names[index], "same")

    def copied(self, op: Op, item: dict[str, Any]) -> dict[str, Any]:
        """An item with its inputs by their names in the new spec."""
        assert op.inputs is not None
        assert op.layer is not None
        inputs = map_refs(op.inputs, self.text)
        if op.shared is not None:
            item = {**item, "reuse": self.owners[op.shared]}
        if op.arguments:
            others = {key: map_refs(tree, self.text) for key, tree in op.arguments.items()}
            inputs = others if op.inputs == () else {op.layer.call_arguments[0]: inputs, **others}
        return {**item, "inputs": inputs}

    def add(self, index: int, item: dict[str, Any], shape: tuple[Dim, ...] | None) -> None:
        """Adds an item for the output of a node, in this shape; None stands for the shape of the old spec."""
        name = item["name"]
        output = self.model.nodes[index].output
        if shape is None:
            shape = self.shape(index)
        elif index in self.outputs and shape != self.shape(index):
            name = item["name"] = self.new(f"{name}_{self.suffix}")
        self.emitted.add(name)
        if not isinstance(output, Tensor):
            self.several.add(name)
        self.items.append(item)
        self.places[index] = Place(name, shape)
        self.owners.setdefault(index, name)

    def suits(self, index: int, op: Op, place: Place) -> bool:
        """Whether a layer does the same to its input in the new shape."""
        layer = op.layer
        assert layer is not None
        if layer.input_kind != "tensor" or op.shared is not None or self.called[index] or op.arguments or op.literals:
            return False
        if layer.elementwise and not layer.depends_on_shape:
            return True
        if not layer.rowwise or place.shape[-1:] != self.shape_of(op)[-1:]:
            return False
        policy = self.model.policies[layer.own_policy or self.graph.dtype]
        call = Call(Tensor((None, *place.shape), policy.compute), policy)
        try:
            return layer.output(call) == call.x and layer.weights(call) == self.model.nodes[index].weights
        except Refusal:
            return False

    def deferred(self, op: Op) -> Place | None:
        """The only input of a call in the new spec; None if it has several."""
        if not isinstance(op.inputs, Ref) or op.arguments:
            return None
        return Place(self.text(op.inputs), self.shape_of(op)) if op.inputs.path else self.places[op.inputs.node]

    def shape(self, index: int) -> tuple[Dim, ...]:
        """The shape of a node's output in the old spec, without the batch; () for several."""
        output = self.model.nodes[index].output
        return output.shape[1:] if isinstance(output, Tensor) else ()

    def shape_of(self, op: Op) -> tuple[Dim, ...]:
        """The shape of a call's only input in the old spec, without the batch."""
        assert isinstance(op.inputs, Ref)
        tensor = self.model.tensor(op.inputs)
        return tensor.shape[1:] if isinstance(tensor, Tensor) else ()

    def text(self, ref: Ref) -> str:
        """A reference in the new spec to a tensor with its old shape."""
        place = self.places[ref.node]
        if ref.path:
            return place.name + "".join(f"[{step}]" for step in ref.path)
        if place.shape == (wanted := self.shape(ref.node)) and not (
            ref.node in self.outputs and place.name != self.names[ref.node]
        ):
            return place.name
        if ref.node not in self.rearranged:
            name = self.names[ref.node]
            name = name if name not in self.emitted else self.new(f"{name}_{'flatten' if len(wanted) == 1 else 'reshape'}")
            self.rearranged[ref.node] = name
            self.emitted.add(name)
            self.items.append({**self.back(ref.node, place, wanted), "name": name, "inputs": place.name})
        return self.rearranged[ref.node]

    def back(self, index: int, place: Place, wanted: tuple[Dim, ...]) -> dict[str, Any]:
        """The operation that gives a tensor its old shape."""
        return _rearranging(wanted)

    def shaped(self, base: str, place: Place, wanted: tuple[Dim, ...]) -> str:
        """The name of the tensor in this shape; adds a Flatten or Reshape if it has another."""
        if place.shape == wanted:
            return place.name
        name = self.new(base)
        self.emitted.add(name)
        self.items.append({**_rearranging(wanted), "name": name, "inputs": place.name})
        return name

    def new(self, base: str) -> str:
        """A name that is not taken yet."""
        name, number = base, 1
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name

    def refuse(self, index: int, message: str, help: str) -> NoReturn:
        """Ends the conversion with an error at a node."""
        node = self.graph.nodes[index]
        frames = node.frames if isinstance(node, Op) else ()
        raise SpecError((Diagnostic(CannotConvert, node.place, message, "", help, uses(frames)),))

    def sized(self, index: int, shape: tuple[Dim, ...]) -> tuple[int, ...]:
        """The shape; an unknown dimension is an error."""
        if None in shape:
            message = f"the input of `{self.graph.nodes[index].name}` has an unknown dimension: {text(shape, batch=False)}"
            self.refuse(index, message, "write a number instead of `null` in `inputs`")
        return tuple(dim for dim in shape if dim is not None)


def _rearranging(shape: tuple[Dim, ...]) -> dict[str, Any]:
    return {"Flatten": {}} if len(shape) == 1 else {"Reshape": {"target_shape": [-1 if dim is None else dim for dim in shape]}}


def _short(items: list[dict[str, Any]], spec: dict[str, Any], several: set[str]) -> Iterator[dict[str, Any]]:
    """Items without `inputs` that are the default; `several` are the names of items with several outputs."""
    inputs = list(spec["inputs"])
    before = inputs[0] if len(inputs) == 1 else None
    for item in items:
        short = item.get("inputs") == before
        yield {key: value for key, value in item.items() if not (short and key == "inputs")}
        before = None if item["name"] in several else item["name"]


def suits_shape(value: object, shape: tuple[int, ...]) -> bool:
    """Whether an initializer or constraint works on a weight of that shape."""
    return not isinstance(value, OfWeight) or value.misfit(shape) is None


def size(shape: tuple[int, ...]) -> int:
    """How many values a tensor holds."""
    return prod(shape) or 0
