"""Facts about a layer that the design rules of `layerctl.lint` ask for."""

from typing import ClassVar


class AboutDesign:
    """What good design depends on. A layer that says nothing has no bias, centers nothing and looks nothing up.

    Class attributes:
        random_in_training: whether it changes its input at random in training, and not in use.
    """

    random_in_training: ClassVar[bool] = False

    @property
    def bias_axis(self) -> int | None:
        """The axis along which each entry gets a bias of its own; None where no bias is added."""
        return None

    @property
    def centered_axis(self) -> int | None:
        """The axis along which each entry is brought to mean 0, which undoes a bias before; None where there is none."""
        return None

    @property
    def waits_for_adapt(self) -> tuple[str, ...]:
        """The arguments without which the layer does nothing until Keras's `adapt()` computes them from data."""
        return ()

    @property
    def vocabulary_size(self) -> int | None:
        """How many different integers, from 0, it looks up in a table; None where it computes with what it is given."""
        return None
