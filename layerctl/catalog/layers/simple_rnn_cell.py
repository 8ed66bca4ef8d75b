from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._cells import UnitCell


class SimpleRNNCell(UnitCell):
    """One step of a SimpleRNN, for RNN to run over a sequence, or to be called on an input and a state.

    Args:
        units: the size of the state, and of the output.
        activation: the function applied to the sums.
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
        seed: makes the dropout repeatable.

    Call arguments: `sequence`; `states`, one tensor (batch, units), or a list of it; `training`.

    Input shape: (batch, features).

    Output shape: the output, (batch, units), and the next states in the form of those given: `[1]`, or `[1][0]` for a list.

    Weights: kernel (features, units), recurrent_kernel (units, units), bias (units).

    MACs: units × (features + units).

    Example:
        ```yaml
        - RNN: {cell: {SimpleRNNCell: 64}, return_sequences: true}
        ```
    """

    call_arguments: ClassVar[tuple[str, ...]] = ("sequence", "states", "training")
    gates: ClassVar[int] = 1
