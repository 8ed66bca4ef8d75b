"""Data generated for any spec from its inputs, outputs and loss: learnable, and the same for the same seed."""

from layerctl.catalog.datasets._base import Facts

FACTS = Facts(name="synthetic", description="made for any spec from its inputs, outputs and loss; learnable", shipped=True)
