"""The base class of learning-rate schedules."""

from layerctl.catalog import Arguments


class Schedule(Arguments):
    """A learning rate that depends on the number of the step."""

    @classmethod
    def keras_module(cls) -> str:
        return "optimizers.schedules"
