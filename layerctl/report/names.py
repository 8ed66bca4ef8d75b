"""Names of layers relative to the block that refers to them; a block's output goes by the block's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from layerctl.analysis.costs import BlockUse

OUTSIDE = "↑"
"""Marks a name outside a block if the block has a layer of the same name."""


class Names(NamedTuple):
    """The names of a model.

    Attributes:
        blocks: the uses of blocks, by name.
        known: the names of all layers and blocks.
        within: the prefix of a name in the whole model: `encoder/` in a nested one.
    """

    blocks: Mapping[str, BlockUse]
    known: frozenset[str]
    within: str

    def seen(self, reference: str, reader: str, scope: str) -> str:
        """A reference, relative to a scope. Outside a block, its output goes by the block's name.

        Args:
            reference: by its full name in the model: `stage1.conv2d`, `stage1.lstm[0]`.
            reader: the layer or block that reads it.
            scope: the block or branch to which the name is relative.
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
    """The blocks and branches that contain a name, the outermost first: `a`, `a.b` for `a.b.c`."""
    steps = name.split(".")
    return (".".join(steps[:deep]) for deep in range(1, len(steps)))


def is_in(name: str, block: str) -> bool:
    """Whether a name is that of the block, or of something in it."""
    return name == block or name.startswith(f"{block}.")
