"""An input of images that is written channels first, and read channels last."""

from __future__ import annotations

from layerctl.analysis.design import Design
from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._receptive_field import channels_seem_first
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Input, Op
from layerctl.lint._rule import DesignRule


class ChannelsFirstImages(Code, id="LC519", severity="warning"):
    """An input that looks like images written channels first, read by a layer that takes them channels last.

    An input looks so if it has 1 to 4 values along the first axis and a square of at least 16 pixels along the others; 3
    values and sides of at least 28 pixels need not be square. A reader with an explicit `data_format` is not reported.

    Why:
        Keras takes images channels last: `[3, 224, 224]` are images 3 pixels high, with 224 channels. The model builds, and its
        kernels look along the wrong axes. keras.io, `Conv2D`: `data_format` is `channels_last` unless it is set.

    Example:
        ```yaml
        inputs: {image: [3, 224, 224]}
        layers:
          - Conv2D: {filters: 64, kernel_size: 3, padding: same, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 10, activation: softmax}
        ```

    Fix:
        Declare the input channels last, `[224, 224, 3]`, and give it such data; or set `data_format: channels_first` on each
        layer that has it.
    """


def check(design: Design, sink: Sink) -> None:
    read_as: dict[int, int] = {}
    for index, node in enumerate(design.nodes):
        if isinstance(node, Input) and len(node.shape) > 3 and _image(node.shape) is not None:
            read_as[index] = index
    reported: set[int] = set()
    for index, op, layer in design.calls() if read_as else ():
        before = design.before[index]
        source = read_as.get(before) if before is not None else None
        if source is None:
            continue
        reader = layer.step_layer or layer
        if reader.channels_first is not None and reader.channels_at(4) is not None:
            if source not in reported and "data_format" not in reader.model_fields_set:
                reported.add(source)
                _warn(design, source, op, sink)
        elif layer.elementwise or layer.is_identity or layer.affine:
            read_as[index] = source


RULE = DesignRule(
    check,
    of_class=lambda cls: cls.channels_first is not Layer.channels_first or cls.step_layer is not Layer.step_layer,
)


def _image(shape: Shape) -> Shape | None:
    """The images of an input, without the batch and the steps before them; None where they do not seem to be channels first."""
    return next((sample for sample in (shape[1:], shape[2:]) if channels_seem_first(sample)), None)


def _warn(design: Design, source: int, reader: Op, sink: Sink) -> None:
    node = design.nodes[source]
    assert isinstance(node, Input)
    image = _image(node.shape) or ()
    steps = node.shape[1 : len(node.shape) - len(image)]
    written = ", ".join("null" if dim is None else str(dim) for dim in (*steps, *image[1:], image[0]))
    message = f"`{node.name}` looks like images written channels first; `{reader.name}` reads {image[-1]} channels"
    help = (
        f"give `{node.name}` the shape [{written}], and such data; or set `data_format: channels_first` on each layer that has it"
    )
    related = (Related(reader.place, "this reads the last axis as the channels"),)
    sink.add(ChannelsFirstImages, node.place, message, help=help, related=related)
