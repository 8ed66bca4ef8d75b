from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog import ArgumentError, Kind, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Tree, Weight
from layerctl.catalog.layers._cells import Cell, check_is_cell, stepped
from layerctl.catalog.layers._recurrent import Loop
from layerctl.catalog.layers._wrapper import inner_weights
from layerctl.catalog.layers.stacked_rnn_cells import StackedRNNCells


def _cell(value: object) -> object:
    """Accepts a cell; turns a list of cells into a stack, as Keras does."""
    if isinstance(value, Layer):
        return value
    if not isinstance(value, tuple) or not value or not all(isinstance(cell, Layer) for cell in value):
        raise PydanticCustomError("cell_type", "not a cell")
    if all(isinstance(cell, Cell) and not cell.stacked for cell in value):
        return StackedRNNCells.model_validate({"cells": value})
    return value


class RNN(Loop):
    """Runs a cell, or a stack of cells, over the steps of a sequence.

    Call arguments: `initial_state`, a list of the states of the cell, or of several cells a list with an entry for each
    (`[[h_1, c_1], h_2]`); `mask` (batch, steps), true where a step counts; `training`.

    Input shape: (batch, steps, features).

    Output shape: (batch, units), or (batch, steps, units) with `return_sequences`, where the units are those of the last cell;
    with `return_state` a list: this, then the states, (batch, units) each; of several cells one entry for each, which is a list
    if the cell has several states: `[1][0]`.

    Weights: those of the cell.

    MACs: steps × those of the cell.

    Example:
        ```yaml
        - RNN: {cell: [{LSTMCell: 64}, {GRUCell: 32}], return_sequences: true}
        ```
    """

    can_be_frozen = False
    stricter = {
        "dtypes of a stack": "Cells of different dtypes are refused; in Keras they run only unrolled and without a mask.",
    }

    cell: Annotated[
        Any,
        Says("a cell, such as `{LSTMCell: 8}`, or a list of one or more cells"),
        Kind("layers", many=True),
        AfterValidator(_cell),
    ] = Field(description="the cell, or a list of cells, each called on the output of the one before.")

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return ("cell", *(name for name in super().own_fields() if name != "cell"))

    @model_validator(mode="after")
    def _of_cells(self) -> Self:
        for cell in self.cell if isinstance(self.cell, tuple) else (self.cell,):
            check_is_cell(cell, "cell", "RNN")
        if isinstance(self.cell, tuple):
            raise ArgumentError("cell", "a stack of cells cannot be a cell of another", "list the cells of both in one list")
        for cell in (self.cell, *self.cell.parts):
            if cell.activity_regularizer is not None and not self.unroll:
                message = f"Keras cannot collect the `activity_regularizer` of {cell.keras_name()} from within the loop"
                raise ArgumentError("cell", message, "give RNN itself an `activity_regularizer`")
        return self

    def output(self, call: Call) -> Tree:
        checks.rank(call.x.shape, 3)
        inner, cell = self.inner(call), self.cell
        one = cell.step(inner)
        masked = call.arguments.get("mask") is not None
        cell.check_loop(inner, unrolled=self.unroll, masked=masked)
        cell.parts[0].check_dropout(call.x, inner.policy.compute)
        state = cell.state(call.x.shape[0], call.policy)
        return self.looped(call, call.result(one.shape), state, stacked=cell.stacked)

    def inner(self, call: Call) -> Call:
        """The call of the cell at one step."""
        batch, _, features = call.x.shape
        return stepped(call, self.cell, Tensor((batch, features), call.x.dtype))

    def weights(self, call: Call) -> tuple[Weight, ...]:
        inner = self.inner(call)
        return inner_weights(call, self.cell, inner, self.cell.step(inner))

    def macs(self, call: Call, output: Tree) -> int | None:
        inner = self.inner(call)
        return prod((call.x.shape[1], self.cell.macs(inner, self.cell.step(inner))))
