from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._cells import ResetAndUpdate
from layerctl.catalog.layers._recurrent import Gated


class GRU(ResetAndUpdate, Gated):
    """Reads a sequence step by step, with a state that an update gate and a reset gate change (Cho et al., 2014).

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
        seed: makes the dropout repeatable.
        return_sequences: whether the output has every step, or the last only.
        return_state: whether the last state is returned too, after the output.
        go_backwards: whether the sequence is read from its end; the steps of the output are then in that order.
        stateful: whether a batch begins with the state in which the one before it ended; needs a known batch size.
        unroll: whether the loop over the steps is written out: faster on short sequences, and takes more memory.
        reset_after: whether the reset gate is applied after the multiplication by the recurrent kernel, as cuDNN has it.
        use_cudnn: whether cuDNN's fast version is used on a GPU; `auto` uses it where it can.
        zero_output_for_mask: whether steps that a mask leaves out give zeros; else they repeat the step before.

    Call arguments: `initial_state`, one tensor (batch, units); `mask` (batch, steps), true where a
    step counts; `training`.

    Input shape: (batch, steps, features).

    Output shape: (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list: this, then
    the state, (batch, units).

    Weights: kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units), or (3 units) without
    `reset_after`; the gates' order is update, reset, content.

    MACs: steps × 3 × units × (features + units).

    Example:
        ```yaml
        - GRU: {units: 64, return_sequences: true}
        ```
    """

    after: ClassVar[dict[str, str]] = {
        "recurrent_activation": "activation",
        "reset_after": "unroll",
        "use_cudnn": "reset_after",
    }
