"""`fashion_mnist`: read from this machine, or downloaded."""

from layerctl.runtime.data._fetch import load

__all__ = ["load"]
