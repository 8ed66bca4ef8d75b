"""Variants of a layer that an error message may propose in its place."""

from typing import Any, Self


class AboutVariants:
    """Variants of the layer that suit what follows it. By default there are none."""

    @property
    def with_all_steps(self) -> Self | None:
        """The layer with the output of each step, where it returns that of the last step only; else None."""
        return None

    @property
    def with_same_size(self) -> Self | None:
        """The layer with `padding: same`, where its window moves by one and cuts the edges off; else None."""
        return None

    @property
    def wrapped(self) -> Any:
        """The layer within this one whose arguments the variant changes; itself where it wraps none."""
        return self
