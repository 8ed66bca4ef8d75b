"""The declaration of a rule about the section `train`, and what it gets to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from layerctl.analysis.losses import final_layer, known_outputs, loss_class
from layerctl.base.shapes import Tensor, units_in
from layerctl.base.source import Span
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.losses._base import Loss
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Input, Op
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, metrics_by_output
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Node
from layerctl.lint._rule import place_in


class TrainRule(NamedTuple):
    """A rule about the section `train` of a complete model.

    Attributes:
        check: adds the warnings.
    """

    check: Callable[[Plan, Sink], None]


class Trained(NamedTuple):
    """An output of the model and the loss that trains it.

    Attributes:
        name: the output's name.
        node: the node that returns it.
        tensor: its shape and dtype.
        layer: the layer that computes its values; None where that is not known.
        chosen: the loss as the spec names it.
        loss: the loss with its arguments.
        metrics: of this output.
    """

    name: str
    node: Input | Op
    tensor: Tensor
    layer: Layer | None
    chosen: Chosen
    loss: Loss
    metrics: tuple[Chosen, ...]

    @property
    def activation(self) -> str | None:
        """The output's last activation; None where that is not known."""
        return self.layer.final_activation if self.layer is not None else None

    @property
    def units(self) -> int | None:
        return units_in(self.tensor.shape)


class Plan:
    """A complete model and how it is to be trained.

    Attributes:
        model: the typed graph.
        root: the document.
        train: its section `train`; keys with a mistake hold their default.
    """

    def __init__(self, model: TypedGraph, root: Node, train: Train) -> None:
        self.model = model
        self.root = root
        self.train = train

    @cached_property
    def trained(self) -> tuple[Trained, ...]:
        """The outputs that have a loss; empty where a mistake leaves the outputs unknown."""
        return tuple(self._trained())

    def _trained(self) -> Iterator[Trained]:
        outputs = known_outputs(self.model) or {}
        losses = losses_by_output(self.train, list(outputs)) if self.train.loss is not None else {}
        metrics = metrics_by_output(self.train, list(outputs))
        for name, chosen in losses.items():
            ref, tensor = outputs[name]
            node, layer = self.model.graph.nodes[ref.node], final_layer(self.model, ref)
            yield Trained(name, node, tensor, layer, chosen, loss_class(chosen, tensor), metrics[name])

    def place(self, *path: str) -> Span:
        """The place of a value in the section; where it is a default, that of the last key of the path that is given."""
        return place_in(self.root, "train", *path)
