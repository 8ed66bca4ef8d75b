"""The fields of a model that do not hold plain values: objects of a catalogue and nested sections."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from layerctl.base.model import Model, remembered
from layerctl.catalog import Arguments, Kind

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from layerctl.language.syntax import Node


@remembered
def object_fields(cls: type[Model]) -> dict[str, Kind]:
    """The fields of a model whose values are objects of a catalogue."""
    kinds = {}
    for name, info in cls.model_fields.items():
        for mark in info.metadata:
            if isinstance(mark, Kind):
                kinds[name] = mark
    return kinds


@remembered
def counts(cls: type[Model], name: str) -> bool:
    """Whether a field holds integers for Keras, and no other numbers."""

    def numbers(annotation: Any) -> set[Any]:
        inner = get_args(annotation)
        return set().union(*map(numbers, inner)) if inner else {annotation} & {int, float, Any}

    return cls.for_keras and numbers(cls.model_fields[name].annotation) == {int}


SectionBinder = Callable[[Any, "Node"], Any]
"""Binds a section's node. The first argument is a `Binder`; its type cannot be named here, as binder.py imports this file."""


class Section:
    """Marks a field with a binder of its own: a nested section, or a node that is kept unread."""

    __slots__ = ("bind",)

    def __init__(self, bind: SectionBinder) -> None:
        self.bind = bind


@remembered
def section_fields(cls: type[Model]) -> dict[str, SectionBinder]:
    return {name: mark.bind for name, info in cls.model_fields.items() for mark in info.metadata if isinstance(mark, Section)}


class Form(NamedTuple):
    """The facts about a model's class that binding needs.

    Attributes:
        fields: all fields.
        objects: the fields whose values are objects of a catalogue.
        sections: the fields with a binder of their own.
        required: the fields without a default.
        validate: makes a model from values, as `model_validate` does.
    """

    fields: dict[str, FieldInfo]
    objects: dict[str, Kind]
    sections: dict[str, SectionBinder]
    required: tuple[str, ...]
    validate: Callable[[dict[str, Any]], Model]


@remembered
def form_of(cls: type[Model]) -> Form:
    fields = cls.model_fields
    required = tuple(name for name, info in fields.items() if info.is_required())
    return Form(fields, object_fields(cls), section_fields(cls), required, cls.__pydantic_validator__.validate_python)


@remembered
def known_keys(cls: type[Model]) -> tuple[str, ...]:
    own = cls.own_fields() if issubclass(cls, Arguments) else ()
    return (*own, *(name for name in cls.model_fields if name not in own))
