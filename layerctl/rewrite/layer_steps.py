"""The steps that one layer is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import Call, Layer, Policy, Product
from layerctl.language.resolved import plain
from layerctl.rewrite.step import Activation, Merge, Step, Zeros, known

IGNORED_ENDINGS = ("_initializer", "_regularizer", "_constraint")
IGNORED = ("trainable", "dtype", "autocast", "use_bias", "seed", "name")
"""Arguments that do not change the function for given weights; so do those with the endings above."""


def decomposed(names: tuple[str, str], layer: Layer, shape: tuple[int, ...]) -> Iterator[Step]:
    """The steps of a layer that equals several layers in a row."""
    for part, which in layer.decomposed():
        call = Call(Tensor((None, *shape), "float32"), Policy.named("float32"))
        after = known(names[0], part.output(call))
        weights = tuple(weight.shape for weight in part.weights(call))
        yield from (step._replace(part=which) for step in steps_of(names, part, (shape,), after, {}, weights))
        shape = after


def steps_of(
    names: tuple[str, str],
    layer: Layer,
    shapes: tuple[tuple[int, ...], ...],
    after: tuple[int, ...],
    options: Mapping[str, Any],
    weights: tuple[tuple[int, ...], ...],
) -> Iterator[Step]:
    """The steps of one layer, without sources: the layer's work, then the activation.

    Args:
        names: of the layer in the spec and in its expanded form.
        layer: with its arguments.
        shapes: of the inputs.
        after: the shape of the output; empty for several outputs.
        options: the arguments of the call, and whether its inputs are masked.
        weights: the shapes of the weights.
    """
    values = prod(after) or 0
    activation = _activation(layer.step_layer or layer, after)
    if layer.is_activation and not weights and not options and len(shapes) == 1:
        if activation is not None:
            yield Step(*names, activation, (), None, shapes[0], values)
        return
    does = None if options else _known(layer, shapes, after, weights)
    relevant = tuple(_relevant(layer, shape, shapes) for shape in shapes)
    training = bool(options.get("training"))
    split = layer.is_matrix or isinstance(does, Product)
    arguments = _arguments(layer, but=("activation",) if split else (), training=training)
    yield Step(
        *names,
        does or (layer.spec_name(), arguments, dict(options), relevant),
        (),
        layer,
        shapes[0] if shapes else (),
        values,
        weights,
    )
    if activation is not None and split:
        yield Step(*names, activation, (), None, after, values)


def _known(
    layer: Layer, shapes: tuple[tuple[int, ...], ...], after: tuple[int, ...], weights: tuple[tuple[int, ...], ...]
) -> Any:
    """What a layer does in a form that does not depend on its class; None where there is none."""
    if layer.commutes is not None and len(shapes) > 1:
        plain = set(shapes) == {after}
        return Merge(layer.commutes, () if plain else shapes)
    if len(shapes) != 1 or layer.lora_enabled:
        return None
    shape = (None, *shapes[0])
    if layer.zeros(shape) is not None:
        return Zeros(layer.zeros(shape) or (), shapes[0])
    return layer.product(shape) or layer.windows(shape) or (layer.channelwise(shape) if weights else None)


def _arguments(layer: Layer, *, but: tuple[str, ...] = (), training: bool = False) -> dict[str, Any]:
    """The arguments that change what a layer computes with given weights."""
    left_out = {*IGNORED, *but, *(() if training else layer.without_effect)}
    return {
        key: _described(getattr(layer, key), training)
        for key in type(layer).model_fields
        if key not in left_out and not key.endswith(IGNORED_ENDINGS)
    }


def _described(value: Any, training: bool) -> Any:
    """An argument; a layer within a layer likewise by the arguments that matter."""
    if isinstance(value, Layer):
        return (value.spec_name(), _arguments(value, training=training))
    if isinstance(value, tuple | list):
        return [_described(one, training) for one in value]
    return plain(value) if isinstance(value, Arguments | Mapping) else value


def _activation(layer: Layer, after: tuple[int, ...]) -> Activation | None:
    """The activation that a layer ends with; None for `linear`."""
    function = layer.activation_function
    if function is None or function.name == "linear":
        return None
    arguments = dict(function.arguments)
    if layer.activation_is_elementwise or not after:
        return Activation(function.name, arguments, None)
    axis = arguments.pop("axis", -1)
    axes = [one % len(after) if one < 0 else one - 1 for one in (axis if isinstance(axis, tuple) else (axis,))]
    along = (after[axes[0]], prod(after[axes[0] + 1 :])) if len(axes) == 1 else (after, tuple(axes))
    return Activation(function.name, arguments, along)


def _relevant(layer: Layer, shape: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """The part of an input shape that matters to a layer: the number of values, rows and their length, or all."""
    if layer.elementwise and not layer.depends_on_shape and len(set(shapes)) == 1:
        return (prod(shape) or 0,)
    if layer.rowwise and len(shapes) == 1 and shape:
        return (prod(shape[:-1]) or 0, shape[-1])
    return shape
