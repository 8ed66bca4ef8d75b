"""Diagnostics for mistakes that only show when data are read, or when a model is built or trained."""

from layerctl.diagnostics import Code


class TooFewSamples(Code, id="LC655"):
    """There are not enough samples.

    Why:
        At least one sample is needed to train on, one to validate on where `validation_split` is set, and one to test on; a model
        with a fixed `batch_size` needs a whole batch of each.

    Example:
        ```console
        $ layerctl train cnn --limit 1 --set train.validation_split=0.5
        ```

    Fix:
        Raise `--limit`, or lower `validation_split`.
    """


class TrainingDiverged(Code, id="LC656"):
    """The loss is NaN or infinite.

    Why:
        After a loss of NaN or infinity every weight becomes NaN, so training ends.

    Example:
        ```yaml
        train: {data: digits, loss: mse, optimizer: {SGD: {learning_rate: 1e6}}}
        ```

    Fix:
        Lower the learning rate, clip the gradients (`clipnorm: 1.0` of the optimizer), scale the data to about -1 … 1, or set
        `from_logits: true` if the loss gets logits.
    """


class NotComparable(Code, id="LC657"):
    """The variants cannot be compared: they are not trained on the same task.

    Why:
        A difference between two models means something only if data, targets and metrics are the same.

    Example:
        ```console
        $ layerctl compare cnn rnn
        ```

    Fix:
        Name variants for one task, or give all the same data with `--data`.
    """


class NotDisturbable(Code, id="LC691"):
    """The test data cannot be disturbed as images.

    Why:
        Shifts, rotations, hidden squares and permuted pixels need images: one input of floats, (height, width, channels),
        (height, width), or a row of pixels of a named dataset of images.

    Example:
        ```console
        $ layerctl compare sensor sensor@layers.0.Dense.units=8 --perturb shift
        ```

    Fix:
        Leave out `--perturb`, or compare models of images.
    """


class TrialLost(Code, id="LC692"):
    """The process of a trial was killed twice.

    Why:
        With `--ray` trials are trained by other processes, on this machine or on a cluster. One of them was killed, ran out of
        memory, or lost its machine; the same happened when the trial was started again.

    Example:
        ```console
        $ layerctl compare cnn dense --ray      # on a machine with too little memory for two at a time
        ```

    Fix:
        Run the same command again: finished trials are kept. Without `--ray` one trial is trained at a time.
    """


class CustomLayerNotFound(Code, id="LC314"):
    """The class of a custom layer cannot be imported, or is not a Keras layer.

    Why:
        `package.module:Class` is looked up as `import package.module` does, in the current directory first; the class has to
        derive from `keras.layers.Layer`.

    Example:
        ```console
        $ cd elsewhere; layerctl build gated --allow-custom-code          # mypkg/ is not there
        ```

    Fix:
        Run from the directory that holds the package, install it, or add its directory to `PYTHONPATH`.
    """


class RefusedByKeras(Code, id="LC315"):
    """A custom layer fails, or Keras refuses a layer after it; `check` cannot know this.

    Why:
        The inputs that a custom layer accepts, and without `output_shape` its outputs, are known only when its code runs.

    Example:
        ```yaml
        inputs: {x: [96]}
        layers:
          - mypkg.layers:Gate: {unit: 8}          # its argument is `units`
        ```

    Fix:
        Correct what the message names; if the class failed, its line is shown. `output_shape` beside the layer lets `check` judge
        the layers after it.
    """


class DeclarationDiffers(Code, id="LC316"):
    """A custom layer's `output_shape` or `weights` in the spec differ from those of its class.

    Why:
        `check` and `summary` rely on them; their results for all later layers would be wrong.

    Example:
        ```yaml
        inputs: {x: [96]}
        layers:
          - mypkg.layers:Gate: {units: 8}
            output_shape: [9]
        ```

    Fix:
        Declare what the message says, or correct the class. `output_shape` has no batch dimension.
    """


class CannotWriteRun(Code, id="LC670"):
    """A file of the run cannot be written: the disk is full, or the directory is not writable.

    Why:
        Training ends if its results cannot be kept. Every file is written completely or not at all, so the files of the last
        finished epoch are intact.

    Example:
        ```console
        $ layerctl train cnn --runs-dir /mnt/full
        ```

    Fix:
        Make room or make the directory writable, then continue with `layerctl train --resume RUN`.
    """


class NothingToResume(Code, id="LC671"):
    """The run has no state to continue from.

    Why:
        The states of the training after the last two epochs are kept under `state/`, with checksums. Without an undamaged one
        the training cannot be continued exactly.

    Example:
        ```console
        $ layerctl train --resume runs/cnn-1        # both files of runs/cnn-1/state are damaged
        ```

    Fix:
        Start a new run from the run's own spec: `layerctl train runs/cnn-1/resolved.yaml`.
    """


class DataChanged(Code, id="LC672"):
    """The data have changed since the run began.

    Why:
        A run that continues with other data is neither the old run nor a new one; its metrics would mean nothing.

    Example:
        ```console
        $ layerctl train --resume runs/table-1      # after an edit of table.npz
        ```

    Fix:
        Restore the data, or start a new run: `layerctl train runs/table-1/resolved.yaml`.
    """
