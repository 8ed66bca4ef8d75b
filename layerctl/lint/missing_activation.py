"""Dense or convolutional layers in a row without a non-linearity between them."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.lint._rule import DesignRule


class MissingActivation(Code, id="LC505", severity="warning"):
    """A Dense or convolutional layer without an activation, whose values only go on to more such layers.

    Layers between them may drop, reshape, average or normalize over the batch; none of these is a non-linearity. A narrow layer
    followed by a BatchNormalization, between two wider ones, is a linear bottleneck as in MobileNetV2, and is not reported.
    Neither is a layer with an explicit `activation: linear`.

    Why:
        Two linear maps in a row are one linear map, which the second layer could learn alone: the first costs parameters and
        time for nothing. Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.1.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 64
          - Dense: 3
        ```

    Fix:
        Add `activation: relu` (or another function) to the first of the two, or remove it; where two linear maps are meant, as in
        a factorized layer, write `activation: linear`.
    """


HELP = "add `activation: relu`, or remove the layer; `activation: linear` says that it is meant"


def check(design: Design, sink: Sink) -> None:
    """Warns of each layer whose values reach nothing but further linear layers."""
    only_linear: list[bool] | None = None
    roots: list[tuple[int, bool] | None] = []
    for index, node in enumerate(design.nodes):
        roots.append(_root(design, roots, index))
        layer = design.layers[index]
        before = design.before[index]
        if layer is None or before is None or not layer.linear or not design.live[index] or roots[before] is None:
            continue
        assert isinstance(node, Op)
        first, normalized = roots[before]  # type: ignore[misc]
        only_linear = only_linear or _only_linear(design)
        if only_linear[first] and first not in design.reused and not (normalized and _is_bottleneck(design, first, index)):
            _warn(design, first, node, sink)


RULE = DesignRule(check, of_class=lambda cls: cls.linear, of_layer=lambda layer: layer.final_activation == "linear")


def _only_linear(design: Design) -> list[bool]:
    """For each node, whether its values go only to linear layers, directly or through layers that pass them on."""
    linear = [False] * len(design.nodes)
    for index in range(len(design.nodes) - 1, -1, -1):
        users = [user for user in design.users[index] if design.live[user]]
        linear[index] = index not in design.returned and bool(users) and all(_goes_on(design, linear, user) for user in users)
    return linear


def _goes_on(design: Design, linear: list[bool], user: int) -> bool:
    layer = design.layers[user]
    if layer is None or design.before[user] is None:
        return False
    return layer.linear or ((layer.keeps_values or layer.affine) and linear[user])


def _root(design: Design, roots: list[tuple[int, bool] | None], index: int) -> tuple[int, bool] | None:
    """The linear layer without a named activation that computes a node's values, and whether they are normalized after it."""
    layer = design.layers[index]
    if layer is None:
        return None
    if layer.linear:
        unnamed = layer.final_activation == "linear" and "activation" not in layer.model_fields_set
        return (index, False) if unnamed else None
    before = design.before[index]
    root = roots[before] if before is not None and (layer.keeps_values or layer.affine) else None
    return (root[0], root[1] or layer.affine) if root is not None else None


def _is_bottleneck(design: Design, first: int, second: int) -> bool:
    """Whether the first layer is narrower than its input and than the second layer."""
    node = design.nodes[first]
    assert isinstance(node, Op)
    before = _width(design.given(node), design.layers[first])
    here = _width(design.model.nodes[first].output, design.layers[first])
    after = _width(design.model.nodes[second].output, design.layers[second])
    return here < before and here < after


def _width(tensor: object, layer: Layer | None) -> int:
    """The channels of a layer's input or output; 0 where unknown."""
    return (tensor.shape[layer.channel_axis] or 0) if isinstance(tensor, Tensor) and layer is not None else 0


def _warn(design: Design, first: int, second: Op, sink: Sink) -> None:
    op = design.nodes[first]
    assert isinstance(op, Op)
    message = f"`{op.name}` has no activation, and its values go on to `{second.name}`: together they are one linear layer"
    related = (Related(second.place, f"`{second.name}`, the next linear layer"),)
    design.warn(sink, MissingActivation, op, message, help=HELP, related=related)
