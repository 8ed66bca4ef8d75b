"""The base of all that users write: pydantic models, strict and immutable.

A file of models has no `from __future__ import annotations`: pydantic would have to compile each annotation again.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict

F = TypeVar("F", bound=Callable[..., Any])


def remembered(function: F) -> F:
    """`functools.cache` for a function of a class; its own type does not take a class as hashable."""
    return cast("F", cache(function))


class Model(BaseModel):
    """A section of a spec, or the arguments of one Keras class.

    `defer_build`: a process builds the validators of those models only that its spec uses.
    """

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True, protected_namespaces=()
    )

    def __eq__(self, other: object) -> bool:
        """Two layers with the same arguments are two layers."""
        return self is other

    def __hash__(self) -> int:
        return id(self)
