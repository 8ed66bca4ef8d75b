"""Changes of specs that keep the function, and changes that do not, for the pairs of `tests.judge.pairs`."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.judge.pair_models import Item, Model

OTHERS = {"relu": "tanh", "tanh": "relu", "elu": "softsign", "gelu": "tanh", "silu": "relu", "softsign": "elu"}
Change = Callable[[Model, random.Random], bool]
"""Changes a model in place; False if there is nothing to change."""


def operation(item: Item) -> tuple[str, Any]:
    """The layer of an item, and its arguments."""
    name = next(key for key in item if key not in ("name", "inputs"))
    return name, item[name]


def places(model: Model, *names: str) -> list[int]:
    """Where layers of these classes stand."""
    return [place for place, item in enumerate(model.items) if operation(item)[0] in names]


def chosen(model: Model, draw: random.Random, *names: str) -> int | None:
    found = places(model, *names)
    return draw.choice(found) if found else None


def activation_apart(model: Model, draw: random.Random) -> bool:
    """An activation as a layer of its own."""
    found = [
        place
        for place in places(model, "Dense", "Conv2D", "SeparableConv2D")
        if operation(model.items[place])[1].get("activation")
    ]
    if not found:
        return False
    item = model.items[place := draw.choice(found)]
    name = operation(item)[1].pop("activation")
    layer: Item = {
        "relu": {"ReLU": {}},
        "relu6": {"ReLU": {"max_value": 6}},
        "elu": {"ELU": {}},
        "silu": {"Activation": "swish"},
        "softmax": {"Softmax": {}},
        "leaky_relu": {"LeakyReLU": {"negative_slope": 0.2}},
    }.get(name, {"Activation": name})
    if "name" in item:
        layer["name"], item["name"] = item["name"], item["name"] + "_sums"
    model.items.insert(place + 1, layer)
    return True


def folded_normalization(model: Model, draw: random.Random) -> bool:
    """A normalization as part of the layer in front of it."""
    found = [
        place
        for place in places(model, "BatchNormalization")
        if place
        and operation(model.items[place - 1])[0] in ("Dense", "Conv2D", "DepthwiseConv2D")
        and not operation(model.items[place - 1])[1].get("activation")
    ]
    if not found:
        return False
    place = draw.choice(found)
    del model.items[place]
    operation(model.items[place - 1])[1]["use_bias"] = True
    return True


def added_normalization(model: Model, draw: random.Random) -> bool:
    """A normalization behind a layer without activation."""
    found = [
        place
        for place in places(model, "Dense", "Conv2D", "DepthwiseConv2D")
        if not operation(model.items[place])[1].get("activation")
    ]
    found = [place for place in found if "name" not in model.items[place]]
    if not found:
        return False
    model.items.insert(draw.choice(found) + 1, {"BatchNormalization": {"momentum": 0.5}})
    return True


def padded_apart(model: Model, draw: random.Random) -> bool:
    """Padding as a layer of its own."""
    found = [
        place for place in places(model, "Conv2D", "DepthwiseConv2D") if operation(model.items[place])[1].get("padding") == "same"
    ]
    if not found:
        return False
    place = draw.choice(found)
    arguments = operation(model.items[place])[1]
    arguments["padding"] = "valid"
    model.items.insert(place, {"ZeroPadding2D": {"padding": arguments["kernel_size"] // 2 * arguments.get("dilation_rate", 1)}})
    return True


def pooled_by_window(model: Model, draw: random.Random) -> bool:
    """Pooling over everything as pooling with a window that covers everything."""
    place = chosen(model, draw, "GlobalAveragePooling2D")
    if place is None:
        return False
    model.items[place : place + 1] = [{"AveragePooling2D": {"pool_size": side(model, place)}}, {"Flatten": {}}]
    return True


def side(model: Model, place: int) -> int:
    """The height of the image in front of an item, as layerctl has it."""
    from layerctl.compiler.pipeline import compile_text

    typed = compile_text(Model(model.inputs, model.items[:place], model.models).text).accepted().model
    return int(typed.outputs()[0][2].shape[1] or 0)


def grouped(model: Model, draw: random.Random) -> bool:
    """A depthwise convolution as one with a group for each channel."""
    place = chosen(model, draw, "DepthwiseConv2D")
    if place is None:
        return False
    from layerctl.compiler.pipeline import compile_text

    typed = compile_text(Model(model.inputs, model.items[:place], model.models).text).accepted().model
    channels = int(typed.outputs()[0][2].shape[-1] or 0)
    arguments = dict(operation(model.items[place])[1])
    filters = channels * arguments.pop("depth_multiplier", 1)
    model.items[place] = {"Conv2D": {**arguments, "filters": filters, "groups": channels}}
    return True


def separated(model: Model, draw: random.Random) -> bool:
    """A separable convolution as a depthwise and a 1×1 one."""
    place = chosen(model, draw, "SeparableConv2D")
    if place is None:
        return False
    arguments = dict(operation(model.items[place])[1])
    last = {"filters": arguments.pop("filters"), "kernel_size": 1, "activation": arguments.pop("activation", None)}
    model.items[place : place + 1] = [{"DepthwiseConv2D": {**arguments, "use_bias": False}}, {"Conv2D": last}]
    return True


def convolved(model: Model, draw: random.Random) -> bool:
    """A Dense on a flattened image as a convolution over all of it."""
    found = [place for place in places(model, "Flatten") if place + 1 < len(model.items) and "Dense" in model.items[place + 1]]
    if not found:
        return False
    place = found[0]
    arguments = dict(model.items[place + 1]["Dense"])
    conv = {"filters": arguments.pop("units"), "kernel_size": side(model, place), **arguments}
    model.items[place : place + 2] = [{"Conv2D": conv}, {"Flatten": {}}]
    return True


def pointwise(model: Model, draw: random.Random) -> bool:
    """A 1×1 convolution as a Dense."""
    found = [place for place in places(model, "Conv2D") if operation(model.items[place])[1]["kernel_size"] == 1]
    if not found:
        return False
    arguments = dict(operation(model.items[place := draw.choice(found)])[1])
    arguments.pop("kernel_size")
    model.items[place] = {"Dense": {"units": arguments.pop("filters"), **arguments}}
    return True


def reordered(model: Model, draw: random.Random) -> bool:
    """The inputs of a sum in another order."""
    place = chosen(model, draw, "Add", "Multiply", "Maximum")
    if place is None:
        return False
    model.items[place]["inputs"] = model.items[place]["inputs"][::-1]
    return True


def without_effect(model: Model, draw: random.Random) -> bool:
    """Arguments that change nothing in inference."""
    for item in model.items:
        name, arguments = operation(item)
        if name == "BatchNormalization":
            arguments["momentum"] = 0.7
        elif name == "Dropout":
            arguments["rate"] = 0.1
        elif name in ("LSTM", "GRU", "SimpleRNN"):
            arguments |= {"unroll": True, "dropout": 0.2}
        elif name == "Dense":
            arguments |= {"kernel_initializer": "he_normal", "kernel_regularizer": "l2"}
    return True


def idle(model: Model, draw: random.Random) -> bool:
    """A layer that does nothing in inference, behind the first one."""
    if "name" in model.items[0] or len(model.inputs) > 1:
        return False
    layer = draw.choice(
        ({"Dropout": {"rate": 0.5}}, {"Identity": {}}, {"GaussianNoise": {"stddev": 0.1}}, {"Activation": "linear"})
    )
    model.items.insert(1, deepcopy(layer))
    return True


def nested(model: Model, draw: random.Random) -> bool:
    """The last two layers as a nested model."""
    if model.models or any("name" in item or "inputs" in item for item in model.items[-2:]) or len(model.items) < 3:
        return False
    from layerctl.compiler.pipeline import compile_text

    typed = compile_text(Model(model.inputs, model.items[:-2]).text).accepted().model
    shape = list(typed.outputs()[0][2].shape[1:])
    model.models["head"] = {"inputs": {"h": shape}, "layers": model.items[-2:]}
    model.items[-2:] = [{"head": {}}]
    return True


def renamed(model: Model, draw: random.Random) -> bool:
    """Another name for the last layer."""
    if "name" in model.items[-1]:
        return False
    model.items[-1]["name"] = "result"
    return True


def other_order(model: Model, draw: random.Random) -> bool:
    """Named inputs and outputs that are declared in another order."""
    if len(model.inputs) < 2:
        return False
    model.inputs = dict(reversed(model.inputs.items()))
    model.outputs = dict(reversed(model.outputs.items()))
    return True


def in_steps(model: Model, draw: random.Random) -> bool:
    """A Dense on each step of a sequence within TimeDistributed."""
    steps = places(model, "LSTM", "GRU", "SimpleRNN")
    found = [place for place in places(model, "Dense") if steps and place < steps[0]]
    if not found:
        return False
    model.items[found[0]] = {"TimeDistributed": {"layer": model.items[found[0]]}}
    return True


def regrouped(model: Model, draw: random.Random) -> bool:
    """A sum of three as a sum of two and one."""
    place = chosen(model, draw, "Add")
    if place is None or len(model.items[place]["inputs"]) < 3:
        return False
    first, *rest = model.items[place]["inputs"]
    model.items.insert(place, {"Add": {}, "inputs": rest, "name": "rest"})
    model.items[place + 1]["inputs"] = ["rest", first]
    return True


def other_epsilon(model: Model, draw: random.Random) -> bool:
    """A normalization with another epsilon, which its variance makes up for."""
    place = chosen(model, draw, "BatchNormalization")
    if place is None:
        return False
    operation(model.items[place])[1]["epsilon"] = 0.01
    return True


KEPT: tuple[Change, ...] = (
    activation_apart, folded_normalization, added_normalization, padded_apart, pooled_by_window, grouped, separated, convolved,
    pointwise, reordered, without_effect, idle, nested, renamed, other_order, in_steps, regrouped, other_epsilon,
)  # fmt: skip


def other_activation(model: Model, draw: random.Random) -> bool:
    """Another activation function, which no weights make up for."""
    found = [
        place
        for place in places(model, "Dense", "Conv2D", "SeparableConv2D")
        if operation(model.items[place])[1].get("activation") in OTHERS
    ]
    if not found:
        return False
    arguments = operation(model.items[draw.choice(found)])[1]
    arguments["activation"] = OTHERS[arguments["activation"]]
    return True


def other_pooling(model: Model, draw: random.Random) -> bool:
    """The maximum in place of the average, or the reverse."""
    pairs = {
        "MaxPooling2D": "AveragePooling2D",
        "AveragePooling2D": "MaxPooling2D",
        "GlobalAveragePooling2D": "GlobalMaxPooling2D",
    }
    place = chosen(model, draw, *pairs)
    if place is None:
        return False
    name, arguments = operation(model.items[place])
    model.items[place] = {pairs[name]: arguments}
    return True


def lost_mask(model: Model, draw: random.Random) -> bool:
    """A mask that is not made, or does not arrive."""
    place = chosen(model, draw, "Embedding", "Masking")
    if place is None:
        return False
    if "Embedding" in model.items[place]:
        model.items[place]["Embedding"]["mask_zero"] = False
    else:
        model.items.insert(place + 1, {"Reshape": {"target_shape": [5, 3]}})
    return True


def other_direction(model: Model, draw: random.Random) -> bool:
    """A sequence that is read from its end."""
    place = chosen(model, draw, "LSTM", "GRU", "SimpleRNN")
    if place is None:
        return False
    operation(model.items[place])[1]["go_backwards"] = True
    return True


def other_merge(model: Model, draw: random.Random) -> bool:
    """A product or a maximum in place of a sum."""
    place = chosen(model, draw, "Add", "Multiply", "Maximum")
    if place is None:
        return False
    name, _ = operation(model.items[place])
    other = {"Add": "Multiply", "Multiply": "Maximum", "Maximum": "Add"}[name]
    model.items[place] = {other: {}, **{key: value for key, value in model.items[place].items() if key != name}}
    return True


def dilated(model: Model, draw: random.Random) -> bool:
    """A convolution that looks at every second value."""
    found = [place for place in places(model, "Conv2D") if operation(model.items[place])[1].get("padding") == "same"]
    if not found:
        return False
    operation(model.items[draw.choice(found)])[1]["dilation_rate"] = 2
    return True


def always_dropped(model: Model, draw: random.Random) -> bool:
    """A Dropout that works in inference too."""
    place = chosen(model, draw, "Dropout")
    if place is None:
        return False
    model.items[place]["call_args"] = {"training": True}
    return True


def other_scale(model: Model, draw: random.Random) -> bool:
    """Another fixed factor, without weights that could make up for it."""
    place = chosen(model, draw, "Rescaling")
    if place is None:
        return False
    model.items[place]["Rescaling"]["scale"] = 0.7
    return True


CHANGED: tuple[Change, ...] = (
    other_activation, other_pooling, lost_mask, other_direction, other_merge, dilated, always_dropped, other_scale,
)  # fmt: skip
