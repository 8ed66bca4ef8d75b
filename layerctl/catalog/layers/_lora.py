"""The base class of layers that can train a low-rank update in place of their kernel (LoRA)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from layerctl.catalog import ArgumentError
from layerctl.catalog.layers._calls import Weight
from layerctl.catalog.layers._rewriting import AboutRewriting


class HasLora(AboutRewriting):
    """A layer with an argument `lora_rank`."""

    stricter: ClassVar[Mapping[str, str]] = {
        "lora": "`lora_rank: 0` is refused: it adds nothing; null means that.",
    }

    if TYPE_CHECKING:  # each family declares it where Keras's constructor has it
        lora_rank: int | None

    @property
    def lora_enabled(self) -> bool:
        return self.lora_rank is not None

    def refuse_constraint(self, field: str, value: object) -> Self:
        """Refuses LoRA together with a constraint, as Keras does; called by the validator of each layer."""
        if self.lora_rank is not None and value is not None:
            raise ArgumentError(field, f"`lora_rank` and `{field}` exclude each other", "remove one of the two")
        return self

    def updated(self, kernel: Weight, *others: Weight) -> tuple[Weight, ...]:
        """The layer's weights: with LoRA the kernel is frozen, and the update's matrices come last, always in float32."""
        if self.lora_rank is None:
            return (kernel, *others)
        a = Weight(f"lora_{kernel.name}_a", (*kernel.shape[:-1], self.lora_rank), dtype="float32")
        b = Weight(f"lora_{kernel.name}_b", (self.lora_rank, kernel.shape[-1]), dtype="float32")
        return (kernel._replace(trainable=False), *others, a, b)
