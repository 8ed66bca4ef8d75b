"""layerctl: a model-spec compiler and runner for Keras."""

__version__ = "0.1.0"
