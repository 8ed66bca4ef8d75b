"""What a learning rate may be in place of a number."""

from layerctl.catalog import Arguments


class Schedule(Arguments):
    """A learning rate that depends on the number of the step."""

    @classmethod
    def keras_module(cls) -> str:
        return "optimizers.schedules"
