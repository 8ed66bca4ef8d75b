from __future__ import annotations

import re
from math import prod

from layerctl.catalog import FiniteFloat, NonNegativeFloat, PositiveFloat, PositiveInt, Rate
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Muon(Optimizer):
    """Muon: orthogonalized momentum for matrices, AdamW for all other weights (Jordan et al. 2024).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        adam_beta_1: `beta_1` of the AdamW part.
        adam_beta_2: `beta_2` of the AdamW part.
        adam_weight_decay: weight decay of the AdamW part; null for none.
        epsilon: a small number that keeps a division finite.
        weight_decay: weight decay of the Muon part; null for none.
        exclude_layers: AdamW takes the weights whose path holds one of these words.
        exclude_embeddings: whether AdamW takes embeddings too.
        muon_a: coefficient a of the Newton-Schulz iteration.
        muon_b: coefficient b.
        muon_c: coefficient c.
        adam_lr_ratio: the AdamW part's learning rate in units of the main one.
        momentum: the part of the last step that is added to this one.
        ns_steps: how many Newton-Schulz iterations are run.
        nesterov: whether the momentum looks one step ahead.
        rms_rate: brings the step to the size of Adam's; null for none.
    """

    learning_rate: LearningRate = 0.001
    adam_beta_1: DecayRate = 0.9
    adam_beta_2: DecayRate = 0.999
    adam_weight_decay: NonNegativeFloat | None = 0.004
    epsilon: NonNegativeFloat = 1e-7
    weight_decay: NonNegativeFloat | None = 0.004
    exclude_layers: tuple[str, ...] | None = None
    exclude_embeddings: bool = True
    muon_a: FiniteFloat = 3.4445
    muon_b: FiniteFloat = -4.775
    muon_c: FiniteFloat = 2.0315
    adam_lr_ratio: PositiveFloat = 1
    momentum: Rate = 0.95
    ns_steps: PositiveInt = 5
    nesterov: bool = True
    rms_rate: PositiveFloat | None = 0.2

    @property
    def moments(self) -> int:
        """One, of matrices; what is left to AdamW has two."""
        return 1

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        return super().kept(path, shape) + self._by_adam(path, shape) * prod(shape)

    def _by_adam(self, path: str, shape: tuple[int, ...]) -> bool:
        """Whether AdamW takes a weight: no matrix, an embedding, or one whose path matches one of the words."""
        embedding = self.exclude_embeddings and "embedding" in path.lower()
        return len(shape) != 2 or embedding or any(re.search(word, path) for word in self.exclude_layers or ())

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Keras lists what is Muon's alone after what every optimizer has."""
        names = super().own_fields()
        first = names.index("exclude_layers")
        last = names.index("rms_rate") + 1
        return names[:first] + names[last:] + names[first:last]
