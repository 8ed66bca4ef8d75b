"""A trace in pictures: histograms, feature maps, kernels, and what each unit of a Dense looks for in an image."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from layerctl.analysis.reached import channel_axes
from layerctl.base.shapes import Tensor
from layerctl.graph.graph import Op, Ref
from layerctl.report.flow import on_what
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
    """The distribution of every layer's output: the middle half as a box, 90 % as a line, and mean and deviation in numbers."""
    outputs = ((name, layer.output) for name, layer in every_layer(record.layers))
    rows = [(name, output, output.quantiles) for name, output in outputs if output.quantiles is not None]
    figure = _figure(9, 1.8 + 0.28 * max(1, len(rows)))
    title = lettering(f"{record.model}: outputs of its layers, {on_what(record)}")
    panel = figure.add_subplot(title=title, xlabel="value")
    labels = ("90 % of the values", "the middle half", "median") if rows else ()
    for place, (_, output, quantiles) in enumerate(rows):
        low, first, middle, third, high = (quantiles[key] for key in ("0.05", "0.25", "0.5", "0.75", "0.95"))
        panel.hlines(place, low, high, linewidth=1, color="C0")
        panel.barh(place, third - first, left=first, height=0.5, alpha=0.5, color="C0")
        panel.plot([middle], [place], "k|")
        words = f"mean {output.mean:.3g}, std {output.std:.3g}, {output.zeros:.0%} zeros"
        panel.annotate(words, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize="x-small")
    panel.set_yticks(range(len(rows)), [lettering(name) for name, *_ in rows])
    panel.invert_yaxis()
    panel.grid(alpha=0.3)
    if rows:
        handles = [panel.collections[0], panel.patches[0], panel.lines[0]]
        figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize="small")
    return _png(figure)


def of_layer(name: str, seen: Seen) -> Iterator[tuple[str, bytes]]:
    """The pictures of one call, each with the last word of its file's name."""
    yield "histograms", histograms(name, seen)
    values = seen.outputs[0]
    if values.ndim == 4 and values.dtype.kind == "f":
        maps = np.moveaxis(values[0], seen.channels - 1, 0)
        if min(maps.shape[1:]) >= SMALLEST:
            title = f"{name}: feature maps of the first sample, each from its least value (dark) to its largest"
            yield "maps", images(title, list(maps), "viridis", shared=False)
    kernel = getattr(seen.layer, "kernel", None)
    if kernel is None:
        return
    weights = array(kernel)
    if weights.ndim == 4 and max(weights.shape[:2]) > 1:
        kernels, of = _kernels(seen, weights)
        mean = f", each the mean over its {of} input channels" if of > 1 else ""
        yield "kernels", images(f"{name}: kernels{mean}", kernels, "RdBu_r", shared=True)
    elif weights.ndim == 2 and (flattened := _flattened(seen)) is not None:
        units = [_flat(flattened.image(weights[:, unit])) for unit in range(weights.shape[1])]
        of = flattened.shape[flattened.channels]
        mean = f", each the mean over {of} channels" if of > 1 else ""
        yield "weights", images(f"{name}: weights of each unit on the image{mean}", units, "RdBu_r", shared=True)


def _kernels(seen: Seen, weights: Array) -> tuple[list[Array], int]:
    """A picture for each output channel, and the number of input channels that it is the mean of."""
    height, width, first, second = weights.shape
    layer = seen.step.op.layer
    assert layer is not None
    if not layer.moves_window:  # transposed: (height, width, filters, channels)
        return [_flat(weights[:, :, number]) for number in range(first)], second
    if second != seen.outputs[0].shape[seen.channels]:  # depthwise: one kernel or several for each channel
        return list(np.moveaxis(weights.reshape(height, width, first * second), -1, 0)), 1
    return [_flat(weights[..., number]) for number in range(second)], first


def histograms(name: str, seen: Seen) -> bytes:
    """Output and weights, a panel each, with their figures."""
    parts = [("output", seen.outputs[0])]
    parts += [(weight.name, array(weight)) for weight in getattr(seen.layer, "weights", ())]
    figure = _figure(4 * len(parts), 3.4)
    figure.suptitle(lettering(name))
    for number, (what, values) in enumerate(parts, 1):
        title = f"{lettering(what)} {tuple(values.shape)}"
        panel = figure.add_subplot(1, len(parts), number, title=title, xlabel="value", ylabel="number of values")
        panel.hist(_finite(values), bins=50)
        panel.grid(alpha=0.3)
        box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 2}
        panel.text(0.98, 0.97, _figures(values), transform=panel.transAxes, ha="right", va="top", fontsize="x-small", bbox=box)
    return _png(figure)


def _finite(values: Array) -> Array:
    flat = values.astype(np.float64).ravel() if values.dtype.kind in "fiub" else np.zeros(0)
    return flat[np.isfinite(flat)]


def _figures(values: Array) -> str:
    finite = _finite(values)
    if not finite.size:
        return "no numbers"
    lines = [f"mean {finite.mean():.3g}", f"std {finite.std():.3g}", f"{finite.min():.3g} … {finite.max():.3g}"]
    return "\n".join([*lines, f"{np.mean(finite == 0):.0%} zeros"])


def images(title: str, every: list[Array], colours: str, *, shared: bool) -> bytes:
    """Small numbered images in a grid, with a `shared` scale from minus to plus the largest absolute value, or a scale each."""
    shown = every[:MOST]
    columns = math.ceil(math.sqrt(len(shown)))
    rows = math.ceil(len(shown) / columns)
    more = f" (the first {MOST} of {len(every)})" if len(every) > MOST else ""
    lines = textwrap.wrap(lettering(title) + more, 30 + 14 * columns)
    width, height, above = max(4, 1 + 1.2 * columns), 0.6 + 0.2 * len(lines) + 1.3 * rows, 0.3 + 0.2 * len(lines)
    figure = _figure(width, height, layout="none")  # a layout that fits all panels takes seconds
    figure.suptitle("\n".join(lines), fontsize="small", y=1 - 0.1 / height, va="top")
    right = 1 - (0.9 if shared else 0.1) / width
    figure.subplots_adjust(left=0.1 / width, right=right, top=1 - above / height, bottom=0.1 / height, hspace=0.25, wspace=0.1)
    largest = max((float(np.abs(image).max()) for image in shown), default=1.0) or 1.0
    limits = {"vmin": -largest, "vmax": largest} if shared else {}
    for number, image in enumerate(shown):
        panel = figure.add_subplot(rows, columns, number + 1)
        drawn = panel.imshow(image, cmap=colours, **limits)
        own = "" if shared else f": {image.min():.2g} … {image.max():.2g}"
        panel.set_title(f"{number}{own}", fontsize="xx-small", pad=2)
        panel.axis("off")
    if shared:
        place = figure.add_axes((right + 0.15 / width, 0.3 / height, 0.12 / width, 1 - (above + 0.5) / height))
        figure.colorbar(drawn, cax=place).ax.tick_params(labelsize="x-small")
    return _png(figure)


def _flat(image: Array) -> Array:
    """An image or a filter (height, width, channels) with its channels averaged."""
    return image[..., 0] if image.shape[-1] == 1 else image.mean(axis=-1)


class _Flattened(NamedTuple):
    """An image that a Dense layer gets flattened: its shape, and the axis of its channels in that."""

    shape: tuple[int, int, int]
    channels: int

    def image(self, values: Array) -> Array:
        """Flat values as (height, width, channels)."""
        return np.moveaxis(values.reshape(self.shape), self.channels, -1)


def _flattened(seen: Seen) -> _Flattened | None:
    """The image that is a layer's flattened input; None if it is not an image."""
    ref = seen.step.op.inputs
    if not isinstance(ref, Ref):
        return None
    node, channels = seen.typed.graph.nodes[ref.node], 2
    if isinstance(node, Op) and node.layer is not None and node.layer.only_reshapes:
        tensor = seen.typed.tree(node.inputs)
        shape = tensor.shape[1:] if isinstance(tensor, Tensor) else ()
        image: tuple[int | None, ...] = (*shape, 1) if len(shape) == 2 else shape
        if len(shape) == 3 and isinstance(node.inputs, Ref) and not node.inputs.path:
            channels = channel_axes(seen.typed).get(node.inputs.node, 3) - 1
    else:
        side = math.isqrt(seen.inputs[0].shape[-1])
        square = not isinstance(node, Op) and side * side == seen.inputs[0].shape[-1] and seen.inputs[0].ndim == 2
        image = (side, side, 1) if square else ()
    known = tuple(dim for dim in image if dim is not None)
    sides = [dim for axis, dim in enumerate(known) if axis != channels]
    return _Flattened(known, channels) if len(image) == len(known) == 3 and min(sides) >= SMALLEST else None


def _figure(width: float, height: float, layout: str = "constrained") -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Any) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=90)
    return out.getvalue()
