"""The Keras classes that a spec can name: layers, initializers, optimizers, …, each a pydantic model in a file of its own.

A catalogue is a package. The name of a class gives its file: `Conv2D` is in `layers/conv.py`, `HeNormal` in
`initializers/he_normal.py`. Only the files that a spec names are imported, so the cost of a check does not grow with the
catalogue.
"""

import re
from collections.abc import Sequence
from functools import cache, cached_property
from importlib import import_module
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from annotated_types import Ge, Le, Lt
from pydantic import BeforeValidator, PositiveInt
from pydantic_core import PydanticCustomError

from layerctl.base.model import Model, remembered
from layerctl.base.modules import public_modules


class Arguments(Model):
    """The arguments of one Keras class, by Keras's names, types and defaults.

    The docstring of a subclass and the descriptions of its fields are its documentation.

    Class attributes:
        takes_lists: whether several values of an argument have to be a list, as Keras takes a tuple for one value.
    """

    for_keras: ClassVar[bool] = True
    takes_lists: ClassVar[bool] = False

    @classmethod
    def keras_name(cls) -> str:
        """The class's name in Keras."""
        return cls.__name__

    @classmethod
    def spec_name(cls) -> str:
        """The class's name in a spec."""
        return cls.keras_name()

    @classmethod
    def keras_module(cls) -> str:
        """The module below `keras` that has the class; named like the catalogue."""
        return cls.__module__.split(".")[-2]

    @classmethod
    def first_argument(cls) -> str | None:
        """The argument that a bare scalar or list sets, as in `Dense: 10`: the first of `own_fields`."""
        return _first_field(cls)

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """The fields in the order of most constructors in Keras: those of the class itself before those of its bases."""
        declared = (name for part in cls.__mro__ if issubclass(part, Arguments) for name in part.__annotations__)
        return tuple(dict.fromkeys(name for name in declared if name in cls.model_fields))

    def given(self) -> dict[str, Any]:
        """The arguments that the spec sets, without defaults."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}

    def implied(self) -> dict[str, Any]:
        """Arguments that are added so that the object does not depend on what the process did before."""
        return {}

    def item(self) -> dict[str, Any]:
        """The object as a spec writes it: the name with its arguments, and any keys beside it."""
        return {self.spec_name(): self.given()}


@remembered
def _first_field(cls: type[Arguments]) -> str | None:
    return next(iter(cls.own_fields()), None)


class Unfit(NamedTuple):
    """Why a loss or a metric cannot work on outputs of some shape.

    Attributes:
        message: what it takes, and what the output has instead.
        help: how to correct it.
        argument: the argument that is to blame; None for the loss or the metric itself.
    """

    message: str
    help: str
    argument: str | None = None


class Kind:
    """Marks a field whose value is an object of a catalogue, written as its name or as `{Name: arguments}`.

    Attributes:
        name: the catalogue: `initializers`, `activations`, `layers`, …
        many: whether the value may also be a list of such objects.
    """

    __slots__ = ("many", "name")

    def __init__(self, name: str, *, many: bool = False) -> None:
        self.name = name
        self.many = many


class Says:
    """Marks a type with the words that an error message uses for it: "a positive integer"."""

    __slots__ = ("words",)

    def __init__(self, words: str) -> None:
        self.words = words


Rate = Annotated[float, Ge(0), Le(1)]


def _object(value: object) -> object:
    """Accepts null, a name and an object that is already bound; refuses numbers and lists."""
    if value is None or isinstance(value, str | Arguments):
        return value
    raise PydanticCustomError("object", "object")


or_null = BeforeValidator(_object, json_schema_input_type=None)
Activation = Annotated[Any, Kind("activations"), or_null]
Initializer = Annotated[Any, Kind("initializers"), or_null]
Regularizer = Annotated[Any, Kind("regularizers"), or_null]
Constraint = Annotated[Any, Kind("constraints"), or_null]


def _integers(value: object, least: int) -> object:
    """Accepts an integer of at least `least`, or a tuple of them; the layer checks its length."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    if isinstance(value, tuple) and value and all(type(v) is int and v >= least for v in value):
        return value
    raise PydanticCustomError("sizes", "sizes")


PerAxis = Annotated[
    Any,
    BeforeValidator(lambda value: _integers(value, 1), json_schema_input_type=PositiveInt | tuple[PositiveInt, ...]),
    Says("a positive integer, or a list of one for each axis"),
]


def _axes(value: object) -> object:
    """Accepts an axis or a tuple of axes; the layer checks whether the input has them."""
    if type(value) is int or (isinstance(value, tuple) and value and all(type(v) is int for v in value)):
        return value
    raise PydanticCustomError("axes", "axes")


Axes = Annotated[
    Any,
    BeforeValidator(_axes, json_schema_input_type=int | tuple[int, ...]),
    Says("an integer, or a list of one or more integers"),
]
Seed = Annotated[int, Ge(-(2**63)), Lt(2**63), Says("an integer of at most 64 bits")]


def in_any_case(*words: str) -> dict[str, Any]:
    """The JSON Schema of words in upper or lower case, by a pattern: JSON Schema has no flag for it."""
    letters = ("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else re.escape(c) for c in word) for word in words)
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": f"^({'|'.join(letters)})$"}]}


Window = Literal[
    "barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "cosine", "exponential", "flattop",
    "hamming", "hann", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey",
]  # fmt: skip
"""The windows of `scipy.signal.windows` that need no arguments."""


class OfWeight(Arguments):
    """An object that is applied to a weight, or to an output: an initializer, regularizer or constraint.

    Class attributes:
        dtypes: the dtypes that it works on; None for all.
    """

    dtypes: ClassVar[frozenset[str] | None] = None

    @property
    def along(self) -> tuple[int, ...]:
        """The axes of the weight that it works along; empty if it works on all of the weight at once."""
        return ()

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        """Why it cannot be applied to a weight of that shape, as a clause about the weight ("has no axis 2"); or None."""
        return None


class ArgumentError(ValueError):
    """Arguments that are each valid but contradict each other; raised by an after-validator.

    Attributes:
        field: the argument to point at.
        message: the headline.
        help: how to fix it.
    """

    def __init__(self, field: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.help = help


@cache
def snake_case(name: str) -> str:
    """A class name in snake case, as Keras names layers: `conv2d` for `Conv2D`, `max_pooling2d` for `MaxPooling2D`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Catalog:
    """The classes of one kind; a file is imported when one of its classes is looked up.

    Attributes:
        package: the package that holds one file for each family.
        noun: the word for such a class in messages.
        snake_names: whether names in snake case are accepted beside class names.
    """

    def __init__(self, package: str, noun: str, *, snake_names: bool = True) -> None:
        self.package = package
        self.noun = noun
        self.snake_names = snake_names
        self._classes: dict[str, type[Arguments] | None] = {}
        self._members: dict[str, dict[str, type[Arguments]]] = {}

    def find(self, name: str) -> type[Arguments] | None:
        """The class with that name or alias, or None."""
        if name not in self._classes:
            self._classes[name] = self._find(name)
        return self._classes[name]

    def __contains__(self, name: object) -> bool:
        """Whether a spec may use the name."""
        return isinstance(name, str) and (self.find(name) is not None or name.lower() in self.by_shape)

    def _find(self, name: str) -> type[Arguments] | None:
        if not name.isidentifier():
            return None
        stem = self.stem(name)
        if stem in self.stems:
            cls = self.members(stem).get(name)
            if cls is not None:
                return cls
        if name in self.aliases:
            return self.find(self.aliases[name])
        return None

    @staticmethod
    def stem(name: str) -> str:
        """The file that a name belongs in: the name in snake case, without its number of dimensions."""
        return snake_case(re.sub(r"(?<=[A-Za-z])[123][dD]", "", name)).strip("_")

    @cached_property
    def stems(self) -> frozenset[str]:
        """The files of the package, by name."""
        return frozenset(public_modules(import_module(self.package).__path__))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Other names that Keras accepts, from the package's `ALIASES`."""
        return getattr(import_module(self.package), "ALIASES", {})

    @cached_property
    def by_shape(self) -> frozenset[str]:
        """Names, in lower case, for which Keras picks the class by the output's shape: the package's `BY_SHAPE`."""
        return frozenset(getattr(import_module(self.package), "BY_SHAPE", ()))

    @cached_property
    def not_expressible(self) -> dict[str, tuple[str, str]]:
        """Names that a spec cannot use: why not, and what to do instead."""
        return getattr(import_module(self.package), "NOT_EXPRESSIBLE", {})

    def members(self, stem: str) -> dict[str, type[Arguments]]:
        """The public classes of one file, by every name that a spec may use."""
        if (known := self._members.get(stem)) is not None:
            return known
        module = import_module(f"{self.package}.{stem}")
        out: dict[str, type[Arguments]] = {}
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Arguments) and value.__module__ == module.__name__:
                if value.__name__.startswith("_"):
                    continue
                out[value.keras_name()] = value
                if self.snake_names:
                    out[snake_case(value.keras_name())] = value
        self._members[stem] = out
        return out

    def spelled_like(self, name: str) -> tuple[str, ...]:
        """The candidates for a misspelled name: class names if it has a capital, else names in snake case."""
        every = self.names()
        if not self.snake_names or name[:1].isupper():
            return every
        return tuple(form for form in (*self.aliases, *map(snake_case, every)) if form.islower())

    def names(self) -> tuple[str, ...]:
        """Every class name, in order; imports all files."""
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted({cls.keras_name() for stem in self.stems for cls in self.members(stem).values()}))


class Functions(Catalog):
    """A catalogue of functions, several in a file; the package's `FAMILIES` maps each name to its file."""

    @cached_property
    def families(self) -> dict[str, str]:
        """Each function and its file."""
        return dict(import_module(self.package).FAMILIES)

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """The functions of Keras that a spec cannot use."""
        return frozenset(import_module(self.package).ELSEWHERE)

    def _find(self, name: str) -> type[Arguments] | None:
        name = self.aliases.get(name, name)
        return self.members(self.families[name]).get(name) if name in self.families else None

    def members(self, stem: str) -> dict[str, type[Arguments]]:
        return {cls.spec_name().removeprefix("ops."): cls for cls in super().members(stem).values()}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(self.families))


CATALOGS = {
    "layers": Catalog("layerctl.catalog.layers", "layer", snake_names=False),
    "ops": Functions("layerctl.catalog.ops", "function of keras.ops", snake_names=False),
    "initializers": Catalog("layerctl.catalog.initializers", "initializer"),
    "regularizers": Catalog("layerctl.catalog.regularizers", "regularizer"),
    "constraints": Catalog("layerctl.catalog.constraints", "constraint"),
    "optimizers": Catalog("layerctl.catalog.optimizers", "optimizer"),
    "schedules": Catalog("layerctl.catalog.schedules", "learning-rate schedule"),
    "losses": Catalog("layerctl.catalog.losses", "loss"),
    "metrics": Catalog("layerctl.catalog.metrics", "metric"),
}
