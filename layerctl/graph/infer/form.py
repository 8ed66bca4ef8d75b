"""Checks whether a layer is called on one tensor or on a list, as it requires."""

from __future__ import annotations

from collections.abc import Mapping

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.graph._codes import InputsNeeded, WrongInputs
from layerctl.graph.graph import Op, Ref, uses
from layerctl.graph.infer.inferred import Inferred


def suits(inferred: Inferred, op: Op, inputs: Tree) -> bool:
    """Whether the input is one tensor or a list, as the layer requires; a mistake is reported."""
    assert op.layer is not None
    name, names = op.layer.spec_name(), op.layer.input_names
    place = op.places[-1] if op.places else op.place
    count = 1 if isinstance(inputs, Tensor) else len(inputs)
    source = inferred.graph.nodes[op.inputs.node] if isinstance(op.inputs, Ref) else None
    if source is not None and op.by_default and not isinstance(inputs, Tensor):
        message = f"`{source.name}` has {count} outputs; this item must say which it takes"
        help = f'add `inputs: "{source.name}[{first_step(inputs)}]"` below it'
        inferred.sink.add(InputsNeeded, op.place, message, help=help, uses=uses(op.frames))
        return False
    if names and count != len(names):
        listed = ", ".join(f"`{key}`" for key in names)
        message = f"the model takes {len(names)} input{'s' if len(names) > 1 else ''}, {listed}; got {count}"
        help = "give `inputs:` a list in that order, or a mapping"
        inferred.sink.add(WrongInputs, place, message, help=help, uses=uses(op.frames))
        return False
    if isinstance(inputs, Tensor):
        message = f"{name} joins a list of tensors; it is given one"
        inferred.sink.add(WrongInputs, place, message, help="write `inputs: [a, b]` below it", uses=uses(op.frames))
        return False
    if op.layer.declaration is not None and (inputs or op.arguments):
        return True
    if op.layer.input_kind == "tensor":
        message = f"{name} works on one tensor; it is given {count if count > 1 else 'a list'}"
        if source:
            help = f'write `inputs: "{source.name}[{first_step(inputs)}]"`'
        elif count > 1:
            help = "join them with Concatenate or Add first, or name one of them"
        else:
            help = "write `inputs: NAME`, without brackets"
        inferred.sink.add(WrongInputs, place, message, help=help, uses=uses(op.frames))
        return False
    flat = isinstance(inputs, tuple) and all(isinstance(part, Tensor) for part in inputs)
    if not flat or not inputs:
        help = "write `inputs: [a, b]`, a list of single outputs"
        inferred.sink.add(WrongInputs, place, f"{name} takes a flat list of at least one tensor", help=help, uses=uses(op.frames))
        return False
    return True


def first_step(tree: Tree) -> int | str:
    """The key or index of the first of several outputs, for a reference such as `NAME[0]`."""
    return next(iter(tree)) if isinstance(tree, Mapping) else 0
