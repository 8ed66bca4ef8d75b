"""A layer of the user's own: what the spec says of it, as nothing else is known before its class is imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

from layerctl.base.shapes import Dim, Shape, Tensor
from layerctl.base.source import Span
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import POLICIES, Call, InputKind, Layer, Tree, Unknown, Weight, leaves


class Result(NamedTuple):
    """A tensor that the layer gives: its shape without the batch dimension; `dtype` None is the layer's compute dtype."""

    shape: Shape
    dtype: str | None = None


class Said(NamedTuple):
    """What a spec says of a custom layer.

    Attributes:
        module: where its class is.
        positional: the constructor's first argument, where it is given without a name.
        arguments: of the constructor, by name.
        output: what a call gives: one tensor, several, or some by name; None where that is not said.
        weights: its variables; None where they are not said.
        places: where the class is named, and what stands behind `output_shape` and `weights`.
    """

    module: str
    positional: tuple[Any, ...]
    arguments: Mapping[str, Any]
    output: Result | tuple[Result, ...] | Mapping[str, Result] | None
    weights: tuple[Weight, ...] | None
    places: Mapping[str, Span]


class Custom(Layer):
    """A layer of the user's own; the class of each has a subclass here, of its name."""

    category: ClassVar[str] = "custom"
    input_kind: ClassVar[InputKind] = "either"
    call_arguments: ClassVar[tuple[str, ...]] = ()
    declared: ClassVar[bool] = True
    said: ClassVar[Said]

    @property
    def imported_from(self) -> str | None:
        return self.said.module

    @property
    def unnamed(self) -> tuple[Any, ...]:
        return self.said.positional

    @property
    def undeclared(self) -> tuple[str, ...]:
        found = (("output_shape", self.said.output), ("weights", self.said.weights))
        return tuple(key for key, value in found if value is None)

    @property
    def operation(self) -> str:
        """As a spec names it: `package.module:Class`."""
        return f"{self.said.module}:{self.keras_name()}"

    def given(self) -> dict[str, Any]:
        return dict(self.said.arguments)

    def item(self) -> dict[str, Any]:
        item: dict[str, Any] = {self.operation: self.unnamed[0] if self.unnamed else self.given()}
        output, weights = self.said.output, self.said.weights
        if output is not None:
            item["output_shape"] = each(output, written)
        if weights is not None:
            item["weights"] = {weight.name: _written_weight(weight) for weight in weights}
        return item

    def output(self, call: Call) -> Tree:
        if self.said.output is None:
            raise Unknown
        batch = _batch(call)

        def tensor(result: Result) -> Tensor:
            return Tensor((batch, *result.shape), result.dtype or call.policy.compute)

        return each(self.said.output, tensor)  # type: ignore[no-any-return]

    def weights(self, call: Call) -> tuple[Weight, ...]:
        if self.said.weights is None:
            raise Unknown
        return self.said.weights

    def macs(self, call: Call, output: Tree) -> int | None:
        return None


@cache
def _class(name: str) -> type[Custom]:
    return type(name, (Custom,), {"__module__": __name__})


def custom(name: str, said: Said) -> Custom:
    """A layer of that class; of its arguments the base class's `trainable` and `dtype` are understood."""
    base: dict[str, Any] = {}
    if isinstance(said.arguments.get("trainable"), bool):
        base["trainable"] = said.arguments["trainable"]
    if (dtype := said.arguments.get("dtype")) is not None and isinstance(dtype, str) and dtype in POLICIES:
        base["dtype"] = dtype
    made = _class(name).model_construct(**base)
    object.__setattr__(made, "said", said)
    return made


def customs(value: Any) -> Iterator[Custom]:
    """The custom layers in an object, and the object itself if it is one."""
    if isinstance(value, Custom):
        yield value
    elif isinstance(value, Arguments):
        for inner in value.made_of if isinstance(value, Layer) else value.given().values():
            yield from customs(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from customs(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from customs(inner)


def each(output: Result | tuple[Result, ...] | Mapping[str, Result], leaf: Any) -> Any:
    """A structure of results with something in place of each."""
    if isinstance(output, Result):
        return leaf(output)
    if isinstance(output, Mapping):
        return {name: leaf(result) for name, result in output.items()}
    return tuple(leaf(result) for result in output)


def written(result: Result) -> Any:
    """A result as a spec writes it."""
    return result.shape if result.dtype is None else {"shape": result.shape, "dtype": result.dtype}


def _written_weight(weight: Weight) -> Any:
    beside: dict[str, Any] = {} if weight.trainable else {"trainable": False}
    if weight.dtype is not None:
        beside["dtype"] = weight.dtype
    return {"shape": weight.shape, **beside} if beside else weight.shape


def _batch(call: Call) -> Dim:
    """The batch of what it is called on; None where that is not known."""
    given = (call.inputs, *(value for value in call.arguments.values() if isinstance(value, Tensor | tuple)))
    for tree in given:
        for tensor in leaves(tree):
            if isinstance(tensor, Tensor) and tensor.rank:
                return tensor.shape[0]
    return None
