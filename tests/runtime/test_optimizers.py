"""What each optimizer keeps for a weight, held against Keras's own."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.catalog import CATALOGS

pytestmark = pytest.mark.keras

ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{"momentum": 0.9}],
    "RMSprop": [{"momentum": 0.9}, {"centered": True}, {"momentum": 0.9, "centered": True}],
    "Adam": [{"amsgrad": True}],
    "AdamW": [{"amsgrad": True}],
}
EVERY: list[dict[str, Any]] = [{}, {"use_ema": True}, {"gradient_accumulation_steps": 2}]
CASES = [
    (cls.__name__, arguments)
    for cls in (CATALOGS["optimizers"].find(name) for name in CATALOGS["optimizers"].names())
    if cls is not None and "use_ema" in cls.model_fields
    for arguments in EVERY + ARGUMENTS.get(cls.__name__, [])
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_slots(name: str, arguments: dict[str, Any]) -> None:
    import keras

    cls = CATALOGS["optimizers"].find(name)
    assert cls is not None
    optimizer = getattr(keras.optimizers, name)(**arguments)
    optimizer.build([keras.Variable(keras.ops.ones((5, 7)), name="kernel")])
    kept = sum(tuple(variable.shape) == (5, 7) for variable in optimizer.variables)
    assert cls.model_construct(**arguments).slots == kept  # type: ignore[attr-defined]
