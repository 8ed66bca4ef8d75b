"""The base class of everything that users write in a spec: strict, immutable pydantic models.

A file of models has no `from __future__ import annotations`: pydantic would have to compile each annotation again.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

from pydantic import BaseModel, ConfigDict

F = TypeVar("F", bound=Callable[..., Any])


def remembered(function: F) -> F:
    """`functools.cache` for a function whose argument is a class, which mypy does not accept as hashable."""
    return cast("F", cache(function))


class Model(BaseModel):
    """A section of a spec, or the arguments of one Keras class.

    `defer_build`: a process builds validators only for the models that its spec uses.

    Class attributes:
        for_keras: whether Keras or NumPy gets its values, whose integers have 64 bits.
    """

    for_keras: ClassVar[bool] = False

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True, protected_namespaces=()
    )

    @classmethod
    def elsewhere(cls, key: str) -> str | None:
        """The section within this one in which a key belongs that stands in this one; None for any other key."""
        return None

    def __eq__(self, other: object) -> bool:
        """Identity: two layers with the same arguments are still two layers."""
        return self is other

    def __hash__(self) -> int:
        return id(self)
