"""Nodes with the values of the variables in them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.diagnostics import Sink
from layerctl.language.bind._codes import InvalidExpression
from layerctl.language.expressions import substitute
from layerctl.language.expressions.values import FAILED, MAX_ITEMS, MAX_NESTING, Failed, Malformed, Undefined, weight
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence, as_node

ANY_NAME = ""
"""Stands among the names where a reported mistake hides some of them; then no name is reported as undefined."""


class Evaluating(ABC):
    """Puts the values of variables in their place.

    Attributes:
        sink: where mistakes go.
        names: the variables that are visible, and their values; FAILED for a value with a mistake.
    """

    sink: Sink
    names: MappingABC[str, Any]

    @abstractmethod
    def report(self, node: Scalar, text: str, error: Undefined | Malformed) -> None:
        """Reports a variable that is not defined, or an expression that cannot be computed."""

    def evaluate(self, node: Scalar) -> Any:
        """The value of a text with a `$`, or FAILED after a diagnostic at the place of the `$`."""
        text = str(node.value)
        try:
            return substitute(text, self.names, self.sink.meter)
        except Failed:
            pass
        except (Undefined, Malformed) as error:
            if not isinstance(error, Undefined) or ANY_NAME not in self.names:
                self.report(node, text, error)
        return FAILED

    def plain(self, node: Node) -> Any:
        """The node as a plain Python value, lists as tuples, `$` replaced; FAILED if any part of it failed."""
        if isinstance(node, Scalar):
            value = node.value
            return self.evaluate(node) if type(value) is str and "$" in value else value
        if isinstance(node, Sequence):
            items = tuple(self.plain(item) for item in node.items)
            if not self.small(node, items):
                return FAILED
            return FAILED if any(item is FAILED for item in items) else items
        assert isinstance(node, Mapping)
        values = {key: self.plain(entry.value) for key, entry in node.entries.items()}
        return FAILED if not node.whole or any(value is FAILED for value in values.values()) else values

    def spelled_out(self, node: Node, *, deep: bool = False) -> Node:
        """The node; a text with a `$` is replaced by what it stands for, FAILED after a diagnostic.

        Args:
            node: any value.
            deep: whether the values of a mapping are replaced too, and so on.
        """
        if deep and isinstance(node, Mapping):
            parts = ((key, Entry(entry.key, self.spelled_out(entry.value, deep=True))) for key, entry in node.entries.items())
            return Mapping(node.source, node.start, node.end, type(node.entries)(parts), node.size, node.height)
        if not isinstance(node, Scalar) or type(node.value) is not str or "$" not in node.value:
            return node
        value = self.evaluate(node)
        if isinstance(value, tuple | dict) and not self.sink.meter.spend(weight(value)):
            message = f"the lists in place of variables hold more than {self.sink.meter.MOST:,} values together"
            self.sink.add(InvalidExpression, node.span, message, help="use such a list in fewer places")
            value = FAILED
        return as_node(value, node)

    def small(self, node: Sequence, items: tuple[Any, ...]) -> bool:
        """Whether a list that contains lists from variables is within the limit: each could double the one before."""
        if not any(type(item) is tuple for item in items):
            return True
        copied = any(type(item) is tuple and isinstance(part, Scalar) for item, part in zip(items, node.items, strict=True))
        if not copied or weight(items) <= MAX_ITEMS:
            return True
        message = f"with its variables this list holds more than {MAX_ITEMS:,} values, or more than {MAX_NESTING} levels of lists"
        self.sink.add(InvalidExpression, node.span, message, help="take one of the lists, or a number, in its place")
        return False


def is_failed(node: Node | None) -> bool:
    """Whether a mistake that is already reported leaves the value unknown."""
    return isinstance(node, Scalar) and node.value is FAILED
