"""Functions of `keras.ops` in a model: their arguments, and the configuration of the operation that Keras makes of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layerctl.catalog.ops._base import Operation
from layerctl.codegen.plan import Array, Step, map_refs
from layerctl.graph.graph import Ref
from layerctl.graph.typed import TypedGraph


def operation(step: Step) -> Operation:
    function = step.op.layer
    assert isinstance(function, Operation)
    return function


def operands(step: Step, typed: TypedGraph, leaf: Callable[[Ref], Any]) -> dict[str, Any]:
    """The operands by Keras's parameter names: tensors (replaced by `leaf`), numbers, and lists of numbers as arrays."""
    function = operation(step)
    refs = {**dict(zip(function.call_arguments, (step.op.inputs,), strict=False)), **step.op.arguments}
    dtypes = {name: getattr(typed.tensor(ref), "dtype", ref) if isinstance(ref, Ref) else ref for name, ref in refs.items()}
    values = function.operands({name: map_refs(ref, leaf) for name, ref in refs.items() if ref is not None})
    known = function.operands(dtypes)
    return {
        name: Array(value, function.array_dtype(name, known)) if name not in refs and isinstance(value, tuple) else value
        for name, value in values.items()
    }


def arguments(step: Step, typed: TypedGraph, leaf: Callable[[Ref], Any]) -> tuple[list[Any], dict[str, Any]]:
    """The positional and the keyword arguments of the function."""
    function = operation(step)
    return function.positional(operands(step, typed, leaf)), function.keywords()


def config(step: Step) -> dict[str, Any]:
    """The operation as Keras serializes it, without its calls."""
    function = operation(step)
    name = function.keras_name()
    return {
        "module": f"keras.src.ops.{function.module}",
        "class_name": name,
        "config": {"name": step.layer, **function.config()},
        "registered_name": name,
    }


def call(step: Step, typed: TypedGraph, leaf: Callable[[Ref], Any]) -> tuple[list[Any], dict[str, Any]]:
    """The positional and keyword arguments of the operation's call."""
    function = operation(step)
    return function.called_on(operands(step, typed, leaf)), function.call_keywords()
