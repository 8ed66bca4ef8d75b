"""Binds nodes of the document to pydantic models: keys, types and values are checked, each mistake reported at its own place.

`$name` is replaced on the way; objects (`{HeNormal: {seed: 1}}`) are bound from the inside out.
"""

from layerctl.language.bind._codes import (
    ArgumentsDisagree,
    InvalidExpression,
    InvalidName,
    MissingArgument,
    UnknownKey,
    UnknownLayer,
    WrongType,
    WrongValue,
)
from layerctl.language.bind.binder import Binder
from layerctl.language.bind.evaluating import ANY_NAME, is_failed
from layerctl.language.bind.fields import Section, object_fields
from layerctl.language.bind.words import DECLARING, NAME_HELP, VALID_NAME, describe_field, is_custom, shown
from layerctl.language.expressions.values import FAILED

__all__ = [
    "ANY_NAME", "DECLARING", "FAILED", "NAME_HELP", "VALID_NAME", "ArgumentsDisagree", "Binder", "InvalidExpression",
    "InvalidName", "MissingArgument", "Section", "UnknownKey", "UnknownLayer", "WrongType", "WrongValue", "describe_field",
    "is_custom", "is_failed", "object_fields", "shown",
]  # fmt: skip
