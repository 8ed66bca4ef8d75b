from layerctl.catalog.optimizers._base import AdamFamily


class Nadam(AdamFamily):
    """Nadam: Adam with Nesterov momentum (Dozat 2015)."""
