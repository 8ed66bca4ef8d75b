from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._cells import LongShortTerm, UnitCell


class LSTMCell(LongShortTerm, UnitCell):
    """One step of an LSTM, for RNN to run over a sequence, or to be called on an input and states.

    Args:
        units: the size of the state, and of the output.
        activation: the function applied to the memory's new content, and to the memory before it is read.
        recurrent_activation: the function applied to the gates.
        use_bias: whether a bias is added.
        kernel_initializer: how the kernel, which works on the input, begins.
        recurrent_initializer: how the recurrent kernel, which works on the state, begins.
        bias_initializer: how the bias begins.
        unit_forget_bias: whether the forget gate's part of the bias begins at 1, so that the layer first learns to keep.
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

    Call arguments: `inputs`; `states`, a list of two tensors h and c, each (batch, units); `training`.

    Input shape: (batch, features).

    Output shape: the output, (batch, units), and the next states in the form of those given: `[1][0]` is h, `[1][1]` is c.

    Weights: kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units); the gates' order is
    input, forget, content, output.

    MACs: 4 × units × (features + units).

    Example:
        ```yaml
        - RNN: {cell: {LSTMCell: 64}, return_sequences: true}
        ```
    """

    after: ClassVar[dict[str, str]] = {"recurrent_activation": "activation", "unit_forget_bias": "bias_initializer"}
