from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from layerctl.catalog import ArgumentError, Says, Seed
from layerctl.catalog.layers._lookup import Lookup

Integers = Annotated[
    tuple[Seed, ...], Says("a list of integers (a spec cannot find them by `adapt()`, or read them from a file)")
]


class IntegerLookup(Lookup):
    """Turns integers of any size into their indices in a vocabulary, or indices back.

    Example:
        ```yaml
        inputs: {postcode: {shape: [1], dtype: int64}}
        layers:
          - IntegerLookup: {vocabulary: [10115, 20095, 80331], output_mode: one_hot}
        ```
    """

    key_dtype = "int64"

    mask_token: Seed | None = Field(
        None, description="the input that stands for a missing value and gets index 0; null for none."
    )
    oov_token: Seed | None = Field(-1, description="the entry that an unknown index becomes with `invert`.")
    vocabulary: Integers = Field(description="the entries, in order; not a file name, and not left to `adapt()`.")
    vocabulary_dtype: Literal["int64"] = Field("int64", description="the dtype of the integers.")

    @model_validator(mode="after")
    def _salt_is_for_hashing(self) -> Self:
        if self.salt is not None and self.oov_method != "farmhash":
            raise ArgumentError("salt", "`salt` is for `oov_method: farmhash`", "set it, or leave out `salt`")
        return self
