"""A stride larger than the window, which skips values."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.catalog.layers._base import Slide
from layerctl.diagnostics import Code, Sink
from layerctl.lint._rule import DesignRule


class SkippedPixels(Code, id="LC513", severity="warning"):
    """A convolution or pooling whose stride is larger than its window.

    A window of 1 with a stride, as on the shortcut of a residual network, samples pixels on purpose, and is not reported.

    Why:
        The pixels between two positions of the window are never used; their information is lost. Dumoulin and Visin, "A guide to
        convolution arithmetic for deep learning" (2016), section 2.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 2, strides: 3, activation: relu}
        ```

    Fix:
        Use a stride of at most the window's size, or a larger window.
    """


def check(design: Design, sink: Sink) -> None:
    for op, slides in design.windows:
        slide = next(filter(_skips, slides), None)
        if slide is not None:
            unit = "steps" if len(slides) == 1 else "pixels"
            message = f"`{op.name}` moves a window of {slide.window} by {slide.stride}: {slide.stride - slide.window} "
            message += f"of every {slide.stride} {unit} along the axis are never looked at"
            help = f"use `strides: {slide.window}` or less, or a window of {slide.stride}"
            design.warn(sink, SkippedPixels, op, message, help=help)


RULE = DesignRule(check, of_class=lambda cls: cls.moves_window)


def _skips(slide: Slide) -> bool:
    return slide.stride > slide.window > 1 and (slide.dim is None or slide.dim > slide.window)
