"""Parses YAML text into a tree of nodes with their places: YAML 1.2 scalars, no tags, no duplicate keys, size limits."""

from layerctl.language.syntax._codes import DuplicateKey, LimitExceeded
from layerctl.language.syntax.nodes import Entry, Mapping, Node, Partial, Scalar, Sequence, as_node, is_copied, is_null, walk
from layerctl.language.syntax.parser import MAX_DEPTH
from layerctl.language.syntax.scalars import is_text, scalar_value
from layerctl.language.syntax.text import decode, parse, quoted

__all__ = [
    "MAX_DEPTH", "DuplicateKey", "Entry", "LimitExceeded", "Mapping", "Node", "Partial",
    "Scalar", "Sequence", "as_node", "decode", "is_copied", "is_null", "is_text", "parse", "quoted", "scalar_value", "walk",
]  # fmt: skip
