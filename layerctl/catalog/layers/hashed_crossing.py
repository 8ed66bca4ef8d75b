from typing import ClassVar, Literal

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import FLOATS, text
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree
from layerctl.catalog.layers._categorical import vectors_are_dense
from layerctl.catalog.layers._codes import ShapesDoNotMerge, WrongDtype


class HashedCrossing(Layer):
    """Hashes each pair of two categories to an integer below `num_bins`.

    Input shape: two of (batch, 1), or two of (batch,), which a spec writes as `[]`; texts or integers.

    Output shape: with `int` the first input's, of int64; with `one_hot` (batch, num_bins).

    Example:
        ```yaml
        inputs: {city: {shape: [1], dtype: string}, hour: {shape: [1], dtype: int32}}
        layers:
          - HashedCrossing: 100
            inputs: [city, hour]
        ```
    """

    category = "preprocessing"
    tensorflow_only = True
    input_kind = "list"
    trainable: ClassVar[bool] = True  # type: ignore[misc]  # no argument of this class
    autocast: ClassVar[bool] = True  # type: ignore[misc]  # likewise
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]  # likewise
    stricter = {
        "no bins": "`num_bins: 0` is refused: Keras does not check, and gives numbers of up to 63 bits, or vectors of no values.",
        "sparse": "`sparse` is refused: Keras makes such vectors only of a batch of known size.",
    }

    num_bins: PositiveInt = Field(description="the number of different integers in the output, from 0.")
    output_mode: Literal["int", "one_hot"] = Field(
        "int", description="`int` gives the integers, `one_hot` a vector for each pair."
    )
    sparse: bool = Field(False, description="false; Keras cannot make sparse vectors of a batch of unknown size.")

    _vectors_are_dense = model_validator(mode="after")(vectors_are_dense)

    @property
    def casts_inputs(self) -> bool:
        return False

    @property
    def own_policy(self) -> str | None:
        return self.dtype or ("int64" if self.output_mode == "int" else None)

    def output(self, call: Call) -> Tree:
        shapes = [x.shape for x in call.xs]
        shown = " and ".join(map(text, shapes))
        if len(shapes) != 2:
            message = f"HashedCrossing takes two tensors; it is given {len(shapes)}"
            raise Refusal(ShapesDoNotMerge, message, help="cross more of them by one HashedCrossing after another")
        if any(len(shape) > 2 or shape[1:] not in ((), (1,)) for shape in shapes) or len(shapes[0]) != len(shapes[1]):
            message = f"HashedCrossing takes two tensors of one value for each sample, alike (batch, 1) or (batch,); got {shown}"
            raise Refusal(ShapesDoNotMerge, message, label=f"got {shown}", help="give both inputs the shape [1]")
        for x in call.xs:
            if x.dtype in FLOATS or x.dtype == "bool":
                message = f"HashedCrossing works on texts and integers; got {x.dtype}"
                raise Refusal(
                    WrongDtype, message, label=f"got {x.dtype}", help="give the input `dtype: int32` or `dtype: string`"
                )
        batch = shapes[0][0]
        if self.output_mode == "one_hot" and shapes[0] == (1,):
            message = "of a batch of one value each Keras promises a vector, and gives a batch of one"
            raise Refusal(ShapesDoNotMerge, message, label=f"got {shown}", help="leave out `batch_size`")
        return call.result(shapes[0] if self.output_mode == "int" else (batch, self.num_bins))
