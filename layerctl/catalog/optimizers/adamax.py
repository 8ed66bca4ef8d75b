from layerctl.catalog.optimizers._base import AdamFamily


class Adamax(AdamFamily):
    """Adamax: Adam with the largest gradient so far in place of the mean square (Kingma, Ba 2014)."""
