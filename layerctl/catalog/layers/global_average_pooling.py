from typing import ClassVar

from layerctl.base.shapes import broadcast, text
from layerctl.catalog.layers._base import Call, Masks, MaskTree, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._global_pooling import GlobalPooling
from layerctl.catalog.layers._masks import mask_of


class GlobalAveragePooling1D(GlobalPooling):
    """The mean of all steps, in each channel; with the call argument `mask`, only of the steps where it is true.

    Input shape: (batch, steps, channels), or (batch, channels, steps) with `data_format: channels_first`.

    Output shape: (batch, channels); with `keepdims` (batch, 1, channels), or (batch, channels, 1).

    Example:
        ```yaml
        - GlobalAveragePooling1D
        ```
    """

    axes: ClassVar[tuple[str, ...]] = ("steps",)
    affine: ClassVar[bool] = True
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs", "mask")
    masks: ClassVar[Masks] = "passes"

    def output(self, call: Call) -> Tree:
        output = super().output(call)
        mask = mask_of(call)
        steps = (call.x.shape[0], *self.along(call.x.shape))
        if mask is not None and (mask.rank != 2 or broadcast(mask.shape, steps) is None):
            raise Refusal(
                ShapeDoesNotSuit,
                f"expected a mask of a value for each step, {text(steps)}; got {text(mask.shape)}",
                label=f"got a mask of {text(mask.shape)}",
                help="give the mask the shape [steps]",
            )
        return output

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return None


class GlobalAveragePooling2D(GlobalPooling):
    """The mean of a whole image, in each channel.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `data_format: channels_first`.

    Output shape: (batch, channels); with `keepdims` (batch, 1, 1, channels), or (batch, channels, 1, 1).

    Example:
        ```yaml
        - GlobalAveragePooling2D
        ```
    """

    axes: ClassVar[tuple[str, ...]] = ("height", "width")
    affine: ClassVar[bool] = True


class GlobalAveragePooling3D(GlobalPooling):
    """The mean of a whole volume, in each channel.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with
        `data_format: channels_first`.

    Output shape: (batch, channels); with `keepdims` (batch, 1, 1, 1, channels), or (batch, channels, 1, 1, 1).

    Example:
        ```yaml
        - GlobalAveragePooling3D
        ```
    """

    axes: ClassVar[tuple[str, ...]] = ("depth", "height", "width")
    affine: ClassVar[bool] = True
