"""Expands a spec into a graph: all variables, loops, names and references are resolved here."""

from layerctl.language.expand.document import expand

__all__ = ["expand"]
