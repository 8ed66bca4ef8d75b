from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Tensor, add
from layerctl.catalog import ArgumentError, Kind, Says
from layerctl.catalog.layers._base import Call, Layer, Policy, Refusal, Tree, Weight
from layerctl.catalog.layers._cells import Cell, check_is_cell, listed, stepped
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype
from layerctl.catalog.layers._wrapper import inner_weights


def _cells(value: object) -> object:
    if isinstance(value, tuple) and value and all(isinstance(cell, Layer) for cell in value):
        return value
    raise PydanticCustomError("cells_type", "not a list of cells")


class StackedRNNCells(Cell):
    """Several cells as one: at each step each cell is called on the output of the one before.

    A list of cells as argument of `RNN` means the same.

    Call arguments: `inputs`; `states`, a list with an entry for each cell, which is a list where the cell has several states
    (`[[h_1, c_1], h_2]`); `training`.

    Input shape: (batch, features).

    Output shape: the output of the last cell, (batch, its units), and the next states in the structure of those given; of a
    stack of one cell, the states of that cell.

    Weights: those of the cells, in order.

    MACs: those of all cells.

    Example:
        ```yaml
        - RNN: {cell: {StackedRNNCells: {cells: [{LSTMCell: 64}, {GRUCell: 32}]}}}
        ```
    """

    can_be_frozen = False
    stacked = True
    stricter = {
        "no cells": "A stack of no cells is refused: it would return its input.",
    }

    cells: Annotated[
        Any, Says("a list of one or more cells, such as `[{LSTMCell: 8}]`"), Kind("layers", many=True), AfterValidator(_cells)
    ] = Field(description="the cells, from first to last; none is a stack itself.")

    @model_validator(mode="after")
    def _of_cells(self) -> Self:
        for cell in self.cells:
            check_is_cell(cell, "cells", "StackedRNNCells")
            if cell.stacked:
                raise ArgumentError(
                    "cells", "a stack of cells cannot be a cell of another", "list the cells of both in one stack"
                )
        return self

    @property
    def parts(self) -> tuple[Cell, ...]:
        return self.cells  # type: ignore[no-any-return]

    def state(self, batch: int | None, policy: Policy) -> Tree:
        return tuple(cell.state(batch, policy) for cell in self.cells)

    def at_step(self, call: Call) -> Iterator[tuple[Cell, Call, Tensor]]:
        """Each cell with its call and its output."""
        x = call.x
        for cell in self.cells:
            inner = stepped(call, cell, x)
            if not cell.autocast and inner.policy.compute != call.policy.compute:  # the stack casts the states to its own dtype
                message = f"{cell.keras_name()} works in {inner.policy.compute}; its stack hands on {call.policy.compute}"
                raise Refusal(WrongDtype, message, help="leave out `autocast: false`")
            x = cell.step(inner)
            yield cell, inner, x

    def step(self, call: Call) -> Tensor:
        *_, (_, _, last) = self.at_step(call)
        return last

    def after_step(self, states: Tree, call: Call) -> Tree:
        next_states: list[Tree] = []
        for part, (cell, inner, _) in zip(listed(states), self.at_step(call), strict=True):
            state = listed(cell.after_step(listed(part), inner))
            next_states.append(state[0] if isinstance(part, Tensor) else state)
        return next_states[0] if len(next_states) == 1 else tuple(next_states)

    def check_state_dtype(self, states: Tree) -> None:
        for cell, part in zip(self.parts, listed(states), strict=True):
            cell.check_state_dtype(part)

    def check_loop(self, call: Call, *, unrolled: bool, masked: bool) -> None:
        compute = call.policy.compute
        for cell, inner, _ in self.at_step(call):
            if inner.policy.compute != compute:
                message = f"within a stack that works in {compute}, {cell.keras_name()} works in {inner.policy.compute}"
                raise Refusal(WrongDtype, message, help="give the stack and its cells the same `dtype`")
        several = not isinstance(self.cells[0].state(None, call.policy), Tensor)
        if len(self.cells) == 1 and (masked or (unrolled and several)):
            message = f"Keras cannot run a stack of one cell {'under a mask' if masked else 'unrolled'}"
            name = self.cells[0].keras_name()
            raise Refusal(ShapeDoesNotSuit, message, help=f"name the cell without a list: `cell: {{{name}: …}}`")

    @property
    def drops(self) -> str | None:
        return next(filter(None, (cell.drops for cell in self.cells)), None)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return tuple(weight for cell, inner, output in self.at_step(call) for weight in inner_weights(call, cell, inner, output))

    def macs(self, call: Call, output: Tree) -> int | None:
        return add(*(cell.macs(inner, x) for cell, inner, x in self.at_step(call)))
