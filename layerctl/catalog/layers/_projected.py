"""The base class of MultiHeadAttention and GroupQueryAttention: projections into heads, and masks on the scores."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor, add, broadcast, prod, same, text
from layerctl.catalog import ArgumentError, Constraint, Initializer, Rate, Regularizer, Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._attention import attending
from layerctl.catalog.layers._base import Call, Layer, Reach, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongRank
from layerctl.catalog.layers._masks import broadcasts, mask_of


class Projected(Layer):
    """Attention with several heads, each with its own projections.

    Class attributes:
        masks_queries: whether the argument `query_mask` has an effect; if not, Keras uses the query's own mask instead.
    """

    category = "attention"
    call_arguments = (
        *("query", "value", "key", "query_mask", "value_mask", "key_mask"),
        *("attention_mask", "return_attention_scores", "training", "use_causal_mask"),
    )
    required_arguments = ("value",)
    own_first = True
    masks_queries: ClassVar[bool]
    can_be_frozen = False
    stricter = {
        "keys and values": "A single key for several values is refused, though Keras can broadcast it with a mask.",
        "attention mask": "A mask is refused if it fits only when an unknown length happens to be that of the batch, or 1.",
        "no steps": "Inputs without an axis of steps are refused: single values would attend to each other.",
    }

    activity_regularizer: Regularizer = Field(None, description="a penalty on the outputs of the projections.")
    dropout: Rate = Field(0.0, description="the share of the attention weights that is dropped in training.")
    use_bias: bool = Field(True, description="whether each projection adds a bias.")
    sliding_window: PositiveInt | None = Field(
        None, description="a query attends only to steps less than this distance from its own."
    )
    flash_attention: bool | None = Field(
        None,
        description="whether flash attention, a faster algorithm that the TensorFlow back end lacks, is used; not with "
        "`dropout`.",
    )
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernels.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the biases.")
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernels.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the biases.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernels after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the biases after each update.")
    use_gate: bool = Field(
        False, description="whether the heads' output is multiplied by a gate between 0 and 1, a further projection of the query."
    )
    seed: Seed | None = Field(None, description="makes the dropout repeatable.")

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        if self.flash_attention and self.dropout:
            message = "flash attention cannot drop scores"
            raise ArgumentError("flash_attention", message, "leave out `dropout`, or `flash_attention`")
        for name in ("kernel_initializer", "bias_initializer"):
            if getattr(self, name) is None:  # Keras copies both for each projection
                raise ArgumentError(name, f"`{name}` cannot be null here", "leave it out, or name an initializer")
        return self

    @property
    def heads(self) -> tuple[int, int]:
        """The number of heads of queries, and that of keys and values."""
        raise NotImplementedError

    @property
    def sizes(self) -> tuple[int, int]:
        """The width of a head's queries and keys, and of its values."""
        raise NotImplementedError

    def result_axes(self, query: Tensor) -> tuple[int, ...]:
        """The output's axes in place of the query's last."""
        return (query.shape[-1] or 0,)

    def axes_of(self, query: Tensor) -> tuple[int, ...]:
        """The axes of the steps that attend to each other."""
        return (1,)

    def promised_scores(self, call: Call) -> Shape:
        """The shape of the scores that Keras promises."""
        raise NotImplementedError

    def check_widths(self, query: Tensor, value: Tensor) -> None:
        """Checks the numbers of features, which are known."""

    def output(self, call: Call) -> Tree:
        query, value, key = self.tensors(call)
        for part, tensor in (("query", query), ("key", key), ("value", value)):
            checks.known(tensor.shape, -1, f"the projection of the {part} needs to know the number of features")
        self.check_widths(query, value)
        if value.shape[1:-1] != key.shape[1:-1]:
            message = f"each key needs its value; the value is {text(value.shape)}, the key {text(key.shape)}"
            raise Refusal(ShapeDoesNotSuit, message, help="give both the same number of steps, known or unknown")
        self.check_axes(query, value)
        self.check_masks(call)
        result = call.result((*query.shape[:-1], *self.result_axes(query)))
        if not call.arguments.get("return_attention_scores"):
            return result
        if self.flash_attention:
            message = "flash attention does not compute the scores that `return_attention_scores` asks for"
            raise Refusal(ShapeDoesNotSuit, message, help="leave out `flash_attention` or `return_attention_scores`")
        return result, call.result(self.promised_scores(call))

    def tensors(self, call: Call) -> tuple[Tensor, Tensor, Tensor]:
        """Query, value and key; the key is the value by default."""
        query, value = call.x, call.arguments["value"]
        key = call.arguments.get("key")
        key = value if key is None else key
        for part, tensor in (("query", query), ("value", value), ("key", key)):
            if not isinstance(tensor, Tensor):
                raise Refusal(ShapeDoesNotSuit, f"`{part}` takes one tensor", help=f"name one: `{part}: NAME`")
            checks.numeric(tensor, self.keras_name())
            self.check_rank(part, tensor, query)
            if not same(tensor.shape[0], query.shape[0]):
                message = f"the {part} {text(tensor.shape)} and the query {text(query.shape)} have batches of different sizes"
                raise Refusal(ShapeDoesNotSuit, message, help="give both the same `batch_size`, or none")
        return query, value, key

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        some = bool(literals.get("use_causal_mask")) or self.sliding_window is not None or "attention_mask" in shapes
        return attending(part, shapes, self.axes_of(Tensor(shapes[part])), self.call_arguments[:3], some=some)

    def check_rank(self, part: str, tensor: Tensor, query: Tensor) -> None:
        """Checks that the tensor has the rank of the query, at least 3."""
        if tensor.rank < 3 or tensor.rank != query.rank:
            wanted = f"rank {query.rank}, as the query has it" if query.rank > 2 else "rank 3, (batch, steps, features)"
            message = f"expected a {part} of {wanted}; got rank {tensor.rank}, {text(tensor.shape)}"
            help = "give query, value and key the axes (batch, steps, features)"
            raise Refusal(WrongRank, message, label=f"got {text(tensor.shape)}", help=help)

    def check_axes(self, query: Tensor, value: Tensor) -> None:
        """Checks that query and value are equal along the axes that do not attend."""
        attended = self.axes_of(query)
        for axis in range(1, query.rank - 1):
            if axis not in attended and not same(query.shape[axis], value.shape[axis]):
                message = (
                    f"query {text(query.shape)} and value {text(value.shape)} differ along axis {axis}, which does not attend"
                )
                raise Refusal(ShapeDoesNotSuit, message, help=f"make them equal, or name axis {axis} in `attention_axes`")

    def scores(self, call: Call) -> Shape:
        """The shape of the scores: the axes that do not attend, the heads, the queries, the keys."""
        query, value, _ = self.tensors(call)
        attended = self.axes_of(query)
        batch = tuple(dim for axis, dim in enumerate(query.shape[:-1]) if axis not in attended)
        steps = (tensor.shape[axis] for tensor in (query, value) for axis in attended)
        return (*batch, self.heads[0], *steps)

    def check_masks(self, call: Call) -> None:
        """Checks that all masks, combined as Keras does, fit the scores."""
        scores = self.scores(call)
        query, value, _ = self.tensors(call)
        steps = (1, query.shape[1], value.shape[1])
        masks: list[tuple[str, Shape]] = []
        for name in ("query_mask", "value_mask", "key_mask", "attention_mask"):
            mask = mask_of(call, name)
            if mask is None or (name == "query_mask" and not self.masks_queries and name not in call.implied):
                continue
            shape = mask.shape
            if name == "query_mask":
                shape = (*shape, 1)
            elif name != "attention_mask":
                shape = (*shape[:-1], 1, *shape[-1:])
            if name != "attention_mask" and mask.rank < 2:
                raise self.misfit(call, name, scores)
            masks.append((name, shape))
        if self.sliding_window is not None:
            masks.insert(0, ("sliding_window", steps))
        if call.arguments.get("use_causal_mask"):
            masks.insert(0, ("use_causal_mask", steps))
        joint: Shape = ()
        for name, shape in masks:
            joint = combined(joint, shape) or ()
            full = expanded(joint, len(scores), 2 * len(self.axes_of(query)))
            if full is None or not broadcasts(full, scores):
                raise self.misfit(call, name, scores)

    def misfit(self, call: Call, name: str, scores: Shape) -> Refusal:
        mask = call.arguments.get(name)
        if not isinstance(mask, Tensor):
            message = f"`{name}` compares axis 1 of query and value; that does not fit scores {text(scores)}"
            help = "use it where axis 1 alone attends: on (batch, steps, features), or with `attention_axes: 1`"
            return Refusal(ShapeDoesNotSuit, message, help=help)
        query, value, _ = self.tensors(call)
        batch = query.shape[0]
        wanted = {
            "attention_mask": (batch, *(dim for dim in scores[-2 * len(self.axes_of(query)) :])),
            "query_mask": (batch, query.shape[1]),
        }.get(name, (batch, value.shape[1]))
        message = f"`{name}` must have the shape {text(wanted)}; got {text(mask.shape)}"
        return Refusal(ShapeDoesNotSuit, message, help="give the mask the batch, and the steps that it is about")

    def weights(self, call: Call) -> tuple[Weight, ...]:
        query = call.x
        projected: list[Weight] = []
        for features, heads, size in self.projections(call):
            projected += with_bias(Weight("kernel", (features, heads, size)), (heads, size), self.use_bias)
        result = self.result_axes(query)
        return (*projected, *with_bias(Weight("kernel", (self.heads[0], self.sizes[1], *result)), result, self.use_bias))

    def projections(self, call: Call) -> tuple[tuple[int, int, int], ...]:
        """Features, heads and the width of a head, of query, key, gate and value."""
        query, value, key = (tensor.shape[-1] or 0 for tensor in self.tensors(call))
        (heads, shared), (size, value_size) = self.heads, self.sizes
        gate = ((query, heads, value_size),) if self.use_gate else ()
        return ((query, heads, size), (key, shared, size), *gate, (value, shared, value_size))

    def macs(self, call: Call, output: Tree) -> int | None:
        query, value, key = self.tensors(call)
        (heads, _), (size, value_size) = self.heads, self.sizes
        gate = (query,) if self.use_gate else ()
        projected = zip((query, key, *gate, value), self.projections(call), strict=True)
        parts = [prod((*tensor.shape[1:-1], *kernel)) for tensor, kernel in projected]
        back = prod((*query.shape[1:-1], heads, value_size, *self.result_axes(query)))
        return add(*parts, back, prod((*self.scores(call)[1:], size + value_size)))


def with_bias(kernel: Weight, shape: tuple[int, ...], use_bias: bool) -> tuple[Weight, ...]:
    """A kernel, with its bias if it has one."""
    return (kernel, Weight("bias", shape)) if use_bias else (kernel,)


def combined(first: Shape, second: Shape) -> Shape | None:
    """The shape of two masks combined; None if they do not broadcast, or the batch of one would meet another axis."""
    if not first:
        return second
    short, long = sorted((first, second), key=len)
    if len(short) < len(long) and short[0] is None:
        return None
    return broadcast(first, second)


def expanded(mask: Shape, rank: int, axes: int) -> Shape | None:
    """A mask's shape with axes of size 1 inserted before its steps, up to the rank of the scores; None if it lacks steps."""
    at = len(mask) - axes
    if at < 0 or (at == 0 and mask[0] is None):  # its first axis is the batch, and would meet the steps
        return None
    return (*mask[:at], *(1,) * (rank - len(mask)), *mask[at:])
