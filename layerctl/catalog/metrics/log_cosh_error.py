from layerctl.catalog.metrics._base import Error, Name


class LogCoshError(Error):
    """The logarithm of the hyperbolic cosine of the error."""

    name: Name = "logcosh"
