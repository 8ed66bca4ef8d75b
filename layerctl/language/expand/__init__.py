"""A spec to a graph: variables, loops, names and references are resolved here, and nowhere later."""

from layerctl.language.expand.document import expand

__all__ = ["expand"]
