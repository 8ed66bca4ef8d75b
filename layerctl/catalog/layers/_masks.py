"""Masks: what a layer does with the mask of its input, and checks of masks that are given as tensors."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from layerctl.base.shapes import Shape, Tensor, same
from layerctl.catalog.layers._calls import Call, Refusal, Tree
from layerctl.catalog.layers._codes import WrongDtype

MaskTree = Tensor | tuple["MaskTree", ...] | Mapping[str, "MaskTree"] | None
"""The mask of a tensor or None; for several tensors a tuple or a mapping of these."""
Masks = Literal["drops", "passes", "makes"]


class AboutMasks:
    """What a layer does with masks, which say which steps of a sequence count.

    Class attributes:
        masks: whether the layer `drops` the mask of its input (the default; Keras warns), `passes` it on, or `makes` a new one;
            for the last two the method `mask` gives the mask.
    """

    masks: ClassVar[Masks] = "drops"

    @property
    def marks(self) -> tuple[Any, ...]:
        """Values of the input that the layer treats unlike others: what marks a step to skip, or entries of a vocabulary."""
        return ()

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        """The mask of the output, in a layer that does not drop masks; by default that of the input.

        Raises:
            Refusal: the masks of several inputs do not go together.
        """
        return input_mask


def flat_masks(masks: MaskTree) -> Iterator[Tensor | None]:
    """The masks of a structure, in order."""
    if masks is None or isinstance(masks, Tensor):
        yield masks
    else:
        for part in masks.values() if isinstance(masks, Mapping) else masks:
            yield from flat_masks(part)


def arranged(masks: Iterator[Tensor | None], output: Tree) -> MaskTree:
    """Masks in the structure of an output, the first for its first tensor; None for tensors beyond the last mask."""
    if isinstance(output, Tensor):
        return next(masks, None)
    if isinstance(output, Mapping):
        return {key: arranged(masks, part) for key, part in output.items()}
    return tuple(arranged(masks, part) for part in output)


def mask_of(call: Call, name: str = "mask") -> Tensor | None:
    """The mask that the call is given as argument `name`, or None."""
    mask = call.arguments.get(name)
    return None if mask is None else checked_mask(mask, name)


def checked_mask(mask: object, name: str) -> Tensor:
    """Checks that a mask is a tensor of booleans or numbers."""
    if not isinstance(mask, Tensor):
        help = f"name it among the inputs: `inputs: {{inputs: x, {name}: m}}`"
        raise Refusal(WrongDtype, f"`{name}` takes one tensor of booleans", help=help)
    if mask.dtype == "string":
        help = f"name a tensor of dtype bool as `{name}`"
        raise Refusal(WrongDtype, f"`{name}` takes booleans or numbers; got text", label="got string", help=help)
    return mask


def broadcasts(mask: Shape, shape: Shape) -> bool:
    """Whether a mask broadcasts to a shape without making it larger. Axes, the batch too, are matched from the last."""
    offset = len(shape) - len(mask)
    if offset < 0 or (offset > 0 and mask[0] is None):
        return False
    return all(dim == 1 or same(dim, target) for dim, target in zip(mask, shape[offset:], strict=True))
