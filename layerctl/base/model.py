"""Typed, immutable models of what users write, validated by pydantic-core.

The schemas are pydantic's, compiled and run by pydantic's own engine; only the class layer is ours. The reason is time: loading
`pydantic.BaseModel` and building a first model takes longer than a whole `layerctl check`. The names follow pydantic's, and so
does the meaning of what is here: fields are annotations, `Annotated` holds bounds and validators, everything is strict.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Literal, Self, TypeVar, Union, cast, dataclass_transform, get_args, get_origin

from pydantic_core import SchemaValidator

MISSING: Any = object()


class Bound:
    """Limits of a number, both for `int` and `float`."""

    __slots__ = ("ge", "gt", "le", "lt")

    def __init__(
        self, *, gt: float | None = None, ge: float | None = None, lt: float | None = None, le: float | None = None
    ) -> None:
        self.gt, self.ge, self.lt, self.le = gt, ge, lt, le

    def schema(self) -> dict[str, float]:
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


class Finite:
    """Marks a float that is neither infinite nor NaN."""


class BeforeValidator:
    """A function that is given the raw value, and returns the one to validate; it refuses with a ValueError."""

    __slots__ = ("function",)
    schema_type: ClassVar[str] = "function-before"

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function


class AfterValidator(BeforeValidator):
    """A function that is given the validated value."""

    __slots__ = ()
    schema_type: ClassVar[str] = "function-after"


class FieldInfo:
    """One field: its type, the marks on it, its default."""

    __slots__ = ("annotation", "default", "metadata")

    def __init__(self, annotation: Any, default: Any) -> None:
        self.default = default
        self.metadata: tuple[Any, ...] = ()
        if get_origin(annotation) is typing.Annotated:
            annotation, *marks = get_args(annotation)
            self.metadata = tuple(marks)
        self.annotation = annotation

    def is_required(self) -> bool:
        return self.default is MISSING


F = TypeVar("F", bound=Callable[..., Any])


def remembered(function: F) -> F:
    """`functools.cache` for a function of a class; its own type does not take a class as hashable."""
    return cast("F", cache(function))


def model_validator(*, mode: Literal["after"]) -> Callable[[F], F]:
    """Marks a method that judges the whole model once its fields are valid; it refuses with a ValueError and returns self."""

    def mark(function: F) -> F:
        function.__whole_model__ = True  # type: ignore[attr-defined]
        return function

    return mark


def field_validator(*names: str) -> Callable[[Any], Any]:
    """Marks a classmethod that is given each of these fields once its type is valid, and returns the value to keep."""

    def mark(method: Any) -> Any:
        function: Any = method.__func__ if isinstance(method, classmethod) else method
        function.__validates__ = names
        return classmethod(function)

    return mark


class _Fields:
    """`Model.model_fields`: worked out when it is first asked for, then kept on the class."""

    def __get__(self, instance: Any, owner: type[Model]) -> dict[str, FieldInfo]:
        return fields_of(owner)


@dataclass_transform(eq_default=False, kw_only_default=True, frozen_default=True)
class Model:
    """The base of all models. Instances come from `model_validate` and cannot be changed."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
    __pydantic_fields_set__: set[str]

    model_fields: ClassVar[dict[str, FieldInfo]] = _Fields()  # type: ignore[assignment]

    def __init_subclass__(cls) -> None:
        for name, member in vars(cls).items():
            if type(member).__module__.startswith("pydantic"):
                raise TypeError(f"{cls.__name__}.{name} comes from pydantic; use the names of layerctl.base.model")

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        """A model of these values.

        Raises:
            pydantic_core.ValidationError: a value is missing, unknown or of another type; holds all mistakes.
        """
        return validator_of(cls).validate_python(values)  # type: ignore[no-any-return]

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """A model of values that are known to be valid; defaults stand for the rest."""
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", defaults_of(cls) | values)
        object.__setattr__(made, "__pydantic_fields_set__", set(values))
        return made

    def model_copy(self) -> Self:
        """Another instance with the same values."""
        made = type(self).__new__(type(self))
        object.__setattr__(made, "__dict__", dict(self.__dict__))
        object.__setattr__(made, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        return made

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that were given."""
        return self.__pydantic_fields_set__

    def __setstate__(self, state: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
        """Fills an instance that comes from another process."""
        values, slots = state
        object.__setattr__(self, "__dict__", values or {})
        for name, value in slots.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self).model_fields if name in self.model_fields_set)
        return f"{type(self).__name__}({given})"


@remembered
def fields_of(cls: type[Model]) -> dict[str, FieldInfo]:
    """The fields of a model in the order of their declaration, those of its bases first."""
    found: dict[str, FieldInfo] = {}
    for base in reversed(cls.__mro__):
        if base is Model or not issubclass(base, Model):
            continue
        names = vars(sys.modules[base.__module__])
        for name, annotation in vars(base).get("__annotations__", {}).items():
            if isinstance(annotation, str):
                if annotation.startswith(("ClassVar", "typing.ClassVar")):
                    found.pop(name, None)  # a class says so of a field of its base that its constructor does not take
                    continue
                annotation = eval(annotation, names)  # our own source, as typing.get_type_hints does
            if get_origin(annotation) is ClassVar or name.startswith("_"):
                continue
            found[name] = FieldInfo(annotation, base.__dict__.get(name, MISSING))
    for name, info in found.items():
        default = getattr(cls, name, MISSING)
        if info.default is MISSING and not isinstance(default, types.FunctionType):  # EinsumDense's `output_shape` is a field
            info.default = default
    return found


@remembered
def required_of(cls: type[Model]) -> tuple[str, ...]:
    """The fields without a default."""
    return tuple(name for name, info in fields_of(cls).items() if info.is_required())


@remembered
def defaults_of(cls: type[Model]) -> dict[str, Any]:
    return {name: info.default for name, info in fields_of(cls).items() if not info.is_required()}


@remembered
def validator_of(cls: type[Model]) -> SchemaValidator:
    return SchemaValidator(model_schema(cls))


def model_schema(cls: type[Model]) -> dict[str, Any]:
    """The pydantic-core schema of a model."""
    fields = {}
    checks = _validators(cls)
    for name, info in fields_of(cls).items():
        schema = type_schema(info.annotation, info.metadata)
        for check in checks.get(name, ()):
            schema = {"type": "function-after", "function": {"type": "no-info", "function": check}, "schema": schema}
        if not info.is_required():
            schema = {"type": "default", "schema": schema, "default": info.default}
        fields[name] = {"type": "model-field", "schema": schema}
    whole: dict[str, Any] = {
        "type": "model",
        "cls": cls,
        "schema": {"type": "model-fields", "fields": fields, "extra_behavior": "forbid", "model_name": cls.__name__},
        "config": {"strict": True, "title": cls.__name__},
        "revalidate_instances": "never",
    }
    for check in checks.get("", ()):
        whole = {"type": "function-after", "function": {"type": "no-info", "function": check}, "schema": whole}
    return whole


def _validators(cls: type[Model]) -> dict[str, list[Callable[[Any], Any]]]:
    """The validators of each field, and under the empty name those of the whole model, bases first."""
    found: dict[str, dict[str, Callable[[Any], Any]]] = {}
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            function = member.__func__ if isinstance(member, classmethod) else member
            for field in getattr(function, "__validates__", ()):
                found.setdefault(field, {})[name] = getattr(cls, name)
            if getattr(function, "__whole_model__", False):
                found.setdefault("", {})[name] = getattr(cls, name)
    return {field: list(checks.values()) for field, checks in found.items()}


SIMPLE: dict[Any, dict[str, Any]] = {
    Any: {"type": "any"},
    object: {"type": "any"},
    int: {"type": "int", "strict": True},
    float: {"type": "float", "strict": True},
    bool: {"type": "bool", "strict": True},
    str: {"type": "str", "strict": True},
    None: {"type": "none"},
    type(None): {"type": "none"},
    dict: {"type": "dict", "strict": True},
}


def type_schema(annotation: Any, marks: tuple[Any, ...] = ()) -> dict[str, Any]:
    """The pydantic-core schema of a type.

    Raises:
        TypeError: the type is none of those that models here use.
    """
    schema = _plain_schema(annotation)
    for mark in marks:
        if isinstance(mark, Bound):
            if schema["type"] not in ("int", "float"):
                raise TypeError(f"bounds on {annotation}")
            schema = {**schema, **mark.schema()}
        elif mark is Finite or isinstance(mark, Finite):
            schema = {**schema, "allow_inf_nan": False}
        elif isinstance(mark, BeforeValidator):
            schema = {"type": mark.schema_type, "function": {"type": "no-info", "function": mark.function}, "schema": schema}
        elif type(mark).__module__.startswith(("pydantic", "annotated_types")):
            raise TypeError(f"{mark!r} comes from pydantic; use Bound, Finite and the validators of layerctl.base.model")
    return schema


def _plain_schema(annotation: Any) -> dict[str, Any]:
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return type_schema(args[0], args[1:])
    if origin is Literal:
        return {"type": "literal", "expected": list(args)}
    if origin in (Union, types.UnionType):
        choices = [type_schema(arg) for arg in args if arg is not type(None)]
        schema = choices[0] if len(choices) == 1 else {"type": "union", "choices": choices}
        return {"type": "nullable", "schema": schema} if type(None) in args else schema
    if origin is tuple:
        variadic = len(args) == 2 and args[1] is Ellipsis
        items = [type_schema(arg) for arg in args if arg is not Ellipsis]
        return {"type": "tuple", "items_schema": items, "strict": True, **({"variadic_item_index": 0} if variadic else {})}
    if origin is dict:
        return {"type": "dict", "keys_schema": type_schema(args[0]), "values_schema": type_schema(args[1]), "strict": True}
    if isinstance(annotation, type):
        return {"type": "is-instance", "cls": annotation}
    raise TypeError(f"no schema for {annotation!r}")
