"""The section `train` after the model's outputs are renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layerctl.language.spec.reported import reported
from layerctl.language.spec.train import Train, changed

KEYED = ("loss", "loss_weights", "metrics", "class_weight")
"""The keys whose value may be a mapping by output."""
MONITORS = ("early_stopping", "checkpoint")
VALIDATION = "val_"


def renamed(train: Train, outputs: Sequence[str], names: Sequence[str]) -> Train:
    """The same section with the outputs' new names.

    Args:
        train: the section, with the old names.
        outputs: the old names.
        names: the new names, in the same order.
    """
    new = {old: name for old, name in zip(outputs, names, strict=True) if old != name}
    if not new:
        return train
    keyed = {key: getattr(train, key) for key in KEYED if key in train.model_fields_set}
    section = changed(train, **{key: _by_output(value, new) for key, value in keyed.items()})
    if train.data is not None and isinstance(train.data.target, Mapping):
        section = changed(section, data=changed(train.data, target=_by_output(train.data.target, new)))
    known = reported(section, names)
    for key in MONITORS:
        if (callback := getattr(train, key)) is not None:
            section = changed(section, **{key: changed(callback, monitor=_monitor(callback.monitor, new, known))})
    return section


def _by_output(value: Any, new: Mapping[str, str]) -> Any:
    return {new.get(key, key): inner for key, inner in value.items()} if isinstance(value, Mapping) else value


def _monitor(monitor: str, new: Mapping[str, str], known: Mapping[str, Any]) -> str:
    """The new name of a monitored value; longer output names are tried first, as one may begin with another."""
    prefix = VALIDATION if monitor.startswith(VALIDATION) else ""
    name = monitor.removeprefix(VALIDATION)
    for old in sorted(new, key=len, reverse=True):
        candidate = new[old] + name.removeprefix(old)
        if name.startswith(f"{old}_") and (candidate in known or candidate.partition("[")[0] in known):
            return prefix + candidate
    return monitor
