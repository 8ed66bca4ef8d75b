"""The key `class_weight` of the section `train`."""

from __future__ import annotations

import re
import sys
from typing import Any

from layerctl.diagnostics import Advice
from layerctl.language.bind import FAILED, Binder, WrongType, shown
from layerctl.language.syntax import Node

CLASS = re.compile(r"0|[1-9][0-9]{0,8}")
HELP = "write `class_weight: {0: 1.0, 1: 5.0}`; with several outputs `{OUTPUT: {0: 1.0, 1: 5.0}}`"


def bind_class_weight(binder: Binder, node: Node) -> Any:
    value = binder.plain(node)
    if value is FAILED or value is None:
        return value
    weights_by_class: Any = _of_one(value)
    if weights_by_class is None and isinstance(value, dict) and value:
        outputs = {name: _of_one(output_weights) for name, output_weights in value.items() if not CLASS.fullmatch(name)}
        weights_by_class = outputs if len(outputs) == len(value) and None not in outputs.values() else None
    if weights_by_class is None:
        message = f"`class_weight` takes class numbers with a weight of at least 0 each; got {shown(value)}"
        listed = _of_one({str(number): weight for number, weight in enumerate(value)}) if isinstance(value, tuple) else None
        help = Advice(HELP)
        if listed is not None:
            written = ", ".join(f"{number}: {weight}" for number, weight in enumerate(value))
            help = Advice(f"write `class_weight: {{{written}}}`", f"{{{written}}}", safe=True)
        binder.sink.add(WrongType, node.span, message, help=help)
        return FAILED
    return weights_by_class


def _of_one(value: Any) -> dict[int, float] | None:
    """The weights of one output; None for anything else."""
    if not isinstance(value, dict) or not value or not all(CLASS.fullmatch(key) for key in value):
        return None
    if not all(isinstance(weight, int | float) and not isinstance(weight, bool) for weight in value.values()):
        return None
    good = all(0 <= weight <= sys.float_info.max for weight in value.values())
    return {int(key): float(weight) for key, weight in value.items()} if good else None
