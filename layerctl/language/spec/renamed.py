"""The section `train` for a model whose outputs have other names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layerctl.language.spec.reported import reported
from layerctl.language.spec.train import Train, changed

KEYED = ("loss", "loss_weights", "metrics", "class_weight")
"""What may be a mapping by output."""
MONITORS = ("early_stopping", "checkpoint")
VALIDATION = "val_"


def renamed(train: Train, outputs: Sequence[str], names: Sequence[str]) -> Train:
    """The same section, by the new names.

    Args:
        train: by the names that the outputs have.
        outputs: these names.
        names: the new ones, in the same order.
    """
    new = {old: name for old, name in zip(outputs, names, strict=True) if old != name}
    if not new:
        return train
    given = {key: getattr(train, key) for key in KEYED if key in train.model_fields_set}
    found = changed(train, **{key: _by_output(value, new) for key, value in given.items()})
    if train.data is not None and isinstance(train.data.target, Mapping):
        found = changed(found, data=changed(train.data, target=_by_output(train.data.target, new)))
    known = reported(found, names)
    for key in MONITORS:
        if (section := getattr(train, key)) is not None:
            found = changed(found, **{key: changed(section, monitor=_monitor(section.monitor, new, known))})
    return found


def _by_output(value: Any, new: Mapping[str, str]) -> Any:
    return {new.get(key, key): inner for key, inner in value.items()} if isinstance(value, Mapping) else value


def _monitor(monitor: str, new: Mapping[str, str], known: Mapping[str, Any]) -> str:
    """The value that was watched, among those that are reported now; an output's name may be the beginning of another's."""
    prefix = VALIDATION if monitor.startswith(VALIDATION) else ""
    name = monitor.removeprefix(VALIDATION)
    for old in sorted(new, key=len, reverse=True):
        if name.startswith(f"{old}_") and (candidate := new[old] + name.removeprefix(old)) in known:
            return prefix + candidate
    return monitor
