"""The devices that a training runs on: the option `--devices`."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.backends import backend

KINDS = ("gpu", "tpu", "cpu")
"""Kinds of devices, the preferred ones first."""
NAME = re.compile(rf"({'|'.join(KINDS)})(?::([0-9]{{1,4}}))?")


class Placement:
    """The devices to compute on: Keras's own choice, or one device; subclasses use several.

    Attributes:
        names: Keras's names of the devices; empty for Keras's own choice.
    """

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = names

    @property
    def replicas(self) -> int:
        """The number of devices that share each batch."""
        return max(1, len(self.names))

    def everything(self) -> AbstractContextManager[Any]:
        """The context of a whole training."""
        return backend.on(self.names[0]) if self.names else nullcontext()

    def building(self) -> AbstractContextManager[Any]:
        """The context, within `everything`, in which a model and its optimizer are made."""
        return nullcontext()

    def training(self, now: bool) -> None:
        """Called with True when an epoch's training part begins, and with False when it ends."""


def placement(text: str | None, batch_size: int) -> Placement:
    """The placement that `--devices` asks for.

    Args:
        text: a number; or names such as `gpu:0`, separated by commas, a kind alone for its first device; None for Keras's
            own choice.
        batch_size: shared among the devices.

    Raises:
        UsageError: there are no such devices, or the batch size cannot be divided by their number.
    """
    if text is None:
        return Placement()
    names = _named(text, backend.particular().devices_by_kind())
    if len(names) == 1:
        return Placement(names)
    if batch_size % len(names):
        fitting = -(-batch_size // len(names)) * len(names)
        message = f"`--devices {text}` shares each batch among {len(names)} devices; {batch_size} cannot be divided by that"
        raise UsageError(message, f"take a multiple: `--batch-size {fitting}`")
    shared = backend.particular().shared(names)
    assert isinstance(shared, Placement)
    return shared


def _named(text: str, available: dict[str, list[str]]) -> tuple[str, ...]:
    best = next(names for kind in KINDS if (names := available.get(kind)))
    listed = [name for kind in KINDS for name in available.get(kind, ())]
    help = f"there {'is' if len(listed) == 1 else 'are'} {', '.join(listed)}: `--devices {len(best)}`"
    if re.fullmatch(r"[0-9]{1,4}", text):
        if not 1 <= int(text) <= len(best):
            raise UsageError(
                f"`--devices {text}`: {text} devices asked for; this machine has {len(best)}: {', '.join(best)}", help
            )
        return tuple(best[: int(text)])
    chosen: list[str] = []
    for part in text.lower().split(","):
        match = NAME.fullmatch(part.strip())
        if match is None:
            raise UsageError(f"`--devices` takes a number, or names such as `gpu:0,gpu:1`; got `{text}`", help)
        name = f"{match[1]}:{int(match[2] or 0)}"
        if name not in available.get(match[1], ()):
            raise UsageError(
                f"`--devices {text}`: this machine has no `{name}` that Keras with {backend.keras().config.backend()} can use",
                help,
            )
        chosen.append(name)
    if len(set(chosen)) < len(chosen):
        raise UsageError(f"`--devices {text}` names a device more than once", f"leave one out; {help}")
    if len({name.partition(":")[0] for name in chosen}) > 1:
        raise UsageError(f"`--devices {text}`: a batch is shared among devices of one kind", help)
    return tuple(chosen)
