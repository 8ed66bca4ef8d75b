"""Shapes in the form of other programs: `28x28x1`, `(28, 28, 1)`, with the batch, or without the input's name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from layerctl.base.shapes import Shape
from layerctl.diagnostics import Advice
from layerctl.language.bind.edits import as_flow, flow
from layerctl.language.bind.mending import NOTHING
from layerctl.language.bind.words import sizes
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence

IMAGES = 4
"""A shape of so many sizes, the first of them unknown, is that of a batch of images."""
LABELS = ("name", "type", "class_name")
"""Keys under which other programs put the name or the class of an input."""


def shape_of(value: Any) -> Shape | None:
    """The shape that is meant, without the batch; None where none can be read."""
    if isinstance(value, str):
        shape = sizes(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        shape = (value,)
    elif isinstance(value, tuple):
        parts = [sizes(part) if isinstance(part, str) and part.lower() not in NOTHING else (part,) for part in value]
        if any(part is None for part in parts):
            return None
        shape = tuple(None if isinstance(dim, str) else dim for part in parts if part is not None for dim in part)
    else:
        return None
    if shape is None or any(isinstance(dim, bool) or not isinstance(dim, int | None) for dim in shape):
        return None
    shape = tuple(None if dim == -1 else dim for dim in shape)
    if any(dim is not None and dim < 1 for dim in shape):
        return None
    return shape[1:] if len(shape) >= IMAGES and shape[0] is None else shape


def listed(name: str, node: Node, value: Any) -> Advice:
    """Advice on a shape that is no list of sizes."""
    shape = shape_of(value)
    if shape is None:
        return Advice(f"write `{name}: [8]`, for example; a scalar input has the shape `[]`")
    words = f"write `{name}: {flow(shape)}`"
    if isinstance(value, int):
        words += "; a scalar input has the shape `[]`"
    return Advice(words, flow(shape) if isinstance(node, Scalar | Sequence) else None)


def named(node: Node, value: Any, keys: Collection[str]) -> Advice:
    """Advice on inputs without names: a single shape, a list of them, or the keys of one input."""
    shape = shape_of(value)
    if shape is not None:
        written = f"{{{'image' if len(shape) > 2 else 'x'}: {flow(shape)}}}"
    elif isinstance(node, Mapping):
        written = f"{{{_input(node, keys)}}}"
    elif isinstance(node, Sequence) and node.items and all(isinstance(item, Mapping) for item in node.items):
        written = f"{{{', '.join(_input(item, keys) for item in node.items if isinstance(item, Mapping))}}}"
    else:
        parts = value if isinstance(value, list | tuple | dict) else (value,)
        names = [part for part in parts if isinstance(part, str)]
        return Advice(f"give each a shape: `inputs: {{{', '.join(f'{name}: [8]' for name in names) or 'x: [8]'}}}`")
    return Advice(f"write `inputs: {written}`: each input has a name", None if node.span.text.count("\n") > 1 else written)


def lacks_name(node: Mapping, keys: Collection[str]) -> bool:
    """Whether a mapping holds the keys of one input, without its name or with it under a key: `{shape: [8], dtype: int32}`."""
    labels = {key for key in LABELS if key in node.entries and _is_label(node.entries[key].value)}
    return "shape" in node.entries and len(node.entries) > 1 and node.entries.keys() - labels <= set(keys)


def _is_label(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str) and "$" not in node.value


def _input(node: Mapping, keys: Collection[str]) -> str:
    """The entry of an input that a mapping describes: `{name: image, shape: [28, 28, 1]}` is `image: [28, 28, 1]`."""
    if not lacks_name(node, keys):
        return as_flow(node)[1:-1]
    name = as_flow(node.entries["name"].value) if "name" in node.entries else "x"
    rest = {key: entry for key, entry in node.entries.items() if key not in LABELS}
    shape = as_flow(rest["shape"].value)
    return f"{name}: {shape if len(rest) == 1 else as_flow(Mapping(node.source, node.start, node.end, rest))}"
