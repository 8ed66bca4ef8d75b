"""Custom layers, of which only what the spec declares is known: checks do not import their classes."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from layerctl.base.shapes import Dim, Tensor
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import Call, Layer, Tree, Weight, leaves
from layerctl.catalog.layers._calls import POLICIES, Unknown
from layerctl.catalog.layers._construction import Declaration, Result


class Custom(Layer):
    """A custom layer; for each of the user's classes a subclass with its name is made."""

    category = "custom"
    input_kind = "either"
    call_arguments = ()
    declaration: ClassVar[Declaration]

    @property
    def undeclared(self) -> tuple[str, ...]:
        declared = (("output_shape", self.declaration.output), ("weights", self.declaration.weights))
        return tuple(key for key, value in declared if value is None)

    @property
    def operation(self) -> str:
        """Its name in a spec: `package.module:Class`."""
        return f"{self.declaration.module}:{self.keras_name()}"

    def given(self) -> dict[str, Any]:
        return dict(self.declaration.arguments)

    def item(self) -> dict[str, Any]:
        item: dict[str, Any] = {self.operation: self.declaration.positional[0] if self.declaration.positional else self.given()}
        output, weights = self.declaration.output, self.declaration.weights
        if output is not None:
            item["output_shape"] = each(output, written)
        if weights is not None:
            item["weights"] = {weight.name: _written_weight(weight) for weight in weights}
        return item

    def output(self, call: Call) -> Tree:
        if self.declaration.output is None:
            raise Unknown
        batch = _batch(call)

        def tensor(result: Result) -> Tensor:
            return Tensor((batch, *result.shape), result.dtype or call.policy.compute)

        return each(self.declaration.output, tensor)  # type: ignore[no-any-return]

    def weights(self, call: Call) -> tuple[Weight, ...]:
        if self.declaration.weights is None:
            raise Unknown
        return self.declaration.weights

    def macs(self, call: Call, output: Tree) -> int | None:
        return None


@cache
def _class(name: str) -> type[Custom]:
    return type(name, (Custom,), {"__module__": __name__})


def custom(name: str, declaration: Declaration) -> Custom:
    """A layer of the class with that name; of its arguments only `trainable` and `dtype` are interpreted."""
    base: dict[str, Any] = {}
    if isinstance(declaration.arguments.get("trainable"), bool):
        base["trainable"] = declaration.arguments["trainable"]
    if (dtype := declaration.arguments.get("dtype")) is not None and isinstance(dtype, str) and dtype in POLICIES:
        base["dtype"] = dtype
    return _class(name).model_construct(**base).model_copy(update={"declaration": declaration})


def customs(value: Any) -> Iterator[Custom]:
    """The custom layers in an object, and the object itself if it is one."""
    if isinstance(value, Custom):
        yield value
    elif isinstance(value, Arguments):
        for inner in value.contents if isinstance(value, Layer) else value.given().values():
            yield from customs(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from customs(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from customs(inner)


def each(output: Result | tuple[Result, ...] | Mapping[str, Result], leaf: Any) -> Any:
    """The structure of results, with `leaf` applied to each."""
    if isinstance(output, Result):
        return leaf(output)
    if isinstance(output, Mapping):
        return {name: leaf(result) for name, result in output.items()}
    return tuple(leaf(result) for result in output)


def written(result: Result) -> Any:
    """A result as a spec writes it."""
    return result.shape if result.dtype is None else {"shape": result.shape, "dtype": result.dtype}


def _written_weight(weight: Weight) -> Any:
    options: dict[str, Any] = {} if weight.trainable else {"trainable": False}
    if weight.dtype is not None:
        options["dtype"] = weight.dtype
    return {"shape": weight.shape, **options} if options else weight.shape


def _batch(call: Call) -> Dim:
    """The batch size of the call, from the first tensor that has axes; None if it is not known."""
    trees = (call.inputs, *(value for value in call.arguments.values() if isinstance(value, Tensor | tuple)))
    for tree in trees:
        for tensor in leaves(tree):
            if isinstance(tensor, Tensor) and tensor.rank:
                return tensor.shape[0]
    return None
