from layerctl.catalog.layers._cells import LongShortTerm
from layerctl.catalog.layers._recurrent import Gated


class LSTM(LongShortTerm, Gated):
    """Long short-term memory: reads a sequence step by step; gates control its cell state (Hochreiter and Schmidhuber, 1997).

    Call arguments: `initial_state`, a list of two tensors h and c, each (batch, units); `mask` (batch, steps), true where a
    step counts; `training`.

    Output shape: (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list: this, then
    the states h and c, (batch, units) each.

    Weights: kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units); the order of the gates is
    input, forget, content, output.

    MACs: steps × 4 × units × (features + units).

    Example:
        ```yaml
        - LSTM: {units: 64, return_sequences: true}
        ```
    """

    after = {
        "recurrent_activation": "activation",
        "unit_forget_bias": "bias_initializer",
        "use_cudnn": "unroll",
    }
