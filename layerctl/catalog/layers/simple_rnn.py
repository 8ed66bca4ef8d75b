from layerctl.catalog.layers._recurrent import Recurrent


class SimpleRNN(Recurrent):
    """A simple recurrent network: its output at each step is its state at the next.

    Call arguments: `initial_state`, one tensor (batch, units); `mask` (batch, steps), true where a
    step counts; `training`.

    Weights: kernel (features, units), recurrent_kernel (units, units), bias (units).

    MACs: steps × units × (features + units).

    Example:
        ```yaml
        - SimpleRNN: {units: 64, return_sequences: true}
        ```
    """

    gates = 1
    after = {"seed": "unroll"}
    stricter = {
        "penalty": "An `activity_regularizer` that cannot work on the output is refused; here Keras ignores it.",
    }
