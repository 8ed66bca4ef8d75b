"""The section `inputs`: name → shape, or → `{shape, dtype, batch_size}`."""

from typing import Annotated

from pydantic import Field, PositiveInt

from layerctl.base.model import Model
from layerctl.base.shapes import Dtype
from layerctl.catalog import Says
from layerctl.language.bind import FAILED, Binder, WrongType, WrongValue, shown
from layerctl.language.syntax import Entry, Mapping, Node

Dimension = PositiveInt | None


class InputSpec(Model):
    """One input."""

    shape: Annotated[tuple[Dimension, ...], Says("a list of positive integers or `null`, without the batch dimension")] = Field(
        description="without the batch dimension; `null` is an unknown dimension."
    )
    dtype: Dtype = Field("float32", description="of its values.")
    batch_size: PositiveInt | None = Field(None, description="where the batch has one fixed size.")


def bind_inputs(binder: Binder, node: Node) -> dict[str, InputSpec | None]:
    """The inputs by name; None for one with a mistake. Empty where the section itself is wrong."""
    if not isinstance(node, Mapping) or _lack_names(node):
        from layerctl.language.spec.written_shapes import named

        if (value := binder.plain(node)) is not FAILED:
            advice = named(node, value, InputSpec.model_fields)
            binder.sink.add(WrongType, node.span, "`inputs` takes a mapping of names to shapes", help=advice)
        return {}
    if not node.entries and node.whole:
        help = "write `inputs: {x: [784]}`"
        binder.sink.add(WrongValue, node.span, "`inputs` is empty; a model has at least one input", help=help)
    return {name: _bind_input(binder, name, entry) for name, entry in node.entries.items()}


def _lack_names(node: Mapping) -> bool:
    if "shape" not in node.entries:
        return False
    from layerctl.language.spec.written_shapes import lacks_name

    return lacks_name(node, InputSpec.model_fields)


def _bind_input(binder: Binder, name: str, entry: Entry) -> InputSpec | None:
    node = entry.value
    if isinstance(node, Mapping):
        entries = node.entries
    else:
        value = binder.plain(node)
        if value is FAILED:
            return None
        if not isinstance(value, tuple) or any(isinstance(part, str) for part in value):
            from layerctl.language.spec.written_shapes import listed

            what = "a shape is a list" if not isinstance(value, tuple) else "a shape is a list of positive integers or `null`"
            binder.sink.add(WrongType, node.span, f"{what}; got {shown(value)}", help=listed(name, node, value))
            return None
        entries = {"shape": Entry(entry.key, node)}
    bound = binder.model(InputSpec, entries, entry.key.span, what=f"the input `{name}`")
    assert bound is None or isinstance(bound, InputSpec)
    return bound
