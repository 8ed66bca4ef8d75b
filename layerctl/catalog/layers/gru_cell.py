from layerctl.catalog.layers._cells import ResetAndUpdate, UnitCell


class GRUCell(ResetAndUpdate, UnitCell):
    """One step of a GRU, for RNN to run over a sequence, or to be called on an input and a state.

    Call arguments: `inputs`; `states`, one tensor (batch, units), or a list of it; `training`.

    Weights: kernel (features, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units), or (3 units) without
    `reset_after`; the order of the gates is update, reset, content.

    MACs: 3 × units × (features + units).

    Example:
        ```yaml
        - RNN: {cell: {GRUCell: 64}, return_sequences: true}
        ```
    """

    after = {"recurrent_activation": "activation", "reset_after": "recurrent_dropout"}
