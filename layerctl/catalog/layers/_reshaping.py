"""The base class of layers that give values another shape or place."""

from layerctl.catalog.layers._base import Layer


class Reshaping(Layer):
    """A layer whose output holds values of its input: all or some, in another shape, at other places, or repeated."""

    category = "reshaping"
    keeps_dtype_when_run = True

    @property
    def keeps_values(self) -> bool:
        return True
