from typing import ClassVar

from layerctl.catalog.losses._base import Loss, Name, Targets


class CTC(Loss):
    """Connectionist temporal classification: sequences of labels without positions; outputs are logits (Graves et al. 2006)."""

    targets: ClassVar[Targets] = "sequence"

    name: Name = "ctc"
