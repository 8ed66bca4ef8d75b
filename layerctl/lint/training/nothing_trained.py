"""Training that changes no weight."""

from __future__ import annotations

from layerctl.base.source import Span
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.language.syntax import Mapping
from layerctl.lint.training._rule import Plan, TrainRule

SHOWN = 3
"""How many of the frozen layers a warning shows."""


class NothingTrained(Code, id="LC526", severity="warning"):
    """The model has no weight that training could change.

    Why:
        Every epoch computes the same. Keras only warns that "the model does not have any trainable weights", in the first step of
        training, and goes on.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 3, activation: softmax, trainable: false}}]
        train: {data: synthetic, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Leave `trainable: false` out of the layers that are to learn, or put a layer with weights behind the frozen ones.
    """


def check(plan: Plan, sink: Sink) -> None:
    frozen = []
    for node, typed, live in zip(plan.model.graph.nodes, plan.model.nodes, plan.model.live, strict=True):
        if not live or not isinstance(node, Op) or node.layer is None or typed.weights == ():
            continue
        if typed.weights is None:
            return
        trainable = any(weight.trainable for weight in typed.weights)
        if trainable and node.layer.trains_weights:
            return
        if trainable or not node.layer.trains_weights:
            frozen.append(node)
    if frozen:
        message = "nothing is trained: every layer with weights to train has `trainable: false`"
        help = "leave `trainable: false` out of the layers that are to learn"
    else:
        message = "nothing is trained: the model has no trainable weights"
        help = "add a layer with weights, such as Dense"
    related = [Related(node.place, f"`{node.name}` is frozen") for node in frozen[:SHOWN]]
    sink.add(NothingTrained, _key(plan), message, help=help, related=dict.fromkeys(related))


RULE = TrainRule(check)


def _key(plan: Plan) -> Span:
    """The place of the key `train`."""
    assert isinstance(plan.root, Mapping)
    return plan.root.entries["train"].key.span
