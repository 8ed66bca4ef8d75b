"""The masks that some layers take as further tensors of their call."""

from layerctl.base.shapes import Shape, Tensor, same
from layerctl.catalog.layers._base import Call, Refusal
from layerctl.catalog.layers._codes import WrongDtype


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
