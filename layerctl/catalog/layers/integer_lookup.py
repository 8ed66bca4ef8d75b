from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from layerctl.base.model import model_validator
from layerctl.catalog import ArgumentError, Says, Seed
from layerctl.catalog.layers._lookup import Lookup

Integers = Annotated[
    tuple[Seed, ...], Says("a list of integers (a spec cannot find them by `adapt()`, or read them from a file)")
]


class IntegerLookup(Lookup):
    """Turns integers of any size into their indices in a vocabulary, or indices back.

    Args:
        vocabulary_dtype: of the integers.

    Example:
        ```yaml
        inputs: {postcode: {shape: [1], dtype: int64}}
        layers:
          - IntegerLookup: {vocabulary: [10115, 20095, 80331], output_mode: one_hot}
        ```
    """

    taken: ClassVar[str] = "int64"

    mask_token: Seed | None = None
    oov_token: Seed | None = -1
    vocabulary: Integers
    vocabulary_dtype: Literal["int64"] = "int64"

    @model_validator(mode="after")
    def _salt_is_for_hashing(self) -> Self:
        if self.salt is not None and self.oov_method != "farmhash":
            raise ArgumentError("salt", "`salt` is for `oov_method: farmhash`", "set it, or leave out `salt`")
        return self
