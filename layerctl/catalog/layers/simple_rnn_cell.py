from layerctl.catalog.layers._cells import UnitCell


class SimpleRNNCell(UnitCell):
    """One step of a SimpleRNN, for RNN to run over a sequence, or to be called on an input and a state.

    Call arguments: `sequence`; `states`, one tensor (batch, units), or a list of it; `training`.

    Weights: kernel (features, units), recurrent_kernel (units, units), bias (units).

    MACs: units × (features + units).

    Example:
        ```yaml
        - RNN: {cell: {SimpleRNNCell: 64}, return_sequences: true}
        ```
    """

    call_arguments = ("sequence", "states", "training")
    gates = 1
