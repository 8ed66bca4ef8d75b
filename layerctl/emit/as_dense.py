"""Convolutions as Dense layers: on the flattened image, with a matrix that holds the kernel once for each position.

A convolution is linear: output (p, f) is `Σ kernel[t, c, f] · image[position of tap t at p, c]`. As a matrix (image values by
output values) each column holds the kernel's values at the places that its window covers, and 0 elsewhere; so for an average
pooling, whose kernel is 1 over the number of values that count.
"""

from __future__ import annotations

from typing import Any, ClassVar

from layerctl.activations import OVER_LAST_AXIS
from layerctl.emit.rewrite import Move, Place, Rewrite, Rewritten, size
from layerctl.graph import Op
from layerctl.layers._base import Layer
from layerctl.layers._convolution import Convolution
from layerctl.layers.average_pooling import AveragePooling1D, AveragePooling2D
from layerctl.layers.conv import Conv1D, Conv2D
from layerctl.layers.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from layerctl.typed import TypedGraph

MAX_WEIGHTS = 50_000_000
"""Values of the largest matrix: 200 MB in float32."""
LINEAR = (Conv1D, Conv2D, DepthwiseConv1D, DepthwiseConv2D, AveragePooling1D, AveragePooling2D)
KEPT = ("use_bias", "activity_regularizer", "trainable", "dtype", "autocast")
"""Arguments that mean the same for the matrix."""


class _AsDense(Rewrite):
    suffix: ClassVar[str] = "dense"
    wanted: ClassVar[str] = "a Conv2D, Conv1D, DepthwiseConv2D or AveragePooling2D"

    def __init__(self, model: TypedGraph, spec: dict[str, Any], *, max_weights: int) -> None:
        super().__init__(model, spec)
        self.max_weights = max_weights

    def replace(self, index: int, op: Op, item: dict[str, Any]) -> bool:
        layer, place = op.layer, self.deferred(op)
        if not isinstance(layer, LINEAR) or place is None:
            return False
        name = self.names[index]
        before, after = self.sized(index, self.shape_of(op)), self.sized(index, self.shape(index))
        self.acceptable(index, op, layer, before, after)
        given = self.shaped(f"{name}_flatten", place, (size(before),))
        if op.shared is not None:
            self.add(index, {**item, "inputs": given}, (size(after),))
            return True
        written = item[layer.spec_name()]
        arguments = {"units": size(after)} | {key: value for key, value in written.items() if key in KEPT}
        if not isinstance(layer, Convolution):
            arguments |= {"use_bias": False, "trainable": False}
        self.replaced += 1
        if self.over_channels(layer):
            sums = self.new(f"{name}_sums")
            self.items.append({"Dense": arguments, "name": sums, "inputs": given})
            image = self.shaped(f"{name}_image", Place(sums, (size(after),)), after)
            self.add(index, {"Activation": {"activation": written["activation"]}, "name": name, "inputs": image}, None)
        else:
            arguments |= {"activation": written["activation"]} if "activation" in written else {}
            self.add(index, {"Dense": arguments, "name": name, "inputs": given}, (size(after),))
            sums = self.places[index].name
        self.moves[sums] = Move(index, "matrix")
        return True

    @staticmethod
    def over_channels(layer: Layer) -> bool:
        """Whether its activation works over all channels, and so has to follow on the image."""
        activation = getattr(layer, "activation", None)
        return not activation.elementwise if isinstance(activation, Layer) else layer.final_activation in OVER_LAST_AXIS

    def acceptable(self, index: int, op: Op, layer: Layer, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Holds that the matrix is not too large, and one for all calls."""
        name = self.graph.nodes[index].name
        if (weights := size(before) * size(after)) > self.max_weights:
            message = f"`{name}` would be a matrix of {size(before):,} × {size(after):,} = {weights:,} values"
            message += f"; {self.max_weights:,} is the limit"
            self.refuse(index, message, f"make the input smaller, or allow it: `--max-weights {weights}`")
        if getattr(layer, "lora_rank", None) is not None:
            self.refuse(index, f"`{name}` is trained by `lora_rank`; its update has no like in a matrix", "leave out `lora_rank`")
        if op.shared is not None and before != self.shape_of(self.graph.nodes[op.shared]):  # type: ignore[arg-type]
            message = f"`{self.names[op.shared]}` is called on images of unlike sizes, and the matrix is made for one"
            self.refuse(index, message, "give this call a layer of its own, without `reuse`")


def as_dense(model: TypedGraph, spec: dict[str, Any], *, max_weights: int = MAX_WEIGHTS) -> Rewritten:
    """The spec with each convolution and average pooling as a Dense; maximum poolings stay, with a Reshape around them.

    Args:
        model: of a spec without errors.
        spec: its expanded form.
        max_weights: values that a matrix may have.

    Raises:
        SpecError: there is no convolution, or a matrix is too large.
    """
    found = _AsDense(model, spec, max_weights=max_weights).run()
    note = "a matrix holds each kernel once for every position; trained further, these drift apart"
    return found._replace(notes=(*found.notes, note))
