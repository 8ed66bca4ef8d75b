from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._cells import ResetAndUpdate, UnitCell


class GRUCell(ResetAndUpdate, UnitCell):
    """One step of a GRU, for RNN to run over a sequence, or to be called on an input and a state.

    Args:
        units: the size of the state, and of the output.
        activation: the function applied to the new content of the state.
        recurrent_activation: the function applied to the gates.
        use_bias: whether a bias is added.
        kernel_initializer: how the kernel, which works on the input, begins.
        recurrent_initializer: how the recurrent kernel, which works on the state, begins.
        bias_initializer: how the bias begins.
        kernel_regularizer: a penalty on the kernel.
        recurrent_regularizer: a penalty on the recurrent kernel.
        bias_regularizer: a penalty on the bias.
        activity_regularizer: a penalty on the output.
        kernel_constraint: what is held of the kernel after each update.
        recurrent_constraint: what is held of the recurrent kernel after each update.
        bias_constraint: what is held of the bias after each update.
        dropout: the share of the inputs that is dropped in training.
        recurrent_dropout: the share of the state that is dropped in training.
        reset_after: whether the reset gate is applied after the multiplication by the recurrent kernel, as cuDNN has it.
        seed: makes the dropout repeatable.

    Call arguments: `inputs`; `states`, one tensor (batch, units), or a list of it; `training`.

    Input shape: (batch, features).

    Output shape: the output, (batch, units), and the next states in the form of those given: `[1]`, or `[1][0]` for a list.

    Weights: kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units), or (3 units) without
    `reset_after`; the gates' order is update, reset, content.

    MACs: 3 × units × (features + units).

    Example:
        ```yaml
        - RNN: {cell: {GRUCell: 64}, return_sequences: true}
        ```
    """

    after: ClassVar[dict[str, str]] = {"recurrent_activation": "activation", "reset_after": "recurrent_dropout"}
