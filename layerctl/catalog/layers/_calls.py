"""What goes into a layer's rules and comes out: calls, tensors, dtype policies, weights, refusals."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BeforeValidator, WithJsonSchema

from layerctl.base.shapes import FLOATS, Shape, Tensor
from layerctl.base.source import Span
from layerctl.catalog import Says
from layerctl.diagnostics import Code, Related

Tree = Tensor | tuple["Tree", ...] | Mapping[str, "Tree"]
"""A tensor, or a nested structure of tensors: the inputs or the output of a layer."""


def leaves(tree: Tree) -> Iterator[Tensor]:
    """The tensors of a structure, in order."""
    if isinstance(tree, Tensor):
        yield tree
    else:
        for part in tree.values() if isinstance(tree, Mapping) else tree:
            yield from leaves(part)


POLICIES: dict[str, tuple[str, str]] = {
    "mixed_float16": ("float16", "float32"),
    "mixed_bfloat16": ("bfloat16", "float32"),
    **{name: (name, name) for name in ("float16", "bfloat16", "float32", "float64")},
    **{name: (name, name) for name in ("int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool")},
}
"""Dtype policies: name → (compute dtype, variable dtype). `int8` is missing: in Keras it names a quantization mode."""

BYTES = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2, "int32": 4, "uint32": 4}
BYTES |= {"float32": 4, "int64": 8, "uint64": 8, "float64": 8}


class Policy(NamedTuple):
    """A dtype policy: what a layer computes in and what its weights are held in."""

    compute: str
    variable: str

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(*POLICIES[name])


def _policy_name(value: object) -> object:
    if isinstance(value, str) and value in POLICIES:
        return value
    raise ValueError


DtypePolicy = Annotated[
    str,
    BeforeValidator(_policy_name),
    WithJsonSchema({"enum": list(POLICIES)}),
    Says("a dtype policy: " + ", ".join(f"`{name}`" for name in list(POLICIES)[:6])),
]


class Weight(NamedTuple):
    """One variable of a layer; `dtype` None is the layer's variable dtype."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    dtype: str | None = None


class Refusal(Exception):
    """The layer cannot be called on this input; the compiler turns it into a diagnostic at the layer's place.

    An exception, not a value, so that a helper three calls down can end the shape rule of a layer.

    Attributes:
        code: the kind of mistake (`LC4xx`).
        message: expected and got, in the user's words.
        help: how to fix it, or None.
        label: text beside the marked layer.
        place: where the mistake is, if it is within a nested model and not at the called layer.
        related: further places to show.
        trace: the shapes of the layers before it.
    """

    def __init__(
        self,
        code: type[Code],
        message: str,
        *,
        help: str | None = None,
        label: str = "",
        place: Span | None = None,
        related: tuple[Related, ...] = (),
        trace: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.label = label
        self.place = place
        self.related = related
        self.trace = trace


class Unknown(Exception):
    """The output or the weights are not known before Keras builds the layer; this is no mistake."""


class Call(NamedTuple):
    """One call of a layer.

    Attributes:
        inputs: the inputs, with floats already cast to the compute dtype as Keras does.
        policy: the layer's dtype policy.
        arguments: further arguments of the call by Keras's names: tensors (`initial_state`) and literals (`use_causal_mask`).
        default: the model's policy, for layers within this one that set none; None if it is `policy`.
        implied: the names of arguments that are masks which Keras passes along with the inputs, not set in the spec.
    """

    inputs: Tree
    policy: Policy
    arguments: Mapping[str, Any] = {}
    default: Policy | None = None
    implied: Collection[str] = ()

    @property
    def x(self) -> Tensor:
        """The only input. The compiler has checked that a layer with `input_kind = "tensor"` has just one."""
        assert isinstance(self.inputs, Tensor)
        return self.inputs

    @property
    def xs(self) -> tuple[Tensor, ...]:
        """The inputs of a layer with `input_kind = "list"`."""
        assert not isinstance(self.inputs, Tensor | Mapping)
        return self.inputs  # type: ignore[return-value]

    def result(self, shape: Shape) -> Tensor:
        """An output of that shape in the compute dtype."""
        return Tensor(tuple(shape), self.policy.compute)


def tensors_of(call: Call) -> list[Tensor]:
    """The tensors of a call, with those among its further arguments."""
    named = (tree for tree in call.arguments.values() if isinstance(tree, tuple | Mapping))
    return [tensor for tree in (call.inputs, *named) for tensor in leaves(tree) if isinstance(tensor, Tensor)]


InputKind = Literal["tensor", "list", "either", "each"]
FixedPart = Literal["rank", "channels", "features", "step"] | None


class AboutCalls:
    """How a layer is called. One that says nothing is called on a tensor, and on whatever tensor again.

    Class attributes:
        input_kind: what it is called on: a `tensor`, a `list` of tensors, `either` of the two, or a tensor, where a list means
            a call on `each`.
        call_arguments: the arguments of its call by Keras's names, the input first.
        required_arguments: those of them that no call can do without, besides the input.
        input_names: the names of a nested model's inputs, by which a mapping gives them.
        joins_branches: whether `merge:` may name it, which joins the ends of `branches`.
        fixed_by_first_call: what the input of a further call must share with that of the first: the `rank`; rank and number of
            `channels`; the length of the last axis, the `features`; or the shape of a `step` of a sequence.
        keeps_dtype_when_run: whether integers, truth values and text come out as they came in when the model runs, though Keras
            promises the compute dtype.
    """

    input_kind: ClassVar[InputKind] = "tensor"
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs",)
    required_arguments: ClassVar[tuple[str, ...]] = ()
    input_names: ClassVar[tuple[str, ...]] = ()
    joins_branches: ClassVar[bool] = False
    fixed_by_first_call: ClassVar[FixedPart] = None
    keeps_dtype_when_run: ClassVar[bool] = False

    @property
    def differs_when_run(self) -> bool:
        """Whether the output can be another one when the model runs than Keras promises; `output_when_run` says which."""
        return self.keeps_dtype_when_run

    @property
    def takes_mask(self) -> bool:
        """Whether its call can be given the mask of its input."""
        return "mask" in self.call_arguments

    @property
    def heeds_mask(self) -> bool:
        """Whether a mask of its input changes its output in inference."""
        return self.takes_mask

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        """What the output is when the model runs: it can be of another dtype than Keras promises, or sparse."""
        dtypes = {tensor.dtype for tensor in leaves(call.inputs)}
        if not self.keeps_dtype_when_run or len(dtypes) != 1 or dtypes & FLOATS or not isinstance(output, Tensor):
            return output
        return Tensor(output.shape, next(iter(dtypes)))
