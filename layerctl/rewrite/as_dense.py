"""Convolutions as Dense layers: on the flattened image, with a matrix that holds the kernel once for each position.

A convolution is linear: output (p, f) is `Σ kernel[t, c, f] · image[position of tap t at p, c]`. In its matrix (image values by
output values) each column holds the kernel's values at the places of its window, and 0 elsewhere. For an average pooling the
kernel is 1 over the number of values in the window.
"""

from __future__ import annotations

from typing import Any, ClassVar

from layerctl.base.shapes import Dim
from layerctl.catalog.layers._base import Layer
from layerctl.graph.graph import Op
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain
from layerctl.rewrite.moves import Move
from layerctl.rewrite.rewrite import Place, Rewrite, Rewritten, size

MAX_WEIGHTS = 50_000_000
"""The most values of a matrix by default: 200 MB in float32."""
SENSIBLE = 4_000_000_000
"""Up to this size an error message suggests `--max-weights`: 16 GB in float32."""
KEPT = ("use_bias", "activity_regularizer", "trainable", "dtype", "autocast")
"""Arguments that the Dense takes over."""


class _AsDense(Rewrite):
    target: ClassVar[str] = "Dense"
    suffix: ClassVar[str] = "dense"
    wanted: ClassVar[str] = "a convolution or an average pooling"

    def __init__(self, model: TypedGraph, spec: dict[str, Any], *, max_weights: int) -> None:
        super().__init__(model, spec)
        self.max_weights = max_weights

    def replace(self, index: int, op: Op, item: dict[str, Any]) -> bool:
        called, place = op.layer, self.deferred(op)
        if called is None or place is None:
            return False
        layer = called.step_layer or called
        if not layer.is_matrix or layer.fully_connected:
            return False
        steps, before = self.split(index, called, self.shape_of(op))
        _, after = self.split(index, called, self.shape(index))
        name = self.names[index]
        self.acceptable(index, op, layer, before, after)
        flat = self.shaped(f"{name}_flatten", place, (*steps, size(before)))
        sums = (*steps, size(after))
        arguments = {"units": size(after)} | {key: plain(value) for key, value in layer.given().items() if key in KEPT}
        if not self.model.nodes[index].weights:
            arguments |= {"use_bias": False, "trainable": False}
        activation = {key: plain(value) for key, value in layer.given().items() if key == "activation"}
        apart = not layer.activation_is_elementwise
        dense: dict[str, Any] = {self.target: arguments if apart else arguments | activation}
        if op.shared is not None:
            dense = {"reuse": self.owners[op.shared]}
        if apart:
            dense |= {"name": self.new(f"{name}_sums"), "inputs": flat}
            self.items.append(dense)
            self.owners[index] = dense["name"]
            image = self.shaped(f"{name}_image", Place(dense["name"], sums), (*steps, *after))
            self.add(index, {"Activation": activation, "name": name, "inputs": image}, None)
        else:
            self.add(index, dense | {"name": name, "inputs": flat}, sums)
        if op.shared is None:
            self.replaced += 1
            self.moves[self.owners[index]] = Move(name, "matrix", before, layer)
        return True

    def split(self, index: int, layer: Layer, shape: tuple[Dim, ...]) -> tuple[tuple[Dim, ...], tuple[int, ...]]:
        """A shape as the axis of steps, for `TimeDistributed`, and the shape of one step."""
        steps = 0 if layer.step_layer is None else 1
        return shape[:steps], self.sized(index, shape[steps:])

    def acceptable(self, index: int, op: Op, layer: Layer, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Refuses a matrix that is too large, `lora_rank`, and a shared layer on images of different sizes."""
        name = self.graph.nodes[index].name
        if (weights := size(before) * size(after)) > self.max_weights:
            message = f"`{name}` would be a matrix of {size(before):,} × {size(after):,} = {weights:,} values"
            message += f"; {self.max_weights:,} is the limit"
            allowed = f", or allow it: `--max-weights {weights}`" if weights <= SENSIBLE else ""
            self.refuse(index, message, f"make the input smaller{allowed}")
        if layer.lora_enabled:
            self.refuse(index, f"`{name}` is trained by `lora_rank`; its update has no like in a matrix", "leave out `lora_rank`")
        if op.shared is not None and self.shape_of(op) != self.shape_of(self.graph.nodes[op.shared]):  # type: ignore[arg-type]
            message = f"`{self.names[op.shared]}` is called on images of unlike sizes, and the matrix is made for one"
            self.refuse(index, message, "give this call a layer of its own, without `reuse`")


def as_dense(model: TypedGraph, spec: dict[str, Any], *, max_weights: int = MAX_WEIGHTS) -> Rewritten:
    """The expanded spec with each convolution and average pooling as a Dense; maximum poolings stay, between Reshape layers.

    Raises:
        SpecError: there is no convolution, or a matrix would have more than `max_weights` values.
    """
    rewritten = _AsDense(model, spec, max_weights=max_weights).run()
    note = "a matrix holds each kernel once for every position; trained further, these drift apart"
    return rewritten._replace(notes=(*rewritten.notes, note))
