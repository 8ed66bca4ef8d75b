"""Facts about a layer for the design rules in `layerctl.lint`."""

from typing import ClassVar


class AboutDesign:
    """Facts for design rules. By default a layer has no bias, centers nothing and has no vocabulary.

    Class attributes:
        random_in_training: whether it changes its input at random in training, but not in inference.
    """

    random_in_training: ClassVar[bool] = False

    @property
    def bias_axis(self) -> int | None:
        """The axis along which each entry has its own bias; None without bias."""
        return None

    @property
    def centered_axis(self) -> int | None:
        """The axis along which each entry is brought to mean 0, which cancels a bias before it; or None."""
        return None

    @property
    def waits_for_adapt(self) -> tuple[str, ...]:
        """The missing arguments that only Keras's `adapt()` would compute; until then the layer does nothing."""
        return ()

    @property
    def vocabulary_size(self) -> int | None:
        """The number of integers, from 0, that are valid inputs of its table; None if it has no table."""
        return None
