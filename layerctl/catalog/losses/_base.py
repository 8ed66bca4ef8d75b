"""The base class of losses: common arguments, and what a loss requires of targets and outputs."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from layerctl.base.shapes import Shape, text
from layerctl.catalog import Arguments, Unfit
from layerctl.catalog._shapes import axis_missing, rank_differs
from layerctl.catalog.layers._base import DtypePolicy

Reduction = Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"] | None
Targets = Literal["dense", "index", "sequence"]
"""`dense`: of the output's shape, classes one-hot; `index`: one class number for each sample; `sequence`: several."""
Name = Annotated[str | None, Field(description="the loss's name.")]
OneUnit = Literal["number", "binary"] | None

DISTRIBUTION = frozenset(("softmax", "sparsemax"))
"""Activations whose outputs add up to 1."""
PROBABILITIES = DISTRIBUTION | {"sigmoid", "hard_sigmoid", "sparse_sigmoid"}
"""Activations whose outputs are each between 0 and 1."""


class Loss(Arguments):
    """A loss, with the arguments of Keras's base class.

    Class attributes:
        targets: the form of the targets.
        wants: the activations whose outputs it is made for, unless it takes logits; empty if all are fine.
        one_unit: the target of a single output unit: any `number`, or a `binary` class; None if a single unit makes no sense.
        signed: whether the two classes of a single unit are -1 and 1, not 0 and 1.
        unit_per_class: whether the output has one unit for each class.
        rank: the only number of axes that outputs may have, batch included; None if any.
    """

    targets: ClassVar[Targets] = "dense"
    wants: ClassVar[frozenset[str]] = frozenset()
    one_unit: ClassVar[OneUnit] = None
    signed: ClassVar[bool] = False
    unit_per_class: ClassVar[bool] = True
    rank: ClassVar[int | None] = None

    reduction: Reduction = Field("sum_over_batch_size", description="how the losses of a batch become one number.")
    name: Name = None
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")

    @property
    def takes_logits(self) -> bool:
        """Whether the outputs are logits, to which the loss applies one of the activations in `wants` itself."""
        return getattr(self, "from_logits", False)

    @property
    def threshold(self) -> float:
        """The output of a single unit above which a sample is of class 1."""
        return 0.0 if self.takes_logits or self.signed else 0.5

    def one_hot(self, units: int | None) -> bool:
        """Whether the labels of an output with `units` units are vectors with a single 1."""
        return self.targets == "dense" and self.one_unit is None and units != 1

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Most constructors in Keras end with these three; a loss that has them elsewhere declares `reduction` in its place."""
        names = super().own_fields()
        base = tuple(Loss.model_fields)
        return names if "reduction" in cls.__annotations__ else tuple(name for name in names if name not in base) + base

    def unfit(self, shape: Shape) -> Unfit | None:
        """Why the loss cannot be computed on outputs of a shape, batch first; None if it can."""
        index = self.targets == "index"
        unfit = rank_differs(shape, self.rank) if self.rank is not None else None
        if unfit is None and index and self.unit_per_class and (len(shape) < 2 or shape[-1] == 1):
            help = (
                "for two classes on one unit take `binary_crossentropy` and a sigmoid; else give the output a unit for each class"
            )
            return Unfit(f"takes a unit for each class; the output is {text(shape)}", help)
        return unfit or axis_missing(shape, getattr(self, "axis", None), last=index)

    def misfit(self, units: int, classes: int) -> str | None:
        """Why class numbers cannot be the targets of an output with that many units; None if they can.

        They are made one-hot for a loss that compares value by value.
        """
        if self.targets == "sequence":
            return "takes a sequence of labels, and the data have one label for each sample"
        if self.targets == "index":
            enough = units >= classes or not self.unit_per_class
            return None if enough else f"needs at least {classes} units for {classes} classes"
        if units == 1 and self.one_unit is not None:
            possible = self.one_unit == "number" or classes == 2
            return None if possible else f"on one unit tells two classes apart, and the data have {classes}"
        return None if units == classes else f"needs {classes} units for {classes} classes"


class RegressionLoss(Loss):
    """A loss for outputs that are numbers, not classes."""

    one_unit = "number"
