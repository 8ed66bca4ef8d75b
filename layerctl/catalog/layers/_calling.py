"""How a layer is called: on which inputs, with which arguments, and what a second call must share with the first."""

from typing import ClassVar, Literal

from layerctl.base.shapes import FLOATS, Tensor
from layerctl.catalog.layers._calls import Call, Tree, leaves

InputKind = Literal["tensor", "list", "either", "each"]
FixedByFirstCall = Literal["rank", "channels", "features", "step"] | None


class AboutCalls:
    """How a layer is called. By default on one tensor, and again on any other tensor.

    Class attributes:
        input_kind: what it is called on: a `tensor`; a `list` of tensors; `either`; or a tensor, so that a list means a call on
            `each` of its tensors.
        call_arguments: the arguments of its `call` by Keras's names, the input first.
        required_arguments: the arguments besides the input that every call must give.
        input_names: the names of a nested model's inputs, as keys for a mapping of inputs.
        joins_branches: whether `merge:` can name it to join the ends of `branches`.
        fixed_by_first_call: what later inputs must share with the first: the `rank`; rank and number of `channels`; the length
            of the last axis (`features`); or the shape of one `step` of a sequence.
        keeps_dtype_when_run: whether the running model returns integers, booleans and text in their own dtype, although Keras
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
        """The output of the running model, whose dtype can differ from what Keras promises."""
        dtypes = {tensor.dtype for tensor in leaves(call.inputs)}
        if not self.keeps_dtype_when_run or len(dtypes) != 1 or dtypes & FLOATS or not isinstance(output, Tensor):
            return output
        return Tensor(output.shape, *dtypes)
