from layerctl.catalog.optimizers._base import AdamFamily


class Lamb(AdamFamily):
    """LAMB: Adam whose step is scaled to the size of each layer's weights, for large batches (You et al. 2019)."""
