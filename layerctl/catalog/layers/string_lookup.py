from __future__ import annotations

from typing import Annotated, ClassVar

from layerctl.catalog import Says
from layerctl.catalog.layers._lookup import Lookup

Words = Annotated[tuple[str, ...], Says("a list of texts (a spec cannot find them by `adapt()`, or read them from a file)")]


class StringLookup(Lookup):
    """Turns texts into their indices in a vocabulary, or indices into texts.

    Args:
        encoding: of the texts.

    Example:
        ```yaml
        inputs: {colour: {shape: [1], dtype: string}}
        layers:
          - StringLookup: {vocabulary: [red, green, blue], output_mode: one_hot}
        ```
    """

    taken: ClassVar[str] = "string"

    mask_token: str | None = None
    oov_token: str | None = "[UNK]"
    vocabulary: Words
    encoding: str = "utf-8"
