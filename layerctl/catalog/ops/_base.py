"""The base class of functions of `keras.ops`: operands, dtypes and shapes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, NoReturn

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import FLOATS, Shape, Tensor, broadcast, text
from layerctl.catalog import Says, snake_case
from layerctl.catalog.layers._base import Call, Layer, Masks, Reach, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, ShapesDoNotMerge, WrongDtype
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._dtypes import Dtypes
from layerctl.diagnostics import Code

BATCH = -1
"""Stands for an unknown first axis, the batch: it can have any size, so it broadcasts with no known size but 1."""


def _operand(value: object, kinds: tuple[type, ...]) -> object:
    """Accepts a number, or a regular nested list of numbers, of these types; integers of at most 64 bits."""
    numbers = list(dtypes.flat(value))
    if dtypes.shape(value) is None or not all(type(number) in kinds for number in numbers):
        raise PydanticCustomError("operand", "operand")
    if not all(dtypes.holds("int64", number) for number in numbers if not isinstance(number, float)):
        raise PydanticCustomError("operand", "operand")
    return value


Operand = Annotated[
    Any,
    BeforeValidator(lambda value: _operand(value, (int, float)), json_schema_input_type=float | tuple[Any, ...]),
    Says("a number, or a list of numbers"),
]
AnyOperand = Annotated[
    Any,
    BeforeValidator(lambda value: _operand(value, (int, float, bool)), json_schema_input_type=bool | float | tuple[Any, ...]),
    Says("a number, `true` or `false`, or a list of such"),
]
Integers = Annotated[
    Any,
    BeforeValidator(lambda value: _operand(value, (int,)), json_schema_input_type=int | tuple[Any, ...]),
    Says("an integer, or a list of integers"),
]


class Operation(Layer):
    """A function of `keras.ops`: a node without weights, name or dtype policy.

    Class attributes:
        tensors: the parameters that take tensors, in Keras's order. One that is also a field can be a literal; the item's inputs
            are then the others.
        module: the module below `keras.src.ops` that has the operation's class.
        of_call: fields that Keras passes to the operation's call, not to its constructor.
        on: the dtypes that it works on.
        sample: arguments for the example in the documentation.
    """

    tensors: ClassVar[tuple[str, ...]] = ("x",)
    module: ClassVar[str] = "numpy"
    of_call: ClassVar[tuple[str, ...]] = ()
    on: ClassVar[Dtypes] = dtypes.ANY
    sample: ClassVar[str] = ""
    is_function = True
    masks: ClassVar[Masks] = "drops"

    trainable: ClassVar[bool] = True  # type: ignore[misc]  # a function takes none of a layer's common arguments
    dtype: ClassVar[None]  # type: ignore[misc]  # some functions have an argument with this name
    autocast: ClassVar[bool] = False  # type: ignore[misc]
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        return self.reach(shapes[part])  # all its arguments are operands

    @classmethod
    def function(cls) -> str:
        """The function's name in `keras.ops`."""
        return snake_case(cls.__name__)

    @classmethod
    def spec_name(cls) -> str:
        return f"ops.{cls.function()}"

    @classmethod
    def example(cls) -> str:
        literal = bool(cls.sample) and cls.tensors[-1] in cls.model_fields
        several = cls.input_kind == "list" or (len(cls.tensors) > 1 and not literal)
        item = f"- {cls.spec_name()}" + (f": {cls.sample}" if cls.sample else ":" if several else "")
        listed = "[a, b]" if len(cls.tensors) < 3 else "[a, b, c]"
        return f"{item}\n  inputs: {listed}" if several else item

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """The fields; an argument `dtype` comes last."""
        return tuple(sorted(cls.model_fields, key=lambda name: name == "dtype"))

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.own_fields() if name in self.model_fields_set}

    @property
    def own_policy(self) -> str | None:
        return None

    @property
    def call_arguments(self) -> tuple[str, ...]:  # type: ignore[override]  # depends on which are given as literals
        """The parameters that take the item's inputs, in order."""
        return tuple(name for name in self.tensors if name not in self.model_fields_set)

    @property
    def depends_on_shape(self) -> bool:  # type: ignore[override]  # a list of numbers has a number for each place
        return any(isinstance(self.given().get(name), tuple) for name in self.tensors)

    def operands(self, tensors: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all tensor parameters that are set, in Keras's order: from `tensors`, or literals.

        Args:
            tensors: the item's inputs, by parameter.
        """
        literals = self.given()
        both = {name: literals.get(name, tensors.get(name)) for name in self.tensors}
        return {name: value for name, value in both.items() if name in literals or name in tensors}

    def positional(self, operands: Mapping[str, Any]) -> list[Any]:
        """The positional arguments of the function."""
        return list(operands.values())

    def called_on(self, operands: Mapping[str, Any]) -> list[Any]:
        """The positional arguments of the operation's call, as Keras records them."""
        return list(operands.values())

    def call_keywords(self) -> dict[str, Any]:
        """The keyword arguments of the operation's call."""
        return {name: getattr(self, name) for name in self.of_call}

    def config(self) -> dict[str, Any]:
        """The arguments of the operation's constructor."""
        return {name: value for name, value in self.given().items() if name not in (*self.tensors, *self.of_call)}

    def keywords(self) -> dict[str, Any]:
        """The function's keyword arguments."""
        return {name: value for name, value in self.given().items() if name not in self.tensors}

    def array_dtype(self, name: str, operands: Mapping[str, Any]) -> str:
        """The dtype in which Keras takes a list among the operands: the same as for a single number.

        Args:
            name: the parameter.
            operands: dtypes of tensors, and literals.
        """
        return promoted(operands) or dtypes.FLOATX

    # The rest is for the rules of shapes and dtypes.

    def known(self, call: Call) -> dict[str, Any]:
        """The operands of a call, tensors and literals, by parameter."""
        slots = self.call_arguments
        tensors = {**({slots[0]: call.inputs} if slots else {}), **call.arguments}
        for name, tensor in tensors.items():
            if self.input_kind == "tensor" and not isinstance(tensor, Tensor):
                count = len(tensor)
                self.refuse(ShapeDoesNotSuit, f"takes one tensor as `{name}`; got {count}", help="name one of them")
        return self.operands(tensors)

    def refuse(self, code: type[Code], message: str, *, help: str, label: str = "") -> NoReturn:
        raise Refusal(code, f"`{self.spec_name()}` {message}", help=help, label=label)

    def accepts(self, *names: str, on: Dtypes | None = None) -> None:
        """Checks that the function works on each of these dtypes."""
        allowed = on or self.on
        for name in names:
            if name not in allowed.names:
                help = "text cannot be cast to numbers; look it up with StringLookup first" if name == "string" else None
                help = help or f"cast it first with `ops.cast: {'float32' if 'float32' in allowed.names else 'int32'}`"
                self.refuse(WrongDtype, f"works on {allowed.words}; got {name}", help=help, label=f"got {name}")

    def fitting(self, dtype: str, **literals: Any) -> None:
        """Checks that the dtype can hold the literals: no floats in integers, no overflow."""
        for name, value in literals.items():
            if value is not None and dtype not in FLOATS and isinstance(value, float):
                help = "use an integer, or cast the input first with `ops.cast: float32`"
                self.refuse(WrongDtype, f"works in {dtype} here, which takes integers only; got `{name}`: {value}", help=help)
            if value is not None:
                self.promoted({"": Tensor((), dtype), name: value})

    def promoted(self, operands: Mapping[str, Any]) -> str:
        """The dtype of the result of several operands."""
        dtype = promoted({name: value.dtype if isinstance(value, Tensor) else value for name, value in operands.items()})
        if dtype is None:
            got = ", ".join(value.dtype if isinstance(value, Tensor) else "a number" for value in operands.values())
            self.refuse(WrongDtype, f"joins values of one kind; got {got}", help="keep text and numbers apart")
        for name, value in operands.items():
            if not isinstance(value, Tensor) and not dtypes.holds(dtype, value):
                help = "use a number within its range, or cast the input first with `ops.cast: float32`"
                self.refuse(WrongDtype, f"works in {dtype} here, which cannot hold `{name}`: {value}", help=help)
        return dtype

    def joined(self, operands: Mapping[str, Any]) -> Shape:
        """The shape that all operands broadcast to."""
        shapes = [shape_of(value) for value in operands.values()]
        first, *others = marks([value for value in operands.values() if isinstance(value, Tensor)], shapes)
        out = first
        for shape in others:
            wider = broadcast(out, shape)
            if wider is None:
                listed = ", ".join(text(shape) for shape in shapes)
                help = "bring them to shapes that are equal or 1 along each axis, counted from the last"
                if any(shape and shape[0] is None for shape in shapes):
                    help += "; a missing axis is added with `ops.expand_dims`"
                self.refuse(ShapesDoNotMerge, f"needs shapes that broadcast; got {listed}", help=help, label="do not broadcast")
            out = wider
        return unmarked(out)

    def output(self, call: Call) -> Tree:
        return self.result(**self.known(call))

    result: ClassVar[Callable[..., Tree]]
    """Each function's rule: the output from the operands, by Keras's parameter names."""


class Unmultiplied(Operation):
    """A function that multiplies nothing. The sections are those of its subclasses, unless they have their own.

    Input shape: any.

    Output shape: the input's.
    """


class OfOne(Unmultiplied):
    """A function of one tensor, whose shape and dtype it keeps unless a subclass says otherwise."""

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        return Tensor(self.shaped(x.shape), self.gives(x.dtype))

    def shaped(self, shape: Shape) -> Shape:
        """The output's shape, from the input's."""
        return shape

    def gives(self, dtype: str) -> str:
        """The output's dtype, from the input's."""
        return dtype


class Pairwise(Unmultiplied):
    """A function of two tensors, value by value; a subclass declares the fields `x1` and `x2` for literals.

    Input shape: any two that broadcast.

    Output shape: what both broadcast to.
    """

    tensors = ("x1", "x2")


def promoted(operands: Mapping[str, Any]) -> str | None:
    """The dtype of the result, from dtypes and literals; None if there is none."""
    return dtypes.promote(*(value if isinstance(value, str) else dtypes.weak(value) for value in operands.values()))


def shape_of(value: Any) -> Shape:
    """The shape of a tensor or of a literal."""
    return value.shape if isinstance(value, Tensor) else dtypes.shape(value) or ()


def marks(tensors: Sequence[Tensor], shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes with `BATCH` for unknown first axes; unchanged if any tensor has a known batch size, which all then share."""
    known = any(tensor.shape and tensor.shape[0] is not None for tensor in tensors)
    return [tuple(shape) if known else marked(shape) for shape in shapes]


def marked(shape: Sequence[int | None]) -> Shape:
    """A shape with `BATCH` for an unknown first axis."""
    return (BATCH, *shape[1:]) if shape and shape[0] is None else tuple(shape)


def unmarked(shape: Sequence[int | None]) -> Shape:
    return tuple(None if dim == BATCH else dim for dim in shape)
