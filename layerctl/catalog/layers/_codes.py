"""The diagnostics of layers: shapes, ranks, axes and dtypes that Keras refuses, or that fail when the model runs."""

from layerctl.diagnostics import Code


class WrongRank(Code, id="LC401"):
    """The input has a number of dimensions that this layer cannot work on.

    The batch dimension is counted: an image batch has rank 4.

    Why:
        A Conv2D slides over height and width, so it needs (batch, height, width, channels); a Dense needs at least one axis of
        features.

    Example:
        ```yaml
        inputs: {x: [784]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3}
        ```

    Fix:
        Give the input the missing axis, or put a Reshape before the layer; after Flatten, use Dense.
    """


class KernelDoesNotFit(Code, id="LC402"):
    """The window of a convolution or pooling is larger than its input, so that no output position is left.

    Why:
        With `padding: valid` an axis of length n and a window of length k leave n - k + 1 positions.

    Example:
        ```yaml
        inputs: {image: [4, 4, 1]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 5}
        ```

    Fix:
        Set `padding: same`, use a smaller kernel, or drop a pooling layer before it.
    """


class AxisOutOfRange(Code, id="LC403"):
    """An axis that the input does not have, or one that is named twice.

    Why:
        Axes count from 0, the batch; negative ones count from the end.

    Example:
        ```yaml
        inputs: {x: [10]}
        layers:
          - BatchNormalization: {axis: 3}
        ```

    Fix:
        Use -1 for the last axis, or a number below the input's rank.
    """


class ShapesDoNotMerge(Code, id="LC404"):
    """The inputs of a merge layer do not fit together.

    Why:
        Add, Multiply and their like work value by value, so the shapes must broadcast; Concatenate joins along one axis, so all
        the others must be equal.

    Example:
        ```yaml
        inputs: {a: [10], b: [12]}
        layers:
          - Add:
            inputs: [a, b]
        ```

    Fix:
        Give both paths the same number of units or filters, or project one of them with a Dense or a 1×1 Conv2D.
    """


class ReshapeDoesNotFit(Code, id="LC405"):
    """The target shape holds a different number of values than the input.

    Why:
        A reshape keeps all values; it can neither drop nor add any.

    Example:
        ```yaml
        inputs: {x: [784]}
        layers:
          - Reshape: [28, 27]
        ```

    Fix:
        Make the product of the target equal to that of the input; one dimension may be -1, which is then computed.
    """


class UnknownDimension(Code, id="LC406"):
    """A layer needs a dimension that is not known before the model runs.

    Why:
        A weight's shape is fixed when the model is built: Dense on an unknown number of features has no kernel.

    Example:
        ```yaml
        inputs: {image: [null, null, 3]}
        layers: [Flatten, {Dense: 10}]
        ```

    Fix:
        Write the dimension into `inputs`, or bring the tensor to a known size first (GlobalAveragePooling2D instead of Flatten).
    """


class WrongDtype(Code, id="LC407"):
    """The layer cannot work on values of this dtype.

    Why:
        Keras builds a convolution over integers without an error, and the model then fails when it runs.

    Example:
        ```yaml
        inputs: {image: {shape: [28, 28, 1], dtype: int32}}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3}
        ```

    Fix:
        Declare the input as float32, or cast it.
    """


class ChannelsNotDivisible(Code, id="LC408"):
    """The channels cannot be split into that many groups.

    Why:
        Each group takes an equal part of the channels.

    Example:
        ```yaml
        inputs: {image: [28, 28, 3]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3, groups: 2}
        ```

    Fix:
        Choose `groups` so that it divides the input's channels and the filters.
    """


class ShapeDoesNotSuit(Code, id="LC409"):
    """The input's shape does not suit the layer's arguments.

    Why:
        Some arguments must match the input: the axes that share a weight, how many values are cropped, the shape of a state.

    Example:
        ```yaml
        inputs: {image: [8, 8, 1]}
        layers:
          - Cropping2D: 4
        ```

    Fix:
        Change the argument that the message names, or the layer before.
    """


class NotInModels(Code, id="LC410"):
    """A preprocessing layer that works on data before they reach a model, but not as a layer of the model.

    Why:
        Keras's RandomCrop crops in training only: in inference the model gets larger images than it was built for. Equalization
        returns no new tensor, so that Keras cannot trace it in a functional model.

    Example:
        ```yaml
        inputs: {image: [32, 32, 3]}
        layers:
          - RandomCrop: {height: 24, width: 24}
        ```

    Fix:
        Use the layer, or the form, that the message names.
    """
