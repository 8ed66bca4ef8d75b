from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._cells import LongShortTerm
from layerctl.catalog.layers._recurrent import Gated


class LSTM(LongShortTerm, Gated):
    """Reads a sequence step by step, and carries a memory that gates write, keep and read (Hochreiter and Schmidhuber, 1997).

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
        return_sequences: whether the output has every step, or the last only.
        return_state: whether the last states h and c are returned too, after the output.
        go_backwards: whether the sequence is read from its end; the steps of the output are then in that order.
        stateful: whether a batch begins with the state in which the one before it ended; needs a known batch size.
        unroll: whether the loop over the steps is written out: faster on short sequences, and takes more memory.
        use_cudnn: whether cuDNN's fast version is used on a GPU; `auto` uses it where it can.
        zero_output_for_mask: whether steps that a mask leaves out give zeros; else they repeat the step before.

    Call arguments: `initial_state`, a list of two tensors h and c, each (batch, units); `mask` (batch, steps), true where a
    step counts; `training`.

    Input shape: (batch, steps, features).

    Output shape: (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list: this, then
    the states h and c, (batch, units) each.

    Weights: kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units); the gates' order is
    input, forget, content, output.

    MACs: steps × 4 × units × (features + units).

    Example:
        ```yaml
        - LSTM: {units: 64, return_sequences: true}
        ```
    """

    after: ClassVar[dict[str, str]] = {
        "recurrent_activation": "activation",
        "unit_forget_bias": "bias_initializer",
        "use_cudnn": "unroll",
    }
