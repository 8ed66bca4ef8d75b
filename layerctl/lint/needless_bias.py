"""A bias that a BatchNormalization subtracts again."""

from __future__ import annotations

from layerctl.analysis.design import Design, single
from layerctl.base.shapes import Tensor, prod
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.lint._rule import DesignRule


class NeedlessBias(Code, id="LC507", severity="warning"):
    """A layer with a bias whose values only go to a BatchNormalization.

    The bias has no effect there, also at the end of a residual path whose normalization is then added to a shortcut. A layer
    whose values go elsewhere too, or through a non-linearity first, is not reported.

    Why:
        The normalization subtracts the mean of each channel, and the bias with it; its own `beta` takes the bias's place. The
        bias's parameters never learn. Ioffe and Szegedy, "Batch Normalization" (2015), section 3.2.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3}
          - BatchNormalization
          - ReLU
        ```

    Fix:
        Set `use_bias: false`.
    """


def check(design: Design, sink: Sink) -> None:
    for index, op, layer in design.calls():
        if layer.bias_axis is None or layer.final_activation != "linear" or index in design.returned or index in design.reused:
            continue
        users = [node for user in design.users[index] if design.live[user] and isinstance(node := design.nodes[user], Op)]
        tensor = design.model.nodes[index].output
        if users and isinstance(tensor, Tensor) and all(_centers(user, layer.bias_axis, tensor.rank) for user in users):
            size = sum(prod(weight.shape) or 0 for weight in design.model.nodes[index].weights or () if weight.name == "bias")
            message = f"`{users[0].name}` takes away the bias of `{op.name}`"
            help = f"add `use_bias: false`: {size:,} parameters fewer, and the same model"
            related = (Related(users[0].place, "this subtracts the mean of each channel"),)
            design.warn(sink, NeedlessBias, op, message, help=help, related=related)


RULE = DesignRule(
    check,
    of_class=lambda cls: cls.centered_axis is not Layer.centered_axis,
    of_layer=lambda layer: layer.centered_axis is not None,
)


def _centers(user: Op, bias_axis: int, rank: int) -> bool:
    axis = user.layer.centered_axis if user.layer is not None and single(user) is not None else None
    return axis is not None and axis % rank == bias_axis % rank
