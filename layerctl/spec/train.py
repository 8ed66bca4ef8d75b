"""The section `train`."""

from __future__ import annotations

from typing import Any

from layerctl.bind import Binder
from layerctl.syntax import Node


def bind_train(binder: Binder, node: Node) -> Any:
    return node
