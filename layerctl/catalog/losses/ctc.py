from layerctl.catalog.losses._base import Loss, Name


class CTC(Loss):
    """Connectionist temporal classification: sequences of labels without positions; outputs are logits (Graves et al. 2006)."""

    targets = "sequence"
    rank = 3

    name: Name = "ctc"
