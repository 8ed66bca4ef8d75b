from __future__ import annotations

from layerctl.catalog import PositiveFloat, PositiveInt, Rate
from layerctl.catalog.schedules._base import Schedule


class CosineDecayRestarts(Schedule):
    """Falls along half a cosine again and again, each time over more steps (Loshchilov, Hutter 2016).

    Args:
        initial_learning_rate: where the learning rate begins.
        first_decay_steps: how many steps the first fall takes.
        t_mul: by what each following period is longer.
        m_mul: by what each following start is multiplied.
        alpha: where a fall ends, as a fraction of the start.
        name: of the operation.
    """

    initial_learning_rate: PositiveFloat
    first_decay_steps: PositiveInt
    t_mul: PositiveFloat = 2.0
    m_mul: PositiveFloat = 1.0
    alpha: Rate = 0.0
    name: str = "SGDRDecay"
