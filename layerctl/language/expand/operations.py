"""Items that are functions of `keras.ops`: the function, and its operands."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from itertools import chain
from typing import Any

from layerctl.catalog import CATALOGS, Functions
from layerctl.catalog.ops._base import Operation
from layerctl.diagnostics import Advice, meant
from layerctl.graph._codes import WrongInputs
from layerctl.graph.graph import Ref, RefTree
from layerctl.language.bind import MissingArgument, UnknownKey, UnknownLayer
from layerctl.language.expand.unit import Unit
from layerctl.language.expand.wiring import Inputs, Level, inputs
from layerctl.language.syntax import Mapping


def find(unit: Unit) -> type[Operation] | None:
    """The function that an item names; None after a diagnostic."""
    from layerctl.catalog.renamings import renaming

    catalog = CATALOGS["ops"]
    assert isinstance(catalog, Functions)
    name = unit.operation.removeprefix("ops.")
    cls = catalog.find(name)
    if cls is not None:
        assert issubclass(cls, Operation)
        return cls
    if name in catalog.elsewhere:
        message = f"`{unit.operation}` is a function of Keras that a spec cannot use"
        help = Advice(
            "write it as a layer class in Python, and name that: `- package.module:Class` (run with `--allow-custom-code`)"
        )
    else:
        message = f"keras.ops has no function `{name}`"
        row = renaming("ops", name)
        near = (
            row.name(catalog) if row is not None else unit.binder.sink.did_you_mean(name, chain(catalog.names(), catalog.aliases))
        )
        help = meant(near and f"ops.{near}", "`layerctl layers` lists all functions, too")
    unit.binder.sink.add(UnknownLayer, unit.key.span, message, help=help)
    return None


def without_call(unit: Unit) -> Unit:
    """The item without `call_args`, which is reported, as functions do not take it."""
    if "call_args" not in unit.wiring:
        return unit
    help = f"all its arguments stand in the operation: `{unit.operation}: {{…}}`"
    message = f"`call_args` does not go with {unit.operation}"
    unit.binder.sink.add(UnknownKey, unit.wiring["call_args"].key.span, message, help=help)
    return unit._replace(wiring={key: entry for key, entry in unit.wiring.items() if key != "call_args"})


def operands(unit: Unit, level: Level, operation: Operation | None) -> Inputs:
    """The function's inputs: one for each operand that is not an argument."""
    if operation is None:
        return inputs(unit, level, operation)
    parameters = operation.call_arguments
    if not parameters:
        message = f"{unit.operation} has no input: all of {', '.join(f'`{name}`' for name in operation.tensors)} are arguments"
        unit.binder.sink.add(WrongInputs, unit.key.span, message, help="leave one of them out; the input stands for it")
        return Inputs(None, {}, False)
    sources = inputs(unit, level, operation)
    node = unit.wired("inputs")
    if isinstance(node, Mapping):
        if not set(node.entries) <= set(parameters):
            return sources._replace(main=None)  # reported; a missing operand is probably the misspelled one
        names = {parameters[0], *sources.further}
        return sources if sources.main is None or complete(unit, operation, names) else sources._replace(main=None)
    return spread(unit, operation, sources)


def spread(unit: Unit, operation: Operation, sources: Inputs) -> Inputs:
    """A list of inputs assigned to the function's parameters, in order."""
    parameters = operation.call_arguments
    refs = sources.main
    if refs is None:
        return sources
    if operation.input_kind != "tensor" or isinstance(refs, Ref | MappingABC):
        return sources if complete(unit, operation, {parameters[0]}) else sources._replace(main=None)
    if len(refs) > len(parameters):
        literal = [name for name in operation.tensors if name not in parameters]
        beside = f" beside the argument `{literal[0]}`" if literal else ""
        count = f"{len(parameters)} input{'s' if len(parameters) > 1 else ''}"
        message = f"{unit.operation} takes {count}, {', '.join(f'`{name}`' for name in parameters)},{beside}; got {len(refs)}"
        help = (
            "leave out the argument, or one of the inputs" if literal else "join them with `ops.stack` or `ops.concatenate` first"
        )
        unit.binder.sink.add(WrongInputs, sources.places[-1], message.replace(",;", ";"), help=help)
        return sources._replace(main=None)
    named: dict[str, RefTree] = dict(zip(parameters, refs, strict=False))
    if not complete(unit, operation, set(named)):
        return sources._replace(main=None)
    main, *_ = named.values()
    return sources._replace(main=main, further={name: ref for name, ref in named.items() if name != parameters[0]})


def complete(unit: Unit, operation: Operation, names: set[Any]) -> bool:
    """Whether every operand that the function needs is there; reported where not."""
    missing = [name for name in operation.call_arguments if name not in names]
    if not missing:
        return True
    name = missing[0]
    literal = name in type(operation).model_fields
    bare = f"`{unit.operation}: 2.0`" if literal and operation.first_argument() == name else f"`{unit.operation}: {{{name}: …}}`"
    also = f", or write it as an argument: {bare}" if literal else ""
    unit.binder.sink.add(
        MissingArgument,
        unit.key.span,
        f"{unit.operation} needs `{name}`",
        label=f"`{name}` is missing",
        help=f"name an input for each: `inputs: [{', '.join(operation.call_arguments)}]`{also}",
    )
    return False
