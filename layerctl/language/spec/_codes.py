"""The codes of mistakes in the section `train`: in its form, and against the model and the data."""

from layerctl.diagnostics import Code


class UnknownDataset(Code, id="LC601"):
    """There is no dataset of this name.

    Why:
        `data` is the name of a dataset that layerctl knows, or a path; a path has a `/` or a suffix in it.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
        train: {data: mnits, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Take the suggested name, or write `{path: …}`; `synthetic` and `digits` need no file and no network.
    """


class UnknownLoss(Code, id="LC602"):
    """There is no loss of this name, or a spec cannot express it.

    Why:
        Names are Keras's own, in snake case (`mean_squared_error`), short (`mse`) or as the class is called.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1}]
        train: {data: synthetic, loss: mean_square_error}
        ```

    Fix:
        Take the suggested name.
    """


class UnknownOptimizer(Code, id="LC603"):
    """There is no optimizer, or no learning-rate schedule, of this name, or a spec cannot express it.

    Why:
        Names are Keras's own, in lower case (`adam`) or as the class is called (`Adam`).

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1}]
        train: {data: synthetic, loss: mse, optimizer: Adamm}
        ```

    Fix:
        Take the suggested name.
    """


class UnknownMetric(Code, id="LC604"):
    """There is no metric of this name, or training cannot use it.

    Why:
        Names are Keras's own, in snake case (`top_k_categorical_accuracy`), short (`mae`) or as the class is called.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1}]
        train: {data: synthetic, loss: mse, metrics: [acuracy]}
        ```

    Fix:
        Take the suggested name.
    """


class UnknownOutput(Code, id="LC605"):
    """A loss, a weight or metrics for an output that the model does not have.

    Why:
        Where they are a mapping, its keys are names of outputs; an entry for any other name would never be computed.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1}]
        outputs: {price: dense}
        train: {data: synthetic, loss: {prize: mse}}
        ```

    Fix:
        Use the name of an output: its key in `outputs`, or the item's name.
    """


class OutputWithoutLoss(Code, id="LC606"):
    """An output that no loss trains, or a loss weight too few or too many.

    Why:
        A mapping of losses names every output, so that none is left untrained by a slip.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1, name: a}, {Dense: 1, inputs: x, name: b}]
        outputs: [a, b]
        train: {data: synthetic, loss: {a: mse}}
        ```

    Fix:
        Add a loss for the output that the message names, or drop it from `outputs`.
    """


class NothingToMonitor(Code, id="LC607"):
    """The value to watch will not exist.

    Why:
        Keras reports `loss`, each metric under its name, and with validation data the same again with `val_` before it. Watching
        anything else never stops training and never saves a checkpoint, with no more than a warning in the log.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1}]
        train: {data: synthetic, loss: mse, early_stopping: {monitor: val_loss, patience: 3}}
        ```

    Fix:
        Set `validation_split`, give the data a validation part, add the metric, or monitor a name that the message lists.
    """


class TwoValidationParts(Code, id="LC616"):
    """The data have a validation part, and `validation_split` would make another.

    Why:
        Data that somebody set aside to validate on stay the validation part. Samples of the training part beside them would make
        a mixture of which nobody knows what it measures.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 1}]
        train: {data: {path: train.csv, validation: val.csv}, loss: mse, validation_split: 0.1}
        ```

    Fix:
        Remove `validation_split`, or leave the validation part out of the data.
    """


class OptionsLeftOut(Code, id="LC617", severity="warning"):
    """Options of the spec's `data` do not suit the data that `--data` names, and are left out.

    Why:
        `--data` says where other data are. How they are read is still said by the spec, as far as their format has these options;
        paths of further files, such as `validation` and `labels`, belong to the spec's own data.

    Example:
        ```yaml
        inputs: {x: [8, 8, 1]}
        layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
        train: {data: {path: pictures, image_size: 8, color_mode: grayscale}, loss: sparse_categorical_crossentropy}
        ```

        ```console
        $ layerctl train spec.yaml --data digits        # `digits` has no option `color_mode`
        ```

    Fix:
        Give the data with all their options: `--set 'train.data={path: new.csv, validation: new_val.csv}'`.
    """


class DirectionUnknown(Code, id="LC608"):
    """It is not known whether the monitored value should rise or fall.

    Why:
        A count of true positives, for example, is no measure of quality by itself, so `mode: auto` cannot decide.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
        train: {data: synthetic, loss: bce, metrics: [TruePositives], checkpoint: {monitor: TruePositives}}
        ```

    Fix:
        Add `mode: max` or `mode: min`.
    """


class DatasetDoesNotFit(Code, id="LC609"):
    """The dataset's samples do not fit the model's inputs.

    Why:
        The images of `mnist` and `fashion_mnist` are 28×28 pixels of one channel: they fit `[28, 28, 1]`, `[28, 28]` and `[784]`.
        `digits` is resized to the input.

    Example:
        ```yaml
        inputs: {image: [32, 32, 1]}
        layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
        train: {data: mnist, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Change the input's shape, ask for another size (`data: {name: mnist, image_size: 32}`), or take other data.
    """


class LossDoesNotFit(Code, id="LC610"):
    """The loss, the output's shape and the labels do not go together.

    Why:
        With ten classes `sparse_categorical_crossentropy` looks up one of ten values in the output, and one-hot targets have ten.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers: [Flatten, {Dense: {units: 9, activation: softmax}}]
        train: {data: mnist, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        Give the last layer one unit for each class, or take a loss that suits the output.
    """


class ActivationAppliedTwice(Code, id="LC611"):
    """The loss takes logits, but the output is probabilities already.

    CTC always takes logits; a loss of classes does with `from_logits: true`.

    Why:
        Such a loss applies softmax or sigmoid itself; on top of the model's own, gradients nearly vanish. keras.io on the logits
        for CTC: "They should *not* be normalized via softmax."

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
        train: {data: synthetic, loss: {SparseCategoricalCrossentropy: {from_logits: true}}}
        ```

    Fix:
        Remove `from_logits: true`, or the activation of the last layer.
    """


class MetricDoesNotFit(Code, id="LC612"):
    """The metric does not suit the output, or takes targets of another form than the loss.

    Why:
        Some metrics work on outputs of one shape only: `F1Score` on (batch, units), `class_id: 3` on at least four units.
        Class numbers suit `sparse_categorical_crossentropy` and the metrics named `Sparse…`; most other metrics compare target
        and output value by value, and fail or report nonsense on class numbers.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
        train: {data: synthetic, loss: sparse_categorical_crossentropy, metrics: [CategoricalAccuracy]}
        ```

    Fix:
        Take the metric or the loss that the message names; `accuracy` suits every form.
    """


class BatchSizeDiffers(Code, id="LC613"):
    """Training uses batches of another size than an input declares.

    Why:
        An input with `batch_size` accepts batches of that size only.

    Example:
        ```yaml
        inputs: {x: {shape: [8], batch_size: 16}}
        layers: [{Dense: 1}]
        train: {data: synthetic, loss: mse, batch_size: 32}
        ```

    Fix:
        Make the two equal, or leave `batch_size` out of the input.
    """


class ClassWeightDoesNotFit(Code, id="LC614"):
    """There is no such class to give a weight to.

    Why:
        A class weight multiplies the loss of that class's samples: it needs an output and a loss that tell classes apart, and a
        class that is one of them.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
        train: {data: synthetic, loss: sparse_categorical_crossentropy, class_weight: {3: 2.0}}
        ```

    Fix:
        Count classes from 0, give the weights of an output by its name where there are several, or remove `class_weight`.
    """


class InvalidOverride(Code, id="LC211"):
    """`--set` names no place in the spec.

    Why:
        A misspelled key that quietly changed nothing would be worse than an error.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 10}]
        ```

        ```console
        $ layerctl check spec.yaml --set layers.1.Dense=20
        ```

    Fix:
        Write `--set KEY=VALUE`, with dots between the keys: `vars.width=64`, `train.epochs=3`, `layers.0.Dense.units=10`.
    """
