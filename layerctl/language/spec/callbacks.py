"""The sections `early_stopping` and `checkpoint` of `train`."""

from typing import ClassVar, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt

from layerctl.base.model import Model

Mode = Literal["auto", "min", "max"]


class EarlyStopping(Model):
    """When training ends before its last epoch; the arguments of Keras's callback."""

    for_keras: ClassVar[bool] = True

    monitor: str = Field("val_loss", description="the reported value to watch.")
    min_delta: NonNegativeFloat = Field(0, description="the least change that counts as better.")
    patience: NonNegativeInt = Field(0, description="how many epochs without a better value are waited for.")
    mode: Mode = Field("auto", description="whether smaller or larger is better; `auto` knows by the metric.")
    baseline: float | None = Field(None, description="a value that must be beaten.")
    restore_best_weights: bool = Field(False, description="whether the weights of the best epoch are put back at the end.")
    start_from_epoch: NonNegativeInt = Field(0, description="how many epochs pass before watching begins.")


class Checkpoint(Model):
    """Which epoch's model is kept as the best."""

    monitor: str = Field("val_loss", description="the reported value to watch.")
    mode: Mode = Field("auto", description="whether smaller or larger is better; `auto` knows by the metric.")


CALLBACKS: dict[str, type[Model]] = {"early_stopping": EarlyStopping, "checkpoint": Checkpoint}
"""Each by its key in `train`."""
