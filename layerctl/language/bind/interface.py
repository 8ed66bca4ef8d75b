"""The binder's interface for `custom`, `refused` and `wrapped`, which it imports and which call it back."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, Protocol

from layerctl.base.model import Model
from layerctl.base.source import Span
from layerctl.catalog import Kind
from layerctl.diagnostics import Sink
from layerctl.language.syntax import Entry, Node


class Binding(Protocol):
    """The methods that `custom`, `refused` and `wrapped` call; `Binder` implements and describes them."""

    sink: Sink
    names: MappingABC[str, Any]

    def plain(self, node: Node) -> Any: ...

    def object(self, kind: Kind, node: Node) -> Any: ...

    def silent(self) -> Binding: ...

    def values(
        self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str
    ) -> tuple[dict[str, Any], bool]: ...

    def model(self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str) -> Model | None: ...

    def validate(
        self, cls: type[Model], values: dict[str, Any], entries: MappingABC[str, Entry], place: Span
    ) -> tuple[Model | None, set[str]]: ...

    def is_model(self, name: str) -> bool: ...

    def named(self, kind: Kind, name: str, arguments: Node | None, place: Span) -> Any: ...

    def custom(self, name: str, arguments: Node | None, place: Span, beside: MappingABC[str, Entry]) -> Any: ...
