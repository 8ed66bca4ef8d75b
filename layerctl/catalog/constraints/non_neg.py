from layerctl.catalog import OfWeight


class NonNeg(OfWeight):
    """Sets negative values to 0."""
