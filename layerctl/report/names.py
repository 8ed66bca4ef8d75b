"""Names of layers as a reader of a block sees them: short, and a block by its own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from layerctl.analysis.costs import BlockUse

OUTSIDE = "↑"
"""Stands before the name of something outside a block where something in it has the same name."""


class Names(NamedTuple):
    """The names of a model.

    Attributes:
        blocks: the uses of blocks.
        known: those of layers and blocks.
        within: what stands before a name in the whole model: `encoder/` in a nested one.
    """

    blocks: Mapping[str, BlockUse]
    known: frozenset[str]
    within: str

    def seen(self, reference: str, reader: str, scope: str) -> str:
        """A reference as it is written in a scope. What a block gives goes by the block's name outside of it.

        Args:
            reference: from the top of the model: `stage1.conv2d`, `stage1.lstm[0]`.
            reader: the layer or block that reads it.
            scope: the block or branch whose names need nothing before them.
        """
        target, bracket, part = reference.partition("[")
        for block in around(target):
            if block in self.blocks and not is_in(reader, block) and reference in (gives := self.blocks[block].gives):
                target, bracket, part = block, gives[reference], ""
                break
        ours, theirs = scope.split(".") if scope else [], target.split(".")
        common = 0
        while common < min(len(ours), len(theirs) - 1) and ours[common] == theirs[common]:
            common += 1
        nearer = (".".join((*ours[:deep], theirs[common])) for deep in range(common + 1, len(ours) + 1))
        return (OUTSIDE if any(name in self.known for name in nearer) else "") + ".".join(theirs[common:]) + bracket + part


def around(name: str) -> Iterator[str]:
    """The blocks and branches that hold a name, the outermost first: `a`, `a.b` for `a.b.c`."""
    steps = name.split(".")
    return (".".join(steps[:deep]) for deep in range(1, len(steps)))


def is_in(name: str, block: str) -> bool:
    """Whether it is the block, or in it."""
    return name == block or name.startswith(f"{block}.")
