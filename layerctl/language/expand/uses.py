"""Expands the uses of definitions: a block to its items, a model to one layer."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.base.source import Span
from layerctl.graph.graph import Frame, Group, RefTree, uses
from layerctl.graph.infer import infer
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.bind import FAILED, Binder
from layerctl.language.expand._codes import Recursion, TooManyLayers
from layerctl.language.expand.blocks import Block, any_arguments, arguments, unknown_parameters
from layerctl.language.expand.model_nodes import Lowering
from layerctl.language.expand.scope import Bound, Scope
from layerctl.language.expand.unit import Unit
from layerctl.language.expand.whole import Parts, whole
from layerctl.language.expand.wiring import Level, block_inputs, block_outputs, written_outputs
from layerctl.language.spec.inputs import bind_inputs
from layerctl.language.syntax import Mapping, Node, Scalar

MAX_NESTING = 64
STEPS: dict[str, int] = {"block": 7, "model": 21}
"""The steps that a use of a definition costs besides its items; it takes as long as that many items of a loop."""


def use(lowering: Lowering, unit: Unit, level: Level, block: Block) -> None:
    """Lowers an item that uses a definition."""
    if not enters(lowering, unit, level, block):
        return
    if block.kind == "block":
        expand(lowering, unit, level, block)
    else:
        lowering.call(unit, level, nested(lowering, unit, block), block.name)


def expand(lowering: Lowering, unit: Unit, level: Level, block: Block) -> None:
    """Expands a block in place; its items are named `NAME_OF_USE.inner`."""
    values = arguments(block, unit) if block.layers is not None else {}
    refs = block_inputs(unit, level, block)
    name, place = lowering.named(unit, level.scope, block.name)
    outer = lowering.frames
    lowering.frames = frames_into(lowering, block, unit, f"{level.scope.prefix}{name}")
    outer_uses, lowering.sink.uses = lowering.sink.uses, uses(lowering.frames)
    lowering.open.append(block.name)
    scope, value = body(lowering, block, f"{level.scope.prefix}{name}.", refs, values)
    lowering.open.pop()
    lowering.frames = outer
    lowering.sink.uses = outer_uses
    level.scope.names[name] = Bound(value, place, scope)
    lowering.groups[level.scope.prefix + name] = Group(block.name, value)
    level.follow(value)


def enters(lowering: Lowering, unit: Unit, level: Level, block: Block) -> bool:
    """Whether a use is to be expanded: it is not dropped, not recursive or too deep, and within the budget."""
    if unit.dropped:
        if block.layers is not None and isinstance(unit.value, Mapping):
            unknown_parameters(block, unit.value.entries, unit.binder)
        return False
    lowering.used.add(block.name)
    if too_deep(lowering, unit, block) or not lowering.budget.spend(unit.key, STEPS[block.kind]):
        level.follow(None)
        return False
    return True


def frames_into(lowering: Lowering, block: Block, unit: Unit, name: str | None) -> tuple[Frame, ...]:
    used = f"used here as `{name}`" if name is not None else "used here"
    return (*lowering.frames, Frame(unit.key.span, f"in the {block.kind} `{block.name}`, {used}"))


def nested(lowering: Lowering, unit: Unit, block: Block) -> Functional | None:
    """The layer of a model with the unit's parameters; None where it holds a mistake."""
    if block.layers is None:
        return None
    typed = typed_model(lowering, block, arguments(block, unit), frames_into(lowering, block, unit, unit.name))
    return Functional.of(block.name, typed) if typed.sound else None


def typed_model(lowering: Lowering, block: Block, values: MappingABC[str, Any], frames: tuple[Frame, ...]) -> TypedGraph:
    """The inferred graph of a model with these values of its parameters."""
    assert block.shapes is not None
    inner = lowering.within(block, frames)
    binder = inner.binder(block.names).extended(values)
    shapes = binder.spelled_out(block.shapes, deep=True)
    parts = Parts(bind_inputs(binder, shapes), shapes, block.layers, block.outputs)
    outer_uses, lowering.sink.uses = lowering.sink.uses, uses(frames)
    graph = whole(inner, block.name, parts, binder)
    lowering.sink.uses = outer_uses
    return infer(graph, lowering.sink)


def wrapped_model(lowering: Lowering, binder: Binder, name: str, arguments: Node | None, place: Span) -> Any:
    """A model inside another layer; FAILED where it holds a mistake."""
    block = lowering.known[name]
    unit = Unit(name, Scalar(place.source, place.start, place.end, name), arguments, {}, binder)
    lowering.used.add(name)
    if too_deep(lowering, unit, block) or not lowering.budget.spend(Node(*place), STEPS[block.kind]):
        return FAILED
    return nested(lowering, unit, block) or FAILED


def body(
    lowering: Lowering, block: Block, prefix: str, refs: tuple[RefTree | None, ...], values: MappingABC[str, Any]
) -> tuple[Scope, RefTree | None]:
    """Lowers a block's items with these inputs and parameters; returns their names, and the block's output."""
    scope = Scope(lowering.sink, prefix)
    binder = lowering.binder(block.names).extended(values)
    for name, ref in zip(block.inputs or (), refs, strict=False):
        scope.names[name] = Bound(ref, block.place)
    level = Level(scope, refs[0] if len(refs) == 1 else None, several=len(refs) > 1)
    if block.layers is None:
        return scope, None
    last = lowering.items(block.layers, level, binder)
    named = written_outputs(block.outputs, binder)
    return scope, last if named is None else block_outputs(named, scope, binder)


def too_deep(lowering: Lowering, unit: Unit, block: Block) -> bool:
    """Whether a block uses itself, or blocks are nested beyond the limit; reported where so."""
    if block.name in lowering.open:
        circle = " → ".join([*lowering.open[lowering.open.index(block.name) :], block.name])
        message = f"the {block.kind} `{block.name}` uses itself: {circle}"
        lowering.sink.add(Recursion, unit.key.span, message, help="use a loop, or another block")
        return True
    if len(lowering.open) >= MAX_NESTING:
        message = f"{block.kind}s are nested deeper than {MAX_NESTING} levels"
        lowering.sink.add(TooManyLayers, unit.key.span, message, help=f"use fewer levels of {block.kind}s")
        return True
    return False


def check_unused(lowering: Lowering) -> None:
    """Looks for mistakes in unused blocks and models; parameters and a block's inputs are unknown there."""
    for name, block in lowering.known.items():
        if name in lowering.used or block.layers is None:
            continue
        lowering.used.add(name)
        if block.kind == "model":
            typed_model(lowering, block, any_arguments(block), ())
        else:
            body(lowering.within(block), block, "", (None,) * len(block.inputs or (None,)), any_arguments(block))
