"""The base class of Attention and AdditiveAttention: scores of queries and keys, and the sum of values weighted by them."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from layerctl.base.shapes import Shape, Tensor, broadcast, prod, same, text
from layerctl.catalog import Rate, Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Reach, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype, WrongRank
from layerctl.catalog.layers._masks import broadcasts, checked_mask
from layerctl.catalog.layers._receptive_field import along

NAMES = ("query", "value", "key")


def attending(
    part: int | str, shapes: Mapping[int | str, Shape], axes: tuple[int, ...], names: tuple[str, ...], *, some: bool
) -> Reach:
    """The reach of attention along some axes: of the query its own steps, of value and key all steps.

    Args:
        part: as in `reach_of`.
        shapes: likewise.
        axes: the axes of the steps.
        names: the arguments of the call that are query, value and key, in their order.
        some: whether a query attends to some of the steps only.
    """
    name = names[part] if isinstance(part, int) and part < len(names) else part
    shape = shapes[part]
    if name == names[0]:
        return along(shape, (-1,))
    if name not in names:
        return None
    steps = tuple(axis % len(shape) for axis in axes)
    reads = along(shape, (-1, *steps))
    return tuple(read._replace(among=steps) if some and axis in steps else read for axis, read in enumerate(reads, 1))


class Attending(Layer):
    """A layer that is called on a list of query and value, and perhaps the key, (batch, …, steps, width) each.

    Call arguments: `inputs`, a list [query, value] or [query, value, key]; without a key the value is the key. `mask`, a list
    [query mask, value mask] of (batch, steps), true where a step counts; `use_causal_mask`, whether a query attends only to
    values up to its own step; `return_attention_scores`; `training`.

    Input shape: query (batch, query steps, width), value (batch, value steps, value width), key (batch, value steps, width); each
    may have the same further axes after the batch.

    Output shape: (batch, query steps, value width); with `return_attention_scores` a list: this, then the weights on the values,
    (batch, query steps, value steps).

    MACs: query steps × value steps × (width + value width): the scores, then the weighted sum.
    """

    category = "attention"
    input_kind = "list"
    without_effect = ("dropout", "flash_attention")
    call_arguments = ("inputs", "mask", "training", "return_attention_scores", "use_causal_mask")
    masks = "passes"
    stricter = {
        "widths": "Query and key of different widths are refused, even if one has a single feature, which Keras broadcasts where "
        "it adds the two.",
        "keys and values": "A single key for several values is refused, though Keras can broadcast it with a mask.",
        "dropout": "A dropout rate outside 0 … 1 is refused; Keras does not check.",
        "no steps": "Inputs without an axis of steps are refused: single values would attend to each other.",
    }

    use_scale: bool = Field(False, description="whether the scores are multiplied by a learned weight.")
    dropout: Rate = Field(0.0, description="the share of the attention weights that is dropped in training.")
    seed: Seed | None = Field(None, description="makes the dropout repeatable.")

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        return attending(part, shapes, (-2,), NAMES, some=bool(literals.get("use_causal_mask")))

    @property
    def adds(self) -> bool:
        """Whether query and key are added instead of multiplied."""
        return True

    def output(self, call: Call) -> Tree:
        query, value, key = self.tensors(call)
        name = self.keras_name()
        if not same(query.shape[-1], key.shape[-1]):
            of = "key" if len(call.xs) == 3 else "value, which is the key too,"
            message = f"{name} compares query and key, which must be equally wide; the query {text(query.shape)} has "
            message += f"{query.shape[-1]} features, the {of} {text(key.shape)} has {key.shape[-1]}"
            help = f"bring both to one width, such as with `Dense: {query.shape[-1]}`, or use MultiHeadAttention"
            raise Refusal(ShapeDoesNotSuit, message, label="of unlike width", help=help)
        if not same(value.shape[-2], key.shape[-2]):
            message = f"each key needs its value; the value {text(value.shape)} has {value.shape[-2]} steps, "
            message += f"the key {text(key.shape)} has {key.shape[-2]}"
            raise Refusal(ShapeDoesNotSuit, message, help="give value and key the same number of steps")
        if self.adds and query.dtype == key.dtype == "bool":
            checks.numeric(query, name, booleans=False)
        if self.adds and query.dtype != key.dtype:
            message = f"{name} adds query and key, which must be of one dtype; they are {query.dtype} and {key.dtype}"
            raise Refusal(WrongDtype, message, help="cast one of them first with `ops.cast`")
        self.check_masks(call)
        result = call.result((*query.shape[:-1], value.shape[-1]))
        if not call.arguments.get("return_attention_scores"):
            return result
        return result, call.result(self.scores(call))

    def tensors(self, call: Call) -> tuple[Tensor, Tensor, Tensor]:
        """Query, value and key; the key is the value by default."""
        inputs, name = call.xs, self.keras_name()
        if not 2 <= len(inputs) <= 3:
            message = f"{name} is called on a list [query, value] or [query, value, key]; got {len(inputs)} tensor"
            help = "write `inputs: [query, value]`; for self-attention the same name twice"
            raise Refusal(ShapeDoesNotSuit, message + "s" * (len(inputs) != 1), help=help)
        query, *others = inputs
        for part, tensor in zip(NAMES, inputs, strict=False):
            checks.numeric(tensor, name)
            if tensor.rank < 3 or tensor.rank != query.rank:
                wanted = f"rank {query.rank}, as the query has it" if query.rank > 2 else "rank 3, (batch, steps, features)"
                message = f"expected a {part} of {wanted}; got rank {tensor.rank}, {text(tensor.shape)}"
                help = "give all inputs the axes (batch, steps, features)"
                raise Refusal(WrongRank, message, label=f"got {text(tensor.shape)}", help=help)
            if not broadcasts(tensor.shape[:-2], query.shape[:-2]):
                message = f"the {part} {text(tensor.shape)} and the query {text(query.shape)} differ in the axes before the steps"
                raise Refusal(ShapeDoesNotSuit, message, help="bring both to the same batch and the same leading axes")
        return query, others[0], others[-1]

    def scores(self, call: Call) -> Shape:
        """The shape of the scores: one for each query and key."""
        query, _, key = self.tensors(call)
        return (*query.shape[:-1], key.shape[-2])

    def check_masks(self, call: Call) -> None:
        """Checks the masks: a list of one for the queries, one for the values, and one for the keys, which Keras ignores."""
        masks: Any = call.arguments.get("mask")
        if masks is None:
            return
        if isinstance(masks, Tensor) or not isinstance(masks, tuple) or not 2 <= len(masks) <= 3:
            message = "`mask` takes a list [query mask, value mask]"
            raise Refusal(WrongDtype, message, help="write `inputs: {inputs: [query, value], mask: [query_mask, value_mask]}`")
        of_query, of_value = (None if mask is None else checked_mask(mask, "mask").shape for mask in masks[:2])
        scores = self.scores(call)
        if of_query is not None and not broadcasts((*of_query, 1), (*scores[:-1], None)):
            raise self.misfit("query", of_query, scores[:-1])
        wanted = (*scores[:-2], scores[-1])
        if of_value is None:
            return
        combined: Shape | None = of_value
        if call.arguments.get("use_causal_mask"):
            combined = broadcast((*of_value[:-1], 1, of_value[-1]), (1, *scores[-2:])) if of_value else None
        elif len(of_value) == 2:
            combined = (of_value[0], 1, of_value[1])
        if combined is None or not broadcasts(combined, scores):
            raise self.misfit("value", of_value, wanted)

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return input_mask[0] if isinstance(input_mask, tuple) and not isinstance(input_mask, Tensor) else None

    @staticmethod
    def misfit(part: str, mask: Shape, wanted: Shape) -> Refusal:
        message = f"expected a mask of the {part} of shape {text(wanted)}, a value for each step; got {text(mask)}"
        return Refusal(ShapeDoesNotSuit, message, help=f"give the mask the batch and the steps of the {part}")

    def macs(self, call: Call, output: Tree) -> int | None:
        query, value, _ = self.tensors(call)
        widths = (query.shape[-1], value.shape[-1])
        if None in widths:
            return None
        return prod((*self.scores(call)[1:], sum(width or 0 for width in widths)))
