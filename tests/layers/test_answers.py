"""What layers say of themselves beside shapes and weights, where it is not as plain as their category."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from layerctl.catalog.layers._base import Layer
from layerctl.graph.graph import Op
from layerctl.rewrite.model_steps import Steps
from tests.layers.single import compiled

VECTOR = [8]
IMAGE = [6, 5, 4]
TWO = {"x": [4, 6], "y": [4, 6]}
BOTH = "inputs: [x, y]"


def layer(item: str, inputs: Any = VECTOR) -> Layer:
    """The layer of a spec of one item."""
    model = compiled(item, inputs).model
    assert model is not None
    node = model.graph.nodes[-1]
    assert isinstance(node, Op)
    assert node.layer is not None
    return node.layer


class Silent(Layer):
    """A layer that says nothing."""

    category: ClassVar[str] = "test"


def test_of_a_layer_that_says_nothing_nothing_is_known() -> None:
    silent = Silent.model_construct()
    assert silent.reach((None, 8, 8, 3)) is None
    assert silent.final_activation is silent.origin((None, 8), (0,)) is silent.product((None, 8)) is None
    assert silent.masks == "drops"
    assert silent.may_sum_values
    assert not any((silent.elementwise, silent.rowwise, silent.keeps_values, silent.linear, silent.affine, silent.is_matrix))


WORKS_ON: dict[str, tuple[str, Any, dict[str, bool]]] = {
    "dropout": ("Dropout: 0.5", VECTOR, {"elementwise": True, "depends_on_shape": False, "keeps_values": True}),
    "dropout of rows": ("Dropout: {rate: 0.5, noise_shape: [null, 1]}", VECTOR, {"elementwise": True, "depends_on_shape": True}),
    "dropout of maps": ("SpatialDropout2D: 0.5", IMAGE, {"elementwise": True, "depends_on_shape": True}),
    "slopes of places": ("PReLU", VECTOR, {"elementwise": True, "depends_on_shape": True}),
    "a number": ("ops.multiply: 2.0", VECTOR, {"elementwise": True, "depends_on_shape": False, "may_sum_values": False}),
    "a list of numbers": ("ops.multiply: [1.0, 2.0]", [2], {"elementwise": True, "depends_on_shape": True}),
    "a sum": (f"{{Add: null, {BOTH}}}", TWO, {"elementwise": True, "rowwise": False, "may_sum_values": False}),
    "a product": (f"{{Dot: {{axes: 2}}, {BOTH}}}", TWO, {"elementwise": False, "may_sum_values": True}),
    "joined": (f"{{Concatenate: null, {BOTH}}}", TWO, {"elementwise": False, "may_sum_values": False}),
    "a gate": ("ops.glu", VECTOR, {"elementwise": False, "rowwise": True, "may_sum_values": False}),
    "softmax": ("Softmax", VECTOR, {"elementwise": False, "rowwise": True, "is_activation": True}),
    "softmax over columns": ("Softmax: {axis: 1}", IMAGE, {"elementwise": False, "rowwise": False}),
    "softmax as an activation": ("Activation: softmax", VECTOR, {"elementwise": False, "rowwise": True}),
    "over columns as an activation": ("Activation: {Softmax: {axis: 1}}", IMAGE, {"elementwise": False, "rowwise": False}),
    "no activation": ("Activation: linear", VECTOR, {"is_identity": True, "keeps_values": True, "elementwise": True}),
    "identity": ("Identity", VECTOR, {"is_identity": True, "keeps_values": True}),
    "a normalized row": ("LayerNormalization", IMAGE, {"rowwise": True}),
    "a normalized column": ("LayerNormalization: {axis: 1}", IMAGE, {"rowwise": False}),
    "a wrapped convolution": (
        "SpectralNormalization: {layer: {Conv2D: {filters: 4, kernel_size: 3, padding: same}}}",
        IMAGE,
        {"rowwise": False},
    ),
    "flattened": ("Flatten", IMAGE, {"only_reshapes": True, "keeps_values": True}),
    "flattened by channels": ("Flatten: {data_format: channels_first}", IMAGE, {"only_reshapes": False, "keeps_values": True}),
    "a recurrent layer": ("LSTM: 3", [5, 4], {"activation_is_last": False}),
}


@pytest.mark.parametrize(("item", "inputs", "wanted"), WORKS_ON.values(), ids=WORKS_ON)
def test_what_a_layer_does_to_values(item: str, inputs: Any, wanted: dict[str, bool]) -> None:
    found = layer(item, inputs)
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_the_function_of_an_activation_decides() -> None:
    dense = layer("Dense: {units: 3, activation: {LeakyReLU: 0.1}}")
    assert (dense.final_activation, dense.activation_is_elementwise) == ("leaky_relu", True)
    assert dense.activation_object is not None
    assert dense.activation_object.given() == {"negative_slope": 0.1}
    softmax = layer("Dense: {units: 3, activation: softmax}")
    assert (softmax.activation_object, softmax.activation_is_elementwise, softmax.softmax_axes) == (None, False, (-1,))


def test_a_product_of_unlike_tensors_is_another_step() -> None:
    """They hold equally many values, and that is not all that matters to Dot."""
    found = []
    for shape in ([4, 6], [6, 4]):
        model = compiled(f"{{Dot: {{axes: 2}}, {BOTH}}}", {"x": shape, "y": shape}).model
        assert model is not None
        found += [step.does for step in Steps.of(model).steps]
    assert found[0] != found[1]


@pytest.mark.parametrize(
    "spec", ["Conv2D: {filters: 2, kernel_size: 1, %s}", "UpSampling2D: {%s}", "SpatialDropout2D: {rate: 0.5, %s}"]
)
def test_channels_stand_where_data_format_says(spec: str) -> None:
    first, last = (layer(spec % f"data_format: {where}", IMAGE) for where in ("channels_first", "channels_last"))
    assert (first.channels_first, first.channel_axis) == (True, 1)
    assert (last.channels_first, last.channel_axis) == (False, -1)
    assert layer("ReLU", IMAGE).channels_first is None
