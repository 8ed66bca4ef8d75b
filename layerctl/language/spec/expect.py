"""The section `expect`: what must hold of the model, enforced by `check`."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from layerctl.base import numbers
from layerctl.base.model import Model
from layerctl.catalog import Says
from layerctl.diagnostics import Advice, Edit
from layerctl.language.bind import FAILED, Binder, Section, WrongType, WrongValue, shown
from layerctl.language.syntax import Mapping, Node, Scalar


def amount(value: object) -> int:
    """A count: an integer, or text such as `300k`, `1.5M`, `2MiB`."""
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        if value < 0:
            raise ValueError
        return int(value)
    if not isinstance(value, str):
        raise ValueError
    return numbers.amount(value)


AMOUNT_WORDS = "a count such as 1000, 300k, 1.5M or 2MiB"
Amount = Annotated[int, BeforeValidator(amount), Says(AMOUNT_WORDS)]


class Range(Model):
    """Limits, both inclusive."""

    min: Amount | None = Field(None, description="at least.")
    max: Amount | None = Field(None, description="at most.")

    def allows(self, value: int) -> bool:
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)

    def words(self) -> str:
        if self.min == self.max:
            return f"{self.min:,}"
        limits = [f"at least {self.min:,}"] if self.min is not None else []
        limits += [f"at most {self.max:,}"] if self.max is not None else []
        return " and ".join(limits)


def _bind_range(binder: Binder, node: Node) -> Any:
    if isinstance(node, Mapping):
        bound = binder.model(Range, node.entries, node.span, what="the expectation")
        return FAILED if bound is None or not _in_order(binder, bound, node) else bound
    value = binder.plain(node)
    if value is FAILED:
        return FAILED
    try:
        exact = amount(value)
    except ValueError:
        from layerctl.language.spec.written_amounts import limits_meant

        message = f"expected {AMOUNT_WORDS}, or a mapping with `min` or `max`; got {shown(value)}"
        near = limits_meant(value, amount)
        help = Advice(f"write `{near}`", near) if near is not None else "write a number, or `{max: 300k}` for a limit"
        binder.sink.add(WrongType, node.span, message, help=help)
        return FAILED
    return Range.model_construct(min=exact, max=exact)


def _in_order(binder: Binder, bound: Any, node: Mapping) -> bool:
    """Whether the least is no more than the most; reported where not."""
    if bound.min is None or bound.max is None or bound.min <= bound.max:
        return True
    least, most = node.entries["min"].value, node.entries["max"].value
    edits = (Edit(least.span, most.span.text.rstrip()), Edit(most.span, least.span.text.rstrip()))
    message = f"no model has at least {bound.min:,} and at most {bound.max:,}"
    binder.sink.add(WrongValue, least.span, message, help=Advice("exchange `min` and `max`", edits=edits))
    return False


def _bind_shapes(binder: Binder, node: Node) -> Any:
    """The shapes by reference; those with a mistake are left out."""
    if not isinstance(node, Mapping):
        help = "write `shapes: {flatten: [1600]}`"
        binder.sink.add(WrongType, node.span, "`shapes` takes a mapping of names to shapes", help=help)
        return FAILED
    shapes: dict[str, tuple[int | None, ...]] = {}
    for name, entry in node.entries.items():
        value = binder.plain(entry.value)
        if value is FAILED:
            continue
        if not isinstance(value, tuple) or not all(dim is None or (type(dim) is int and dim > 0) for dim in value):
            message = f"expected a shape, a list without the batch dimension; got {shown(value)}"
            dims = value if type(value) is int and value > 0 else "28, 28, 1"
            binder.sink.add(WrongType, entry.value.span, message, help=f"write `{name}: [{dims}]`")
            continue
        shapes[name] = value
    return shapes


Limits = Annotated[Any, Section(_bind_range), Says(f"{AMOUNT_WORDS}, or a mapping with `min` or `max`")]


class Expect(Model):
    """Assertions about the model."""

    params: Limits = Field(None, description="the number of weights.")
    trainable_params: Limits = Field(None, description="the number of weights that training changes.")
    macs: Limits = Field(None, description="multiply-accumulates of one forward pass of one sample.")
    weight_memory: Limits = Field(None, description="bytes of all weights.")
    shapes: Annotated[Any, Section(_bind_shapes)] = Field(None, description="output shapes by name, without the batch dimension.")


def bind_expect(binder: Binder, node: Node) -> Any:
    """The section, without the entries that hold a mistake; these are reported."""
    if isinstance(node, Scalar) and node.value is None:
        return None
    if not isinstance(node, Mapping):
        binder.sink.add(WrongType, node.span, "`expect` takes a mapping", help="write `expect: {params: {max: 300k}}`")
        return FAILED
    return binder.partial(Expect, node.entries, node.span, what="`expect`")[0]
