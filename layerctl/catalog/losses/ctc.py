from layerctl.catalog.losses._base import PROBABILITIES, Loss, Name


class CTC(Loss):
    """Connectionist temporal classification: sequences of labels without positions; outputs are logits (Graves et al. 2006)."""

    targets = "sequence"
    wants = PROBABILITIES
    rank = 3

    name: Name = "ctc"

    @property
    def takes_logits(self) -> bool:
        return True
