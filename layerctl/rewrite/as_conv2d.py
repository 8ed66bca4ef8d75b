"""Dense layers as convolutions: on a flattened image a kernel that covers it, elsewhere a kernel of 1×1.

`out[u] = Σ_(i,j,c) image[i, j, c] · kernel[i·width·channels + j·channels + c, u]`: with the kernel in the shape (height, width,
channels, units) that is a Conv2D with `padding: valid` at its only position.
"""

from __future__ import annotations

from typing import Any, ClassVar

from layerctl.base.shapes import Dim, Tensor, text
from layerctl.catalog import OfWeight
from layerctl.catalog.layers._base import FLOATS, Layer
from layerctl.graph.graph import Op
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain
from layerctl.rewrite.moves import Move
from layerctl.rewrite.rewrite import Place, Rewrite, Rewritten, size, suits_shape


class _AsConv2D(Rewrite):
    target: ClassVar[str] = "Conv2D"
    suffix: ClassVar[str] = "conv2d"
    wanted: ClassVar[str] = "a Dense"

    def __init__(self, model: TypedGraph, spec: dict[str, Any], *, any_size: bool) -> None:
        super().__init__(model, spec)
        self.any_size = any_size

    def replace(self, index: int, op: Op, item: dict[str, Any]) -> bool:
        called, place = op.layer, self.deferred(op)
        if called is None or place is None:
            return False
        product, layer = called.product((None, *self.shape_of(op))), called.step_layer or called
        if product is None or layer.moves_window:
            return False
        image = self.image(index, op, place)
        name = self.shaped(f"{self.names[index]}_image", place, image)
        if op.shared is not None:
            self.add(index, {**item, "reuse": self.owners[op.shared], "inputs": name}, (*image[:2], product.outputs))
            return True
        self.acceptable(index, op, layer)
        flat = len(self.shape_of(op)) == 1
        kernel = self.sized(index, image[:2]) if flat else (1, 1)
        shape = (*kernel, size(self.sized(index, image[2:])), product.outputs)
        conv: dict[str, Any] = {self.target: self.arguments(index, layer, shape), "name": self.names[index], "inputs": name}
        self.add(index, conv, (*((1, 1) if flat else image[:2]), product.outputs))
        self.moves[conv["name"]] = Move(self.names[index], "window", shape)
        self.replaced += 1
        return True

    def image(self, index: int, op: Op, place: Place) -> tuple[Dim, ...]:
        """The shape of the convolution's input: the image before flattening, or the positions of a Dense as an image."""
        shape = self.shape_of(op)
        features = shape[-1]
        if len(shape) == 1:
            shared = op.shared is not None or self.called[index]
            return place.shape if len(place.shape) == 3 and not shared else (1, 1, features)
        if len(place.shape) == 3 and place.shape[-1] == features:
            return place.shape
        if len(shape) == 2:
            return (shape[0], 1, features)
        return (size(self.sized(index, shape[:-2])), shape[-2], features)

    def acceptable(self, index: int, op: Op, layer: Layer) -> None:
        name = self.graph.nodes[index].name
        tensor = self.model.tensor(op.inputs)  # type: ignore[arg-type]  # `deferred` has checked that it is one reference
        assert isinstance(tensor, Tensor)
        if layer.lora_enabled:
            self.refuse(index, f"`{name}` is trained by `lora_rank`; its update has no like in Conv2D", "leave out `lora_rank`")
        if tensor.dtype not in FLOATS:
            message = f"`{name}` works on {tensor.dtype}; a convolution takes floats"
            self.refuse(index, message, "leave out the input's `dtype`, or put `ops.cast: float32` before it")

    def arguments(self, index: int, layer: Layer, shape: tuple[int, ...]) -> dict[str, Any]:
        """The arguments of the convolution: those of the Dense, except `units` and those that depend on the kernel's axes."""
        out: dict[str, Any] = {"filters": shape[-1], "kernel_size": list(shape[:2])}
        for key, bound in layer.given().items():
            value = plain(bound)
            if key == "kernel_constraint" and isinstance(bound, OfWeight) and bound.along:
                (kind, arguments), *_ = value.items() if isinstance(value, dict) else [(value, {})]
                value = {kind: {**arguments, "axis": _axes(bound.along)}}
            elif key.startswith("kernel_") and not suits_shape(bound, shape):
                self.notes.append(
                    f"`{self.names[index]}`: `{key}` does not suit a kernel of {text(shape, batch=False)}; left out"
                )
                continue
            if key not in ("units", "lora_alpha", "quantization_config"):
                out[key] = value
        return out

    def back(self, index: int, place: Place, wanted: tuple[Dim, ...]) -> dict[str, Any]:
        if not self.any_size or len(wanted) != 1:
            return super().back(index, place, wanted)
        if place.shape[:2] != (1, 1):
            message = f"`{self.graph.nodes[index].name}` needs the image flattened, which has another size for each image"
            self.refuse(index, message, "leave out `--any-size`")
        return {"GlobalAveragePooling2D": {}}


def _axes(axes: tuple[int, ...]) -> list[int]:
    """Axes of a Dense's kernel (features, units) as those of a Conv2D's (height, width, channels, filters)."""
    return [new for old in axes for new in ([0, 1, 2] if old % 2 == 0 else [3])]


def as_conv2d(model: TypedGraph, spec: dict[str, Any], *, any_size: bool = False) -> Rewritten:
    """The expanded spec with each Dense as a Conv2D.

    With `any_size` the new model takes images of any size, and averages the outputs at all positions.

    Raises:
        SpecError: there is no Dense, or a Dense cannot become a Conv2D.
    """
    rewritten = _AsConv2D(model, spec, any_size=any_size).run()
    if not any_size:
        return rewritten
    note = "images may be larger than before: the model then averages its outputs at all positions"
    return rewritten._replace(spec=_opened(rewritten.spec), notes=(*rewritten.notes, note))


def _opened(parts: dict[str, Any]) -> dict[str, Any]:
    """A spec or a nested model with inputs of any height and width."""
    models = {"models": {name: _opened(inner) for name, inner in parts["models"].items()}} if "models" in parts else {}
    return parts | {"inputs": {name: _open(value) for name, value in parts["inputs"].items()}} | models


def _open(value: Any) -> Any:
    """An input of any height and width."""
    if isinstance(value, dict):
        return {**value, "shape": _open(value["shape"])}
    return [None, None, *value[2:]] if len(value) == 3 else value
