"""The mask that some layers take as a second tensor of their call."""

from __future__ import annotations

from layerctl.layers._base import Call, Refusal
from layerctl.layers._codes import WrongDtype
from layerctl.shapes import Tensor


def mask_of(call: Call) -> Tensor | None:
    """The tensor given as `mask`, or None."""
    mask = call.arguments.get("mask")
    if mask is None:
        return None
    if not isinstance(mask, Tensor):
        help = "name it among the inputs: `inputs: {inputs: x, mask: m}`"
        raise Refusal(WrongDtype, "`mask` takes one tensor of booleans", help=help)
    if mask.dtype == "string":
        help = "name a tensor of dtype bool as `mask`"
        raise Refusal(WrongDtype, "`mask` takes booleans or numbers; got text", label="got string", help=help)
    return mask
