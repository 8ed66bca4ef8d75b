"""A convolution or pooling with a single pixel as its input."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.diagnostics import Code, Sink
from layerctl.lint._rule import DesignRule


class OnePixel(Code, id="LC511", severity="warning"):
    """A convolution or pooling with a window of more than one pixel or step, on an input of a single one.

    A convolution with a 1×1 kernel there is a Dense layer, as in squeeze-and-excitation, and is not reported.

    Why:
        With padding the window covers one value and zeros: most of the kernel has no effect, and a pooling changes nothing.
        Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), shows what padding adds.

    Example:
        ```yaml
        inputs: {image: [2, 2, 8]}
        layers:
          - MaxPooling2D: 2
          - Conv2D: {filters: 16, kernel_size: 3, padding: same, activation: relu}
        ```

    Fix:
        Use fewer poolings or strides before it, or larger images; or Flatten and Dense from there on.
    """


def check(design: Design, sink: Sink) -> None:
    for op, slides in design.windows:
        if all(slide.dim == 1 for slide in slides) and any(slide.window > 1 for slide in slides):
            window = "×".join(str(slide.window) for slide in slides)
            unit = "step" if len(slides) == 1 else "pixel"
            message = f"`{op.name}` moves a window of {window} over a single {unit}"
            help = "use fewer poolings or strides before it, or larger inputs; or go on with Flatten and Dense"
            design.warn(sink, OnePixel, op, message, help=help)


RULE = DesignRule(check, of_class=lambda cls: cls.moves_window)
