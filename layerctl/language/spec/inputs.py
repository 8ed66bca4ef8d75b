"""The section `inputs`: name → shape, or → `{shape, dtype, batch_size}`."""

from typing import Annotated

from pydantic import Field, PositiveInt

from layerctl.base.model import Model
from layerctl.base.shapes import Dtype
from layerctl.catalog import Says
from layerctl.language.bind import FAILED, Binder, WrongType, WrongValue, shown
from layerctl.language.syntax import Entry, Mapping, Node, Scalar

Dimension = PositiveInt | None
LABELS = ("name", "type", "class_name")
"""Keys under which other programs put the name or the class of an input."""


class InputSpec(Model):
    """One input."""

    shape: Annotated[tuple[Dimension, ...], Says("a list of positive integers or `null`, without the batch dimension")] = Field(
        description="without the batch dimension; `null` is an unknown dimension."
    )
    dtype: Dtype = Field("float32", description="of its values.")
    batch_size: PositiveInt | None = Field(None, description="where the batch has one fixed size.")


def bind_inputs(binder: Binder, node: Node) -> dict[str, InputSpec | None]:
    """The inputs by name; None for one with a mistake. Empty where the section itself is wrong."""
    if not isinstance(node, Mapping) or lacks_names(node):
        from layerctl.language.spec.written_shapes import named

        if (value := binder.plain(node)) is not FAILED:
            binder.sink.add(WrongType, node.span, "`inputs` takes a mapping of names to shapes", help=named(node, value))
        return {}
    if not node.entries and node.whole:
        help = "write `inputs: {x: [784]}`"
        binder.sink.add(WrongValue, node.span, "`inputs` is empty; a model has at least one input", help=help)
    return {name: _bind_input(binder, name, entry) for name, entry in node.entries.items()}


def lacks_names(node: Mapping) -> bool:
    """Whether a mapping holds the keys of one input, without its name or with it under a key: `{shape: [8], dtype: int32}`."""
    labels = {key for key in LABELS if key in node.entries and _is_label(node.entries[key].value)}
    return "shape" in node.entries and len(node.entries) > 1 and node.entries.keys() - labels <= InputSpec.model_fields.keys()


def _is_label(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str) and "$" not in node.value


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
