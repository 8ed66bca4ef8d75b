"""Custom layers: items of the form `package.module:Class`. The class is not imported; its arguments are plain values."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from keyword import iskeyword
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PositiveInt

from layerctl.base.model import Model
from layerctl.base.shapes import Dtype
from layerctl.base.source import Span
from layerctl.catalog import Says
from layerctl.catalog.layers._base import Weight
from layerctl.catalog.layers._construction import Declaration, Result
from layerctl.catalog.layers._custom import Custom
from layerctl.catalog.layers._custom import custom as made
from layerctl.language.bind._codes import UnknownKey, WrongType, WrongValue
from layerctl.language.bind.words import DECLARING, shown
from layerctl.language.expressions.values import FAILED
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding


class Shaped(Model):
    """The declared shape of a custom layer's output."""

    shape: Annotated[
        tuple[PositiveInt | None, ...], Says("a list of positive integers or `null`, without the batch dimension")
    ] = Field(description="without the batch dimension; `null` is an unknown dimension.")
    dtype: Dtype | None = Field(None, description="of its values; by default what the layer computes in.")


class Declared(Model):
    """The declared shape of a custom layer's weight."""

    shape: Annotated[tuple[PositiveInt, ...], Says("a list of positive integers")] = Field(description="its shape.")
    trainable: bool = Field(True, description="whether training changes it.")
    dtype: Dtype | None = Field(None, description="of its values; by default what the layer holds weights in.")


def custom(binder: Binding, place: Span, operation: str, value: Node | None, beside: MappingABC[str, Entry]) -> Custom:
    """The custom layer, without the parts that hold a mistake; these are reported.

    Args:
        binder: has the variables of the item.
        place: where the class is named.
        operation: the class's name as written.
        value: the arguments.
        beside: the other keys of the item.
    """
    module, _, name = operation.partition(":")
    positional, arguments = _arguments(binder, operation, value)
    places = {"": place} | {key: beside[key].value.span for key in DECLARING if key in beside}
    output = _output(binder, beside["output_shape"].value) if "output_shape" in beside else None
    weights = _weights(binder, beside["weights"].value) if "weights" in beside else None
    return made(name, Declaration(module, positional, arguments, output, weights, places))


def _arguments(binder: Binding, operation: str, node: Node | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The constructor's arguments: a bare value as the positional one, or all by name."""
    if isinstance(node, Mapping):
        return (), {
            key: bound for key, entry in node.entries.items() if (bound := _argument(binder, operation, key, entry)) is not FAILED
        }
    value = binder.plain(node) if node is not None else None
    return ((), {}) if value is None or value is FAILED else ((_listed(value),), {})


def _argument(binder: Binding, operation: str, key: str, entry: Entry) -> Any:
    if key == "name":
        help = "`name` stands beside the operation, not among its arguments"
        binder.sink.add(UnknownKey, entry.key.span, f"{operation} has no argument `name`", help=help)
        return FAILED
    if not key.isidentifier() or iskeyword(key):
        help = "use letters, digits and `_`, and no word of the language"
        binder.sink.add(UnknownKey, entry.key.span, f"`{key}` cannot be the name of an argument in Python", help=help)
        return FAILED
    return _listed(binder.plain(entry.value))


def _listed(value: Any) -> Any:
    """The value with lists in place of tuples, as a custom class gets them from other YAML or JSON readers."""
    if isinstance(value, tuple):
        return [_listed(item) for item in value]
    return {key: _listed(item) for key, item in value.items()} if isinstance(value, dict) else value


def _output(binder: Binding, node: Node) -> Result | tuple[Result, ...] | dict[str, Result] | None:
    """`output_shape`: one shape, a list of shapes, or names and shapes; None where it holds a mistake, or is null."""
    if isinstance(node, Mapping):
        if "shape" in node.entries:
            return _result(binder, node, None)
        if not node.entries:
            binder.sink.add(WrongValue, node.span, "`output_shape` is empty", help="write `[]` for one number a sample")
            return None
        named = {name: _result(binder, entry.value, binder.plain(entry.value)) for name, entry in node.entries.items()}
        return None if None in named.values() else named  # type: ignore[return-value]
    value = binder.plain(node)
    if value is None or value is FAILED:
        return None
    if isinstance(value, tuple) and any(isinstance(part, tuple | dict) for part in value):
        nodes = node.items if isinstance(node, Sequence) else [node] * len(value)
        results = tuple(_result(binder, inner, part) for inner, part in zip(nodes, value, strict=True))
        return None if None in results else results  # type: ignore[return-value]
    return _result(binder, node, value)


def _result(binder: Binding, node: Node, value: Any) -> Result | None:
    bound = _shaped(binder, Shaped, node, value, "`output_shape`")
    return Result(bound.shape, bound.dtype) if isinstance(bound, Shaped) else None


def _weights(binder: Binding, node: Node) -> tuple[Weight, ...] | None:
    """`weights`: names and shapes; None where it holds a mistake, or is null."""
    if isinstance(node, Scalar) and node.value is None:
        return None
    if not isinstance(node, Mapping):
        value = binder.plain(node)
        if value is not FAILED:
            message = f"`weights` takes a mapping of names to shapes, got {shown(value)}"
            binder.sink.add(WrongType, node.span, message, help="write `{gamma: [96]}`")
        return None
    weights = {name: _weight(binder, name, entry.value) for name, entry in node.entries.items()}
    return None if None in weights.values() else tuple(weights.values())  # type: ignore[arg-type]


def _weight(binder: Binding, name: str, node: Node) -> Weight | None:
    value = None if isinstance(node, Mapping) else binder.plain(node)
    bound = _shaped(binder, Declared, node, value, f"the weight `{name}`")
    return Weight(name, bound.shape, bound.trainable, bound.dtype) if isinstance(bound, Declared) else None


def _shaped(binder: Binding, cls: type[Model], node: Node, value: Any, what: str) -> Model | None:
    """The model of a bare shape, or of a mapping `{shape: …, dtype: …}`."""
    if isinstance(node, Mapping):
        return binder.model(cls, node.entries, node.span, what=what)
    if value is FAILED:
        return None
    entries = {"shape": Entry(Scalar(node.source, node.start, node.end, "shape"), node)}
    return binder.validate(cls, {"shape": value}, entries, node.span)[0]
