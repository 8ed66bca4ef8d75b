from layerctl.catalog.layers._cells import ResetAndUpdate
from layerctl.catalog.layers._recurrent import Gated


class GRU(ResetAndUpdate, Gated):
    """Gated recurrent unit: reads a sequence step by step; two gates control what is kept of its state (Cho et al., 2014).

    Call arguments: `initial_state`, one tensor (batch, units); `mask` (batch, steps), true where a
    step counts; `training`.

    Weights: kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units), or (3 units) without
    `reset_after`; the order of the gates is update, reset, content.

    MACs: steps × 3 × units × (features + units).

    Example:
        ```yaml
        - GRU: {units: 64, return_sequences: true}
        ```
    """

    after = {
        "recurrent_activation": "activation",
        "reset_after": "unroll",
        "use_cudnn": "reset_after",
    }
