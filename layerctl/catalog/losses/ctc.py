from typing import ClassVar

from pydantic import Field

from layerctl.catalog.losses._base import Loss, Targets


class CTC(Loss):
    """Connectionist temporal classification: sequences of labels without positions; outputs are logits (Graves et al. 2006)."""

    targets: ClassVar[Targets] = "sequence"
    rank: ClassVar[int | None] = 3

    name: str | None = Field("ctc", description="the loss's name.")
