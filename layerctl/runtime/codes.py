"""The mistakes that show when data are read and when a model is trained: what `check` cannot know."""

from layerctl.diagnostics import Code


class DataNotFound(Code):
    """The data are neither on this machine nor to be had.

    Why:
        Named sets that do not come with layerctl are looked for in `--data-dir`, `$LAYERCTL_DATA_DIR` and Keras's cache, then
        downloaded; a path must exist.

    Example:
        ```console
        $ layerctl train cnn --data mnist       # without a network
        ```

    Fix:
        Put the file where the message says, or use data that need none: `digits` or `synthetic`.
    """

    id = "LC651"


class UnreadableData(Code):
    """The file does not hold what its format needs.

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

    id = "LC652"


class DataDoNotFit(Code):
    """The data have another shape or dtype than the model's inputs.

    Why:
        A model takes the shape that its spec declares, and no other.

    Example:
        A spec with `inputs: {image: [28, 28, 1]}`, and an archive whose `x_train` is (60000, 784).

    Fix:
        Declare the input with the shape of the data, or reshape the data when you save them.
    """

    id = "LC653"


class LabelsDoNotFit(Code):
    """The labels do not suit the model's output and its loss.

    Why:
        With `sparse_categorical_crossentropy` an output of 10 units takes the labels 0 to 9; a label 10 would be a crash on one
        machine and a silent NaN on another.

    Example:
        A model that ends in `Dense: 10`, and labels from 1 to 10.

    Fix:
        Count labels from 0, give the output as many units as there are classes, or take the loss that fits the labels.
    """

    id = "LC654"


class TooFewSamples(Code):
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

    id = "LC655"


class TrainingDiverged(Code):
    """The loss is no longer a number.

    Why:
        After NaN or infinity every weight becomes NaN: nothing that follows would mean anything, so training ends.

    Example:
        ```yaml
        train: {data: digits, loss: mse, optimizer: {SGD: {learning_rate: 1e6}}}
        ```

    Fix:
        Lower the learning rate, clip the gradients (`clipnorm: 1.0` of the optimizer), bring the data to about -1 … 1, or give a
        loss that takes logits `from_logits: true`.
    """

    id = "LC656"


class NotComparable(Code):
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

    id = "LC657"


class NotDisturbable(Code):
    """The test data cannot be disturbed as images.

    Why:
        Shifts, rotations, hidden squares and permuted pixels mean something for images only: one input of floats, (height, width,
        channels), (height, width), or a row of pixels of a named set of images.

    Example:
        ```console
        $ layerctl compare sensor sensor@layers.0.Dense.units=8 --perturb shift
        ```

    Fix:
        Leave out `--perturb`, or compare models of images.
    """

    id = "LC681"
