"""The verdict of one side about a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Out(NamedTuple):
    """An output; `shape` includes the batch."""

    shape: tuple[int | None, ...]
    dtype: str

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join('?' if dim is None else str(dim) for dim in self.shape)}]"


class Variable(NamedTuple):
    """A weight."""

    name: str
    shape: tuple[int, ...]
    trainable: bool
    dtype: str

    def __str__(self) -> str:
        return f"{self.name} {self.dtype}{list(self.shape)}{'' if self.trainable else ' frozen'}"


@dataclass(frozen=True)
class Verdict:
    """Attributes:
    accepted: whether the model builds and runs.
    says: why it is refused; empty if it is accepted.
    outputs: the outputs of the last layer, in order.
    weights: the weights of all layers, in order.
    crashed: whether this side failed by a bug, whatever the other side's verdict.
    unable: whether this machine cannot judge the case.
    verified: on Keras's side, the differences that `layerctl build` reports about the model.
    """

    accepted: bool
    says: str = ""
    outputs: tuple[Out, ...] = ()
    weights: tuple[Variable, ...] = ()
    crashed: bool = False
    unable: bool = False
    verified: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.accepted:
            return f"rejects: {self.says}"
        weights = "; ".join(map(str, self.weights)) or "no weights"
        return f"accepts: {', '.join(map(str, self.outputs))}; {weights}"
