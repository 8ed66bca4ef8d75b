"""One step of a model: a matrix product, a moving window, an activation, or the work of any other layer."""

from __future__ import annotations

from typing import Any, NamedTuple

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Layer, Product, Tree
from layerctl.catalog.layers._rewriting import Ends

Source = tuple[int, tuple[int | str, ...]]
"""What a step reads: the number of a step, or -1, -2, … for an input; and the path of one of several outputs."""


class Zeros(NamedTuple):
    """Zeros added at the ends of the axes of a sample of that shape."""

    ends: Ends
    shape: tuple[int, ...]


class Merge(NamedTuple):
    """What is made of several inputs whatever their order, such as `add`; and their shapes, where these broadcast."""

    how: str
    shapes: tuple[tuple[int, ...], ...]


class Activation(NamedTuple):
    """An activation function, its arguments, and the shape and the axes that it works along; nothing for an elementwise one."""

    name: str
    arguments: Any
    along: Any


class Step(NamedTuple):
    """One step.

    Attributes:
        name: of the layer; `encoder/dense` within a nested model.
        path: the same name in the expanded spec.
        does: a `Product`, `Windows`, `Channelwise`, `Zeros`, `Merge` or `Activation`; the class and arguments of any other layer.
        sources: what it reads.
        layer: None for an activation.
        shape: of its first input, without the batch.
        outputs: how many values it gives.
        weights: the shapes of its weights.
        part: which of the layer's weights they are.
        before: normalizations of its input that are taken into its weights.
        after: normalizations of its output, likewise.
    """

    name: str
    path: str
    does: Any
    sources: tuple[Source, ...]
    layer: Layer | None
    shape: tuple[int, ...]
    outputs: int
    weights: tuple[tuple[int, ...], ...] = ()
    part: slice = slice(None)
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    @property
    def innermost(self) -> Layer | None:
        """Its layer, or the one within `TimeDistributed`."""
        return None if self.layer is None else self.layer.step_layer or self.layer

    @property
    def has_bias(self) -> bool:
        """Whether its layer adds a bias."""
        return self.innermost is not None and self.innermost.bias_axis is not None

    @property
    def is_matrix(self) -> bool:
        """Whether its layer multiplies by a kernel, and then adds a bias if it has one."""
        return self.innermost is not None and self.innermost.is_matrix

    @property
    def adds(self) -> bool:
        """Whether it adds an offset: a bias, or that of a normalization."""
        return self.has_bias or bool(self.before or self.after)

    @property
    def words(self) -> str:
        """The step in words."""
        if isinstance(self.does, Product):
            times = f" at {self.does.positions:,} positions" if self.does.positions != 1 else ""
            return f"`{self.name}` makes {self.does.outputs:,} sums of {self.does.inputs:,} values{times}"
        if self.layer is None:
            return f"`{self.name}` applies {self.does.name}"
        return f"`{self.name}` is {self.layer.spec_name()}"


class Unlike(Exception):
    """No way to move weights is known; the text says why."""


def known(name: str, tensor: Tree | None) -> tuple[int, ...]:
    """The shape of a tensor, without the batch.

    Raises:
        Unlike: a size is unknown.
    """
    if not isinstance(tensor, Tensor) or None in tensor.shape[1:]:
        raise Unlike(f"a dimension of `{name}` is unknown; write it into `inputs`")
    return tuple(dim for dim in tensor.shape[1:] if dim is not None)
