"""Large specs of realistic layers, by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

HEAD = """version: 1
name: generated
description: A residual network without end, to measure with.

inputs:
  image: [64, 64, 16]

layers:
"""


def stage(number: int) -> Iterator[str]:
    """One residual stage of eleven layers, as people write them: mostly flow style, some block style, some names."""
    start = f"add_{number - 1}" if number else "image"
    yield f"""  - Conv2D: {{filters: 16, kernel_size: 3, padding: same, use_bias: false, kernel_initializer: he_normal}}
    inputs: {start}
"""
    yield "  - BatchNormalization\n"
    yield "  - Activation: relu\n"
    yield """  - SeparableConv2D:
      filters: 32
      kernel_size: [3, 3]
      padding: same
      depthwise_regularizer: {L2: 1e-4}
"""
    yield "  - BatchNormalization: {momentum: 0.9, epsilon: 1e-5}\n"
    yield "  - ReLU: {max_value: 6.0}   # as in small networks for phones\n"
    yield "  - Dropout: 0.1\n"
    yield "  - MaxPooling2D: {pool_size: 3, strides: 1, padding: same}\n"
    yield f"""  - Conv2D: {{filters: 16, kernel_size: 1, activation: relu}}
    name: project_{number}
"""
    yield "  - Dense: {units: 16, activation: tanh, kernel_regularizer: l2}\n"
    yield f"""  - Add:
    name: add_{number}
    inputs: [{start}, dense{f"_{number}" if number else ""}]
"""


def spec(layers: int, part: Callable[[int], Iterator[str]] = stage) -> str:
    """A spec of exactly that many layers."""
    lines = [HEAD]
    for number in count():
        for item in part(number):
            if len(lines) > layers:
                return "".join(lines)
            lines.append(item)
    raise AssertionError("count() has no end")
