from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.catalog.layers._recurrent import Recurrent


class SimpleRNN(Recurrent):
    """Reads a sequence step by step; its output at each step is its state at the next.

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
        return_sequences: whether the output has every step, or the last only.
        return_state: whether the last state is returned too, after the output.
        go_backwards: whether the sequence is read from its end; the steps of the output are then in that order.
        stateful: whether a batch begins with the state in which the one before it ended; needs a known batch size.
        unroll: whether the loop over the steps is written out: faster on short sequences, and takes more memory.
        seed: makes the dropout repeatable.
        zero_output_for_mask: whether steps that a mask leaves out give zeros; else they repeat the step before.

    Call arguments: `initial_state`, one tensor (batch, units); `mask` (batch, steps), true where a
    step counts; `training`.

    Input shape: (batch, steps, features).

    Output shape: (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list: this, then
    the state, (batch, units).

    Weights: kernel (features, units), recurrent_kernel (units, units), bias (units).

    MACs: steps × units × (features + units).

    Example:
        ```yaml
        - SimpleRNN: {units: 64, return_sequences: true}
        ```
    """

    gates: ClassVar[int] = 1
    after: ClassVar[dict[str, str]] = {"seed": "unroll"}
    stricter: ClassVar[Mapping[str, str]] = {
        "penalty": "An `activity_regularizer` that cannot judge the output is refused; here Keras forgets the penalty.",
    }
