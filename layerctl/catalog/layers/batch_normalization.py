from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, NonNegativeFloat, model_validator
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Shape, prod, text
from layerctl.catalog import ArgumentError, Constraint, Initializer, Rate, Regularizer, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import AlongAxis, Call, Layer, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._masks import broadcasts, mask_of
from layerctl.catalog.layers._normalization import SIZE_NEEDED, gamma_and_beta
from layerctl.catalog.layers._origin import Origin, Place, Scaling
from layerctl.catalog.layers._rewriting import Channelwise


def _clipping(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(type(limit) in (int, float, type(None)) for limit in value.values()):
        raise PydanticCustomError("clipping", "clipping")
    if not value.keys() <= {"rmin", "rmax", "dmax"}:
        raise ValueError
    return value


Clipping = Annotated[
    Any,
    BeforeValidator(_clipping, json_schema_input_type=dict[str, float | None] | None),
    Says("a mapping of `rmin`, `rmax`, `dmax` to numbers"),
]


class BatchNormalization(AlongAxis, Layer):
    """Brings each channel to mean 0 and standard deviation 1, in training by the batch, in inference by running averages.

    Call arguments: `mask`, of the input's shape without its last axis: values where it is false are left out of the batch's
        statistics; `training`.

    Input shape: any, at least rank 1; the dimension at `axis` is known.

    Output shape: the input's.

    Weights: gamma, beta, moving_mean and moving_variance, each of the size of `axis`; the last two are not trained. With
    `renorm` also moving_stddev, renorm_mean and renorm_stddev, not trained.

    Example:
        ```yaml
        - BatchNormalization: {momentum: 0.9}
        ```
    """

    category = "normalization"
    fixed_reach = "place"
    affine = True
    call_arguments = ("inputs", "training", "mask")
    fixed_by_first_call = "rank"
    masks = "passes"
    without_effect = ("momentum", "renorm", "renorm_clipping", "renorm_momentum", "synchronized")
    stricter = {
        "epsilon": "`epsilon` below 0 is refused: it can divide by zero, and Keras does not check.",
        "momentum": "A momentum outside 0 … 1 is refused: such a moving average diverges, and Keras does not check.",
        "mask of a frozen layer": "A mask that does not fit is refused even if the layer is frozen; Keras does not check then.",
        "renorm limits": "Invalid limits in `renorm_clipping` are refused even without `renorm`; Keras does not check then.",
    }

    axis: int = Field(-1, description="the axis of the channels; each channel is normalized by itself.")
    momentum: Rate = Field(0.99, description="the share of the running averages that each training step keeps.")
    epsilon: NonNegativeFloat = Field(1e-3, description="added to the variance, against division by zero.")
    center: bool = Field(True, description="whether a learned offset `beta` is added.")
    scale: bool = Field(True, description="whether a learned factor `gamma` is applied.")
    beta_initializer: Initializer = Field("zeros", description="initial values of `beta`.")
    gamma_initializer: Initializer = Field("ones", description="initial values of `gamma`.")
    moving_mean_initializer: Initializer = Field("zeros", description="initial values of the running mean.")
    moving_variance_initializer: Initializer = Field("ones", description="initial values of the running variance.")
    beta_regularizer: Regularizer = Field(None, description="a penalty on `beta`.")
    gamma_regularizer: Regularizer = Field(None, description="a penalty on `gamma`.")
    beta_constraint: Constraint = Field(None, description="applied to `beta` after each update.")
    gamma_constraint: Constraint = Field(None, description="applied to `gamma` after each update.")
    renorm: bool = Field(
        False, description="whether training corrects each batch towards the running statistics (batch renormalization)."
    )
    renorm_clipping: Clipping = Field(
        None, description="limits of the correction of `renorm`: `rmin` and `rmax` for its factor, `dmax` for its offset."
    )
    renorm_momentum: Rate = Field(0.99, description="the share of the statistics of `renorm` that each training step keeps.")
    synchronized: bool = Field(
        False, description="whether statistics are computed over the batches of all devices that train together."
    )

    @model_validator(mode="after")
    def _renorm_fits(self) -> Self:
        if self.renorm and self.moving_variance_initializer is None:
            message = "`renorm` derives a second variable from `moving_variance_initializer`, which is null"
            raise ArgumentError("moving_variance_initializer", message, "leave it out: `ones` is the default")
        limits = self.renorm_clipping or {}
        low, high, offset = (limits.get(key) for key in ("rmin", "rmax", "dmax"))
        if low is not None and high is not None and high < low:
            raise ArgumentError("renorm_clipping", f"`rmax` {high} is below `rmin` {low}", "swap the two")
        if offset is not None and offset < 0:
            raise ArgumentError("renorm_clipping", f"`dmax` is a size, got {offset}", "use a number of at least 0")
        return self

    @property
    def heeds_mask(self) -> bool:
        return False  # in training alone

    @property
    def centered_axis(self) -> int | None:
        return self.axis

    def channels_at(self, rank: int) -> int | None:
        return self.axis % rank

    def channelwise(self, shape: Shape) -> Channelwise | None:
        at = self.axis % len(shape)
        if self.renorm or None in shape[1:] or not at:
            return None
        return Channelwise(prod(shape[1:]) or 0, shape[at] or 0, prod(shape[at + 1 :]) or 0)

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        return Scaling(at[self.axis if self.axis < 0 else self.axis - 1])

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.numeric(x, "BatchNormalization")
        checks.known(x.shape, checks.axis(self.axis, x.rank), SIZE_NEEDED)
        mask = mask_of(call)
        if mask is not None and (mask.rank != x.rank - 1 or not broadcasts(mask.shape, x.shape[:-1])):
            raise Refusal(
                ShapeDoesNotSuit,
                f"expected a mask of the input's shape without its last axis, {text(x.shape[:-1])}; got {text(mask.shape)}",
                help="give each position of the input, channels apart, one value of the mask",
            )
        return call.result(x.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        shape = (call.x.shape[self.axis] or 0,)
        statistics = ["moving_mean", "moving_variance"]
        if self.renorm:
            statistics += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        learned = gamma_and_beta(shape, scale=self.scale, center=self.center)
        return (*learned, *(Weight(name, shape, trainable=False) for name in statistics))
