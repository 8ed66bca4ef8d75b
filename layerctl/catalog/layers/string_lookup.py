from typing import Annotated

from pydantic import Field

from layerctl.catalog import Says
from layerctl.catalog.layers._lookup import Lookup

Words = Annotated[tuple[str, ...], Says("a list of texts (a spec cannot find them by `adapt()`, or read them from a file)")]


class StringLookup(Lookup):
    """Turns texts into their indices in a vocabulary, or indices into texts.

    Example:
        ```yaml
        inputs: {colour: {shape: [1], dtype: string}}
        layers:
          - StringLookup: {vocabulary: [red, green, blue], output_mode: one_hot}
        ```
    """

    key_dtype = "string"

    mask_token: str | None = Field(None, description="the input that stands for a missing value and gets index 0; null for none.")
    oov_token: str | None = Field("[UNK]", description="the entry that an unknown index becomes with `invert`.")
    vocabulary: Words = Field(description="the entries, in order; not a file name, and not left to `adapt()`.")
    encoding: str = Field("utf-8", description="the encoding of the texts.")
