"""`mnist`: its archive or files are found or downloaded."""

from layerctl.runtime.data._fetch import load

__all__ = ["load"]
