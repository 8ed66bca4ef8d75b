from layerctl.catalog.layers._cells import LongShortTerm, UnitCell


class LSTMCell(LongShortTerm, UnitCell):
    """One step of an LSTM, for RNN to run over a sequence, or to be called on an input and states.

    Call arguments: `inputs`; `states`, a list of two tensors h and c, each (batch, units); `training`.

    Output shape: the output, (batch, units), and the next states in the structure of those given: `[1][0]` is h, `[1][1]` is c.

    Weights: kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units); the order of the gates is
    input, forget, content, output.

    MACs: 4 × units × (features + units).

    Example:
        ```yaml
        - RNN: {cell: {LSTMCell: 64}, return_sequences: true}
        ```
    """

    after = {"recurrent_activation": "activation", "unit_forget_bias": "bias_initializer"}
