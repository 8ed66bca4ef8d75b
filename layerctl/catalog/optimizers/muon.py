import re
from math import prod

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.optimizers._base import DecayRate, Epsilon, LearningRate, Optimizer


class Muon(Optimizer):
    """Muon: orthogonalized momentum for matrices, AdamW for all other weights (Jordan et al. 2024)."""

    moments = 1  # for matrices; weights that AdamW updates have two

    learning_rate: LearningRate = 0.001
    adam_beta_1: DecayRate = Field(0.9, description="`beta_1` of the AdamW part.")
    adam_beta_2: DecayRate = Field(0.999, description="`beta_2` of the AdamW part.")
    adam_weight_decay: NonNegativeFloat | None = Field(0.004, description="weight decay of the AdamW part; null for none.")
    epsilon: Epsilon = 1e-7
    weight_decay: NonNegativeFloat | None = Field(0.004, description="weight decay of the Muon part; null for none.")
    exclude_layers: tuple[str, ...] | None = Field(
        None, description="words; AdamW updates the weights whose path contains one of them."
    )
    exclude_embeddings: bool = Field(True, description="whether AdamW updates embeddings too.")
    muon_a: float = Field(3.4445, description="coefficient a of the Newton-Schulz iteration.")
    muon_b: float = Field(-4.775, description="coefficient b.")
    muon_c: float = Field(2.0315, description="coefficient c.")
    adam_lr_ratio: PositiveFloat = Field(1, description="the AdamW part's learning rate in units of the main one.")
    momentum: Rate = Field(0.95, description="the share of the last step that is added to this one.")
    ns_steps: PositiveInt = Field(5, description="how many Newton-Schulz iterations are run.")
    nesterov: bool = Field(True, description="whether the momentum looks one step ahead.")
    rms_rate: PositiveFloat | None = Field(
        0.2, description="the factor that brings the step to the size of Adam's; null for none."
    )

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        return super().kept(path, shape) + self._by_adam(path, shape) * prod(shape)

    def _by_adam(self, path: str, shape: tuple[int, ...]) -> bool:
        """Whether AdamW updates a weight: if it is no matrix, an embedding, or its path matches one of the words."""
        embedding = self.exclude_embeddings and "embedding" in path.lower()
        return len(shape) != 2 or embedding or any(re.search(word, path) for word in self.exclude_layers or ())

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """In Keras, the arguments of Muon alone come after those of every optimizer."""
        names = super().own_fields()
        first = names.index("exclude_layers")
        last = names.index("rms_rate") + 1
        return names[:first] + names[last:] + names[first:last]
