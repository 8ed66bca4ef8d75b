"""A trace in pictures: histograms, feature maps, kernels, and what each unit of a Dense looks for in an image."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from layerctl.base.shapes import Tensor
from layerctl.graph.graph import Op, Ref
from layerctl.report.results.trace import TraceRecord, every_layer
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.trace import Seen
from layerctl.runtime.lettering import lettering

MOST = 64
"""At most this many panels are in one picture."""
SMALLEST = 4
"""Pixels along the shorter side of the smallest image that is drawn."""


def overview(record: TraceRecord) -> bytes:
    """The distribution of every layer's output: the middle half as a box, 90 % as a line."""
    rows = [(name, quantiles) for name, layer in every_layer(record.layers) if (quantiles := layer.output.quantiles)]
    figure = _figure(8, 1 + 0.28 * max(1, len(rows)))
    panel = figure.add_subplot(title=f"{record.model}: outputs of its layers")
    for place, (_, quantiles) in enumerate(rows):
        low, first, middle, third, high = (quantiles[key] for key in ("0.05", "0.25", "0.5", "0.75", "0.95"))
        panel.hlines(place, low, high, linewidth=1)
        panel.barh(place, third - first, left=first, height=0.5, alpha=0.5)
        panel.plot([middle], [place], "k|")
    panel.set_yticks(range(len(rows)), [name for name, _ in rows])
    panel.invert_yaxis()
    panel.grid(alpha=0.3)
    return _png(figure)


def of_layer(name: str, seen: Seen) -> Iterator[tuple[str, bytes]]:
    """The pictures of one call, each with the last word of its file's name."""
    yield "histograms", histograms(name, seen)
    values = seen.outputs[0]
    first = seen.step.op.layer is not None and seen.step.op.layer.channel_axis == 1
    if values.ndim == 4 and values.dtype.kind == "f":
        maps = np.moveaxis(values[0], 0 if first else -1, 0)
        if min(maps.shape[1:]) >= SMALLEST:
            yield "maps", images(f"{name}: feature maps of the first sample", list(maps), "viridis", shared=False)
    kernel = getattr(seen.layer, "kernel", None)
    if kernel is None:
        return
    weights = array(kernel)
    if weights.ndim == 4 and max(weights.shape[:2]) > 1:
        kernels = [_flat(weights[..., number]) for number in range(weights.shape[-1])]
        yield "kernels", images(f"{name}: kernels", kernels, "RdBu_r", shared=True)
    elif weights.ndim == 2 and (image := image_shape(seen)) is not None:
        units = [_flat(weights[:, unit].reshape(image)) for unit in range(min(MOST, weights.shape[1]))]
        yield "weights", images(f"{name}: weights of each unit on the image", units, "RdBu_r", shared=True)


def histograms(name: str, seen: Seen) -> bytes:
    """Output and weights, a panel each."""
    parts = [("output", seen.outputs[0])]
    parts += [(weight.name, array(weight)) for weight in getattr(seen.layer, "weights", ())]
    figure = _figure(4 * len(parts), 3)
    figure.suptitle(lettering(name))
    for number, (what, values) in enumerate(parts, 1):
        panel = figure.add_subplot(1, len(parts), number, title=f"{lettering(what)} {tuple(values.shape)}")
        flat = values.astype(np.float64).ravel() if values.dtype.kind in "fiub" else np.zeros(0)
        panel.hist(flat[np.isfinite(flat)], bins=50)
        panel.grid(alpha=0.3)
    return _png(figure)


def images(title: str, every: list[Array], colours: str, *, shared: bool) -> bytes:
    """Small images in a grid, with a `shared` scale from minus to plus the largest absolute value, or a scale each."""
    shown = every[:MOST]
    columns = math.ceil(math.sqrt(len(shown)))
    figure = _figure(1 + columns, 1 + math.ceil(len(shown) / columns))
    more = f" (the first {MOST} of {len(every)})" if len(every) > MOST else ""
    figure.suptitle(lettering(title) + more, fontsize="small")
    largest = max((float(np.abs(image).max()) for image in shown), default=1.0) or 1.0
    limits = {"vmin": -largest, "vmax": largest} if shared else {}
    for number, image in enumerate(shown, 1):
        panel = figure.add_subplot(math.ceil(len(shown) / columns), columns, number)
        panel.imshow(image, cmap=colours, **limits)
        panel.axis("off")
    return _png(figure)


def _flat(image: Array) -> Array:
    """An image or a filter (height, width, channels) with its channels averaged."""
    return image[..., 0] if image.shape[-1] == 1 else image.mean(axis=-1)


def image_shape(seen: Seen) -> tuple[int, int, int] | None:
    """The height, width and channels of the image that is a Dense layer's flattened input; None if it is not an image."""
    ref = seen.step.op.inputs
    if not isinstance(ref, Ref):
        return None
    node = seen.typed.graph.nodes[ref.node]
    if isinstance(node, Op) and node.layer is not None and node.layer.only_reshapes:
        tensor = seen.typed.tree(node.inputs)
        shape = tensor.shape[1:] if isinstance(tensor, Tensor) else ()
        image: tuple[int | None, ...] = (*shape, 1) if len(shape) == 2 else shape
    else:
        side = math.isqrt(seen.inputs[0].shape[-1])
        square = not isinstance(node, Op) and side * side == seen.inputs[0].shape[-1] and seen.inputs[0].ndim == 2
        image = (side, side, 1) if square else ()
    known = tuple(dim for dim in image if dim is not None)
    return known if len(image) == len(known) == 3 and min(known[:2]) >= SMALLEST else None


def _figure(width: float, height: float) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Any) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=90)
    return out.getvalue()
