"""Masks: what a layer does to those that come along with its input, and checks of those that its call takes as tensors."""

from typing import ClassVar, Literal

from layerctl.base.shapes import Shape, Tensor, same
from layerctl.catalog.layers._calls import Call, Refusal
from layerctl.catalog.layers._codes import WrongDtype

MaskTree = Tensor | tuple["MaskTree", ...] | None
"""A mask, or one, or none, for each of several tensors."""
Masks = Literal["drops", "passes", "makes"]


class AboutMasks:
    """What becomes of masks, which say which steps of a sequence count.

    Class attributes:
        masks: whether the layer `drops` a mask that comes with its input (the default; Keras warns), `passes` it on, as the
            method `mask` says, or `makes` a new one.
    """

    masks: ClassVar[Masks] = "drops"

    def mask(self, call: Call, given: MaskTree) -> MaskTree:
        """The mask that Keras sends along with the output, of a layer that does not drop it; that of the input by default.

        Raises:
            Refusal: the masks of several inputs do not go together.
        """
        return given


def mask_of(call: Call, name: str = "mask") -> Tensor | None:
    """The tensor given as `mask`, or under another name; or None."""
    mask = call.arguments.get(name)
    return None if mask is None else checked_mask(mask, name)


def checked_mask(mask: object, name: str) -> Tensor:
    """A mask is a tensor of booleans, or of numbers."""
    if not isinstance(mask, Tensor):
        help = f"name it among the inputs: `inputs: {{inputs: x, {name}: m}}`"
        raise Refusal(WrongDtype, f"`{name}` takes one tensor of booleans", help=help)
    if mask.dtype == "string":
        help = f"name a tensor of dtype bool as `{name}`"
        raise Refusal(WrongDtype, f"`{name}` takes booleans or numbers; got text", label="got string", help=help)
    return mask


def broadcasts(mask: Shape, shape: Shape) -> bool:
    """Whether a mask fits without making the result larger. Axes are matched from the last, also that of the batch."""
    offset = len(shape) - len(mask)
    if offset < 0 or (offset > 0 and mask[0] is None):
        return False
    return all(dim == 1 or same(dim, there) for dim, there in zip(mask, shape[offset:], strict=True))
