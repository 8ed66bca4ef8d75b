"""How a layer is called: on one tensor or on a list, with which further arguments, a second time, and when the model runs."""

from typing import ClassVar, Literal

from layerctl.base.shapes import FLOATS, Tensor
from layerctl.catalog.layers._calls import Call, Tree, leaves

InputKind = Literal["tensor", "list", "either", "each"]
FixedByFirstCall = Literal["rank", "channels", "features", "step"] | None


class AboutCalls:
    """How a layer is called. One that says nothing is called on a tensor, and on whatever tensor again.

    Class attributes:
        input_kind: what it is called on: a `tensor`, a `list` of tensors, `either` of the two, or a tensor, where a list means
            a call on `each`.
        call_arguments: the arguments of its call by Keras's names, the input first.
        required_arguments: those of them that no call can do without, besides the input.
        input_names: the names of a nested model's inputs, by which a mapping gives them.
        joins_branches: whether `merge:` may name it, which joins the ends of `branches`.
        fixed_by_first_call: what the input of a further call must share with that of the first: the `rank`; rank and number of
            `channels`; the length of the last axis, the `features`; or the shape of a `step` of a sequence.
        keeps_dtype_when_run: whether integers, truth values and text come out as they came in when the model runs, though Keras
            promises the compute dtype.
    """

    input_kind: ClassVar[InputKind] = "tensor"
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs",)
    required_arguments: ClassVar[tuple[str, ...]] = ()
    input_names: ClassVar[tuple[str, ...]] = ()
    joins_branches: ClassVar[bool] = False
    fixed_by_first_call: ClassVar[FixedByFirstCall] = None
    keeps_dtype_when_run: ClassVar[bool] = False

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        """What the output is when the model runs: its dtype can be another one than Keras promises."""
        dtypes = {tensor.dtype for tensor in leaves(call.inputs)}
        if not self.keeps_dtype_when_run or len(dtypes) != 1 or dtypes & FLOATS or not isinstance(output, Tensor):
            return output
        return Tensor(output.shape, *dtypes)
