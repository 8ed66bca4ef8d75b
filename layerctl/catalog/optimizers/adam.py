from pydantic import Field

from layerctl.catalog.optimizers._base import Beta1, Beta2, Epsilon, LearningRate, Optimizer


class Adam(Optimizer):
    """Adam: momentum, and a step size for each weight from the mean square of its gradients (Kingma, Ba 2014)."""

    learning_rate: LearningRate = 0.001
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: bool = Field(False, description="whether steps use the largest second moment so far (AMSGrad).")

    @property
    def moments(self) -> int:  # type: ignore[override]  # depends on the arguments
        return 2 + self.amsgrad
