from layerctl.base.shapes import broadcast, text
from layerctl.catalog.layers._base import Call, MaskTree, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._global_pooling import GlobalPooling
from layerctl.catalog.layers._masks import mask_of


class GlobalAveragePooling1D(GlobalPooling):
    """The mean of all steps, in each channel; with the call argument `mask`, only of the steps where it is true.

    Example:
        ```yaml
        - GlobalAveragePooling1D
        ```
    """

    axes = ("steps",)
    affine = True
    call_arguments = ("inputs", "mask")
    masks = "passes"

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

    Example:
        ```yaml
        - GlobalAveragePooling2D
        ```
    """

    axes = ("height", "width")
    affine = True


class GlobalAveragePooling3D(GlobalPooling):
    """The mean of a whole volume, in each channel.

    Example:
        ```yaml
        - GlobalAveragePooling3D
        ```
    """

    axes = ("depth", "height", "width")
    affine = True
