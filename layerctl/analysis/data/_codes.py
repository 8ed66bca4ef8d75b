"""Diagnostics for data given by path."""

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
        Put the file where the message says, or use data that need no download: `digits` or `synthetic`. Where the data of a spec
        are not there on purpose, write `# layerctl: ignore[LC651]` behind the path: `check` then does not ask for them.
    """

    of_data = True


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

    of_data = True


class DataDoNotFit(Code, id="LC653"):
    """The data have another shape or dtype than the model's inputs.

    Why:
        A model takes only the shape that its spec declares.

    Example:
        A spec with `inputs: {image: [28, 28, 1]}`, and an archive whose `x_train` is (60000, 784).

    Fix:
        Declare the input with the shape of the data, or reshape the data when you save them.
    """

    of_data = True


class LabelsDoNotFit(Code, id="LC654"):
    """The labels do not suit the model's output and its loss.

    Why:
        With `sparse_categorical_crossentropy` an output of 10 units takes the labels 0 to 9; a label 10 would crash on one
        machine and silently give NaN on another.

    Example:
        A model that ends in `Dense: 10`, and labels from 1 to 10.

    Fix:
        Count labels from 0, give the output as many units as there are classes, or use the loss that fits the labels. With one
        label for each sample the model ends in (batch, units): no `return_sequences` in the last recurrent layer, or a pooling
        behind it.
    """

    of_data = True


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

    of_data = True


class UnknownColumn(Code, id="LC659"):
    """The table has no such column, or the model has no such input or output.

    Why:
        `target`, `columns`, `drop`, `dates`, `missing` and `categorical` name columns by the header, or count them from 0.

    Example:
        ```yaml
        train: {data: {path: penguins.csv, target: specie}, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Use the suggested name; `layerctl data FILE` shows all columns. A column can also be given by number; -1 is the last.
    """

    of_data = True


class DataSeemNotToFit(Code, id="LC660", severity="warning"):
    """By its first rows a table does not fit the model's input.

    Why:
        `check` reads the first megabyte of a table. If its columns hold numbers there, each makes one value; that another number
        of values is needed is a mistake, unless a column turns out to hold words further below. Training reads all rows.

    Example:
        A spec with `inputs: {x: [24]}`, and a table of a million rows with 20 columns of numbers beside the target.

    Fix:
        Declare the input with as many values as the table has columns, or choose columns with `columns`.
    """

    of_data = True
