"""Rewriting a spec into another one of the same function: what the ways of `layerctl convert` share.

A rewriting walks over the items of the expanded spec. What it does not replace stays as it is. It may leave out a layer that
only rearranges values (Flatten, Reshape), and then remembers that a tensor now has another shape than the spec says, with the
same values in the same order; where somebody needs the spec's shape, a Flatten or Reshape is put in. A nested model is rewritten
within, and gives and takes what it did.
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
    """Where a tensor of the spec is found in the new one.

    Attributes:
        name: of the item that gives it.
        shape: there, without the batch; the same values in the same order, whatever the shape in the spec.
    """

    name: str
    shape: tuple[Dim, ...]


class Rewritten(NamedTuple):
    """A new spec.

    Attributes:
        spec: as mappings and lists.
        moves: each of its layers that has weights, by name, those of nested models as `encoder/dense`, and whose they are.
        notes: what a reader should know, a sentence each.
    """

    spec: dict[str, Any]
    moves: Mapping[str, Move]
    notes: tuple[str, ...]


class Rewrite(ABC):
    """One rewriting; a way of converting adds `replace`.

    Attributes:
        target: the class that layers become; what is one already stays.
        suffix: of the name of a layer whose own name its output needs.
        wanted: what there is nothing of, if nothing is replaced.
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
            first = self.graph.nodes[0].place
            help = f"convert a spec that has one: {self.wanted}"
            raise SpecError(
                (Diagnostic(CannotConvert, first, f"there is nothing to convert: no layer is {self.wanted}", "", help),)
            )
        spec = self.spec | {"name": f"{self.graph.name}_{self.suffix}"} | self.parts()
        if self.definitions:
            made = {self.model_name(name): inner.parts() for name, inner in self.models.items() if inner.replaced}
            kept = self.definitions | made
            used = named_models(spec["layers"], kept)
            spec["models"] = {name: parts for name, parts in kept.items() if name in used}
        return Rewritten(spec, self.moves, tuple(dict.fromkeys(self.notes)))

    def walk(self) -> None:
        """Rewrites item after item."""
        given = iter(self.spec["layers"])
        for index, node in enumerate(self.graph.nodes):
            if isinstance(node, Input):
                self.places[index] = Place(self.names[index], node.shape[1:])
                continue
            item = next(given)
            if self.model.live[index]:
                item = self.nested(index, node, item)
                if not self.replace(index, node, item):
                    self.carry(index, node, item)

    def parts(self) -> dict[str, Any]:
        """Layers and outputs, once all are rewritten."""
        outputs = [self.text(output.ref) for output in self.graph.outputs]
        keyed = {output.name: name for output, name in zip(self.graph.outputs, outputs, strict=True)}
        returned = keyed if self.graph.keyed_outputs else outputs if len(outputs) > 1 else outputs[0]
        return {
            "inputs": self.spec["inputs"],
            "layers": list(_short(self.items, self.spec, self.several)),
            "outputs": returned,
        }

    def nested(self, index: int, op: Op, item: dict[str, Any]) -> dict[str, Any]:
        """The item of a nested model, with the rewritten one where there was something to rewrite; any other item as it is."""
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
        """What a rewritten nested model is called; the original may still be wanted within a wrapper."""
        name = f"{definition}_{self.suffix}"
        while name in self.definitions:
            name += "_1"
        return name

    @abstractmethod
    def replace(self, index: int, op: Op, item: dict[str, Any]) -> bool:
        """Puts something in place of an item; False leaves it."""

    def carry(self, index: int, op: Op, item: dict[str, Any]) -> None:
        """An item that stays: on the tensor as it is now where that makes no difference, else on what the spec says."""
        assert op.layer is not None
        place = self.deferred(op)
        if place is not None and op.layer.only_reshapes and None not in self.shape(index):
            self.places[index] = place
        elif place is not None and place.shape != self.shape_of(op) and self.suits(index, op, place):
            self.add(index, {**item, "inputs": place.name}, place.shape)
        else:
            self.add(index, self.kept(op, item), None)
        if self.names[index] in self.emitted and owns_weights(self.model, index):
            self.moves[self.names[index]] = Move(self.names[index], "same")

    def kept(self, op: Op, item: dict[str, Any]) -> dict[str, Any]:
        """An item with its inputs as the new spec names them."""
        assert op.inputs is not None
        assert op.layer is not None
        inputs = map_refs(op.inputs, self.text)
        if op.arguments:
            others = {key: map_refs(tree, self.text) for key, tree in op.arguments.items()}
            inputs = others if op.inputs == () else {op.layer.call_arguments[0]: inputs, **others}
        return {**item, "inputs": inputs}

    def add(self, index: int, item: dict[str, Any], shape: tuple[Dim, ...] | None) -> None:
        """An item that gives the output of a node, in that shape; None for the spec's own."""
        name = item["name"]
        output = self.model.nodes[index].output
        if shape is None:
            shape = output.shape[1:] if isinstance(output, Tensor) else ()
        elif index in self.outputs and shape != self.shape(index):
            name = item["name"] = self.new(f"{name}_{self.suffix}")
        self.emitted.add(name)
        if not isinstance(output, Tensor):
            self.several.add(name)
        self.items.append(item)
        self.places[index] = Place(name, shape)

    def suits(self, index: int, op: Op, place: Place) -> bool:
        """Whether a layer does the same to the tensor as it is now."""
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
        """Where the one input of a call is now; None where it has several."""
        if isinstance(op.inputs, Ref) and not op.inputs.path and not op.arguments:
            return self.places[op.inputs.node]
        return None

    def shape(self, index: int) -> tuple[Dim, ...]:
        """The shape of a node's output in the spec, without the batch; () for several."""
        output = self.model.nodes[index].output
        return output.shape[1:] if isinstance(output, Tensor) else ()

    def shape_of(self, op: Op) -> tuple[Dim, ...]:
        """The shape of a call's one input in the spec, without the batch."""
        assert isinstance(op.inputs, Ref)
        tensor = self.model.tensor(op.inputs)
        return tensor.shape[1:] if isinstance(tensor, Tensor) else ()

    def text(self, ref: Ref) -> str:
        """A reference in the new spec to a tensor of the shape that the spec says."""
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
        """The operation that brings a tensor to the shape that the spec says."""
        return _rearranging(wanted)

    def shaped(self, base: str, place: Place, wanted: tuple[Dim, ...]) -> str:
        """The tensor in another shape: its name, after an item that rearranges it where that is needed."""
        if place.shape == wanted:
            return place.name
        name = self.new(base)
        self.emitted.add(name)
        self.items.append({**_rearranging(wanted), "name": name, "inputs": place.name})
        return name

    def new(self, base: str) -> str:
        """A name that nothing has."""
        name, number = base, 1
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name

    def refuse(self, index: int, message: str, help: str) -> NoReturn:
        """Ends the conversion, at the layer that is in its way."""
        node = self.graph.nodes[index]
        frames = node.frames if isinstance(node, Op) else ()
        raise SpecError((Diagnostic(CannotConvert, node.place, message, "", help, uses(frames)),))

    def sized(self, index: int, shape: tuple[Dim, ...]) -> tuple[int, ...]:
        """A shape without unknown dimensions."""
        if None in shape:
            message = f"the input of `{self.graph.nodes[index].name}` has an unknown dimension: {text(shape, batch=False)}"
            self.refuse(index, message, "write a number instead of `null` in `inputs`")
        return tuple(dim for dim in shape if dim is not None)


def _rearranging(shape: tuple[Dim, ...]) -> dict[str, Any]:
    return {"Flatten": {}} if len(shape) == 1 else {"Reshape": {"target_shape": [-1 if dim is None else dim for dim in shape]}}


def _short(items: list[dict[str, Any]], spec: dict[str, Any], several: set[str]) -> Iterator[dict[str, Any]]:
    """Items without the inputs that they would take anyway; `several` names those that give several outputs."""
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
