from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.losses._base import Loss, Targets


class CTC(Loss):
    """Connectionist temporal classification: sequences of labels without their times; outputs are logits (Graves et al. 2006)."""

    targets: ClassVar[Targets] = "sequence"

    name: str | None = "ctc"
