"""Paths that cannot be joined because one of them has lost some positions on its way."""

from __future__ import annotations

from itertools import chain

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.diagnostics import Advice
from layerctl.graph.infer.line_edits import listed, with_argument
from layerctl.graph.infer.search import Change, Search

MOST_STRIDES, MOST_FACTOR = 7, 256
"""Products of at most so many strides, up to this size, are tried as factors of an input's sizes."""


def uneven(search: Search) -> Advice | None:
    """Paths of different sizes because a pooling or a stride has cut a size that it does not divide."""
    every = differing(search)
    for axes in (every, every[:-1], every[1:]) if every else ():  # the channels may differ, behind or in front
        for index, node in search.inputs():
            if not axes or len(node.shape) <= max(axes) or any(node.shape[axis] is None for axis in axes):
                continue
            for factor in factors(search):
                shapes = [rounded(node.shape, axes, factor, steps) for steps in (0, 1, 2)]
                if not all(0 not in shape and search.accepts_input(index, shape) for shape in shapes):
                    continue
                words = (
                    f"give `{node.name}` sizes divisible by {factor}, such as {listed(shapes[0][1:])} or {listed(shapes[1][1:])}"
                )
                rank = len(node.shape) - 2
                return Advice(
                    f"{culprit(search)}{words}, or bring the paths to one size with ZeroPadding{rank}D or Cropping{rank}D"
                )
    return None


def differing(search: Search) -> list[int]:
    """The axes along which the tensors to be joined differ; empty where they have no axes but the features."""
    shapes = [tensor.shape for ref in search.op.refs() if isinstance(tensor := search.inferred.tree(ref), Tensor)]
    if len(shapes) < 2 or len({len(shape) for shape in shapes}) > 1 or len(shapes[0]) < 3:
        return []
    return [axis for axis in range(1, len(shapes[0])) if len({shape[axis] for shape in shapes} - {None}) > 1]


def rounded(shape: Shape, axes: list[int], factor: int, steps: int) -> Shape:
    """The shape with multiples of a factor along some axes: those at or below its sizes, or so many steps further up."""
    return tuple(
        (dim // factor + steps - (steps > 0 and dim % factor == 0)) * factor if axis in axes and dim else dim
        for axis, dim in enumerate(shape)
    )


def factors(search: Search) -> list[int]:
    """The numbers by which the layers before the call may divide a size: products of their strides."""
    strides = {slide.stride for _, _, slides in search.windows() for slide in slides}
    products = {1}
    for _ in range(MOST_STRIDES):
        products |= {product * stride for product in products for stride in strides if product * stride <= MOST_FACTOR}
    return sorted(products - {1})


def culprit(search: Search) -> str:
    """The first layer that has cut a size that it does not divide: "`pool` makes 89 of 179: "."""
    for index, given, slides in reversed(list(search.windows())):
        made = search.inferred.typed[index].output
        if isinstance(made, Tensor) and any(slide.dim is not None and slide.dim % slide.stride for slide in slides):
            return f"`{search.nodes[index].name}` makes {text(made.shape)} of {text(given.shape)}, which is no even part: "
    return ""


def cut_edges(search: Search) -> Advice | None:
    """Paths of different sizes because convolutions have cut the edges off."""
    same = {index: layer.with_same_size for index, _, layer in search.calls() if layer.with_same_size is not None}
    if not differing(search) or not same or not search.accepts(Change(layers=same)):
        return None
    names = ", ".join(f"`{search.nodes[index].name}`" for index in sorted(same)[:4])
    words = (
        f"a convolution without padding cuts the edges off: give {names} `padding: same`, or bring the paths to one size with "
    )
    places = {search.nodes[index].place: search.layer(index) for index in same}
    edits = [
        with_argument(place, layer.spec_name(), layer.first_argument(), "padding", "same") for place, layer in places.items()
    ]
    return Advice(words + "Cropping or ZeroPadding", edits=tuple(chain(*edits)) if all(edits) else ())
