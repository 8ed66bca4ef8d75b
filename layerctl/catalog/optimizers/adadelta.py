from pydantic import Field

from layerctl.catalog.optimizers._base import DecayRate, Epsilon, LearningRate, Optimizer


class Adadelta(Optimizer):
    """Adadelta: step sizes from running averages of past gradients; the paper's form has a learning rate of 1 (Zeiler 2012)."""

    learning_rate: LearningRate = 0.001
    rho: DecayRate = Field(0.95, description="the decay rate of the running averages.")
    epsilon: Epsilon = 1e-7
