"""Diagnostics for mistakes that only show when data are read, or when a model is built or trained."""

from layerctl.diagnostics import Code


class DataNotFound(Code, id="LC651"):
    """The data are not on this machine and cannot be downloaded.

    Why:
        Named datasets that do not come with layerctl are looked up in `--data-dir`, `$LAYERCTL_DATA_DIR` and Keras's cache, then
        downloaded; a path must exist.

    Example:
        ```console
        $ layerctl train cnn --data mnist       # without a network
        ```

    Fix:
        Put the file where the message says, or use data that need no download: `digits` or `synthetic`.
    """


class UnreadableData(Code, id="LC652"):
    """The file does not have the content that its format requires.

    Why:
        An `.npz` archive holds the arrays `x_train`, `y_train`, `x_test` and `y_test` as plain numbers. Arrays of Python objects
        would have to be unpickled, and a pickle can run any code: layerctl never reads one.

    Example:
        ```python
        numpy.savez("data.npz", x=images, y=labels)
        ```

    Fix:
        Save the file anew: `numpy.savez("data.npz", x_train=…, y_train=…, x_test=…, y_test=…)`.
    """


class DataDoNotFit(Code, id="LC653"):
    """The data have another shape or dtype than the model's inputs.

    Why:
        A model takes only the shape that its spec declares.

    Example:
        A spec with `inputs: {image: [28, 28, 1]}`, and an archive whose `x_train` is (60000, 784).

    Fix:
        Declare the input with the shape of the data, or reshape the data when you save them.
    """


class LabelsDoNotFit(Code, id="LC654"):
    """The labels do not suit the model's output and its loss.

    Why:
        With `sparse_categorical_crossentropy` an output of 10 units takes the labels 0 to 9; a label 10 would crash on one
        machine and silently give NaN on another.

    Example:
        A model that ends in `Dense: 10`, and labels from 1 to 10.

    Fix:
        Count labels from 0, give the output as many units as there are classes, or use the loss that fits the labels.
    """


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


class MissingValues(Code, id="LC658"):
    """A table lacks values, and the spec does not say what to do about it.

    Why:
        Leaving out rows and filling in numbers both change what a model learns, so the spec has to choose. Missing targets are
        never filled in.

    Example:
        ```yaml
        train: {data: {path: penguins.csv, target: species}, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Write `missing: drop` to leave out such rows, or `mean`, `median` or `most_frequent` to fill in that value of the training
        part; or map columns to these: `missing: {sex: most_frequent, body_mass_g: mean}`.
    """


class UnknownColumn(Code, id="LC659"):
    """The table has no such column, or the model has no such input or output.

    Why:
        `target`, `columns`, `missing` and `categorical` name columns by the header, or count them from 0.

    Example:
        ```yaml
        train: {data: {path: penguins.csv, target: specie}, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Use the suggested name; `layerctl data FILE` shows all columns. A column can also be given by number; -1 is the last.
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
