"""The mistakes in keys, arguments, values and variables."""

from layerctl.diagnostics import Code


class UnknownKey(Code, id="LC201"):
    """A key or an argument that does not exist.

    Why:
        A misspelled key that is silently ignored trains another model than the one that was meant.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers:
          - Conv2D: {filters: 8, kernal_size: 3}
        ```

    Fix:
        Take the suggested name; `layerctl layers NAME` lists the arguments of a layer.
    """


class UnknownLayer(Code, id="LC202"):
    """There is no layer, block or model of this name.

    Why:
        An operation is a class of `keras.layers`, or a name from `blocks` or `models`.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers:
          - Convolve2D: {filters: 8, kernel_size: 3}
        ```

    Fix:
        Take the suggested name; `layerctl layers` lists all.
    """


class MissingArgument(Code, id="LC203"):
    """A required argument is not given.

    Why:
        Keras has no default for it: nobody but you knows how many units a layer should have.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers:
          - Conv2D: {filters: 8}
        ```

    Fix:
        Add the argument that the message names.
    """


class WrongType(Code, id="LC204"):
    """A value of another type than the argument takes.

    Why:
        Types are strict: `units: "8"`, `units: 8.0` and `units: true` are slips, even where Keras lets them pass.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: "8"}
        ```

    Fix:
        Write a value of the type that the message names.
    """


class WrongValue(Code, id="LC205"):
    """A value of the right type that the argument does not allow.

    Why:
        Negative units, a rate above 1 or a padding that does not exist have no meaning.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dropout: 1.5
        ```

    Fix:
        Use a value in the range, or one of the choices, that the message names.
    """


class UnknownObject(Code, id="LC206"):
    """There is no activation, initializer, regularizer or constraint of this name.

    Why:
        Names are Keras's own, in snake case (`he_normal`) or as the class is called (`HeNormal`).

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: 8, activation: rellu}
        ```

    Fix:
        Take the suggested name.
    """


class UndefinedVariable(Code, id="LC207"):
    """`$name` stands for a variable that is not defined.

    Why:
        A variable is defined in `vars`, before it is used.

    Example:
        ```yaml
        inputs: {x: [8]}
        vars: {width: 32}
        layers:
          - Dense: $widht
        ```

    Fix:
        Define it in `vars`, or take the suggested name; `$$` is a plain dollar sign.
    """


class ArgumentsDisagree(Code, id="LC209"):
    """Two arguments of one layer do not go together.

    Why:
        Keras refuses some pairs: a convolution with strides and a dilation above 1, for example.

    Example:
        ```yaml
        inputs: {image: [28, 28, 1]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3, strides: 2, dilation_rate: 2}
        ```

    Fix:
        Leave one of the two at its default.
    """


class InvalidExpression(Code, id="LC208"):
    """A `$` or an expression that cannot be computed.

    Why:
        `$name` and `$(…)` compute a value before the model is built; what cannot be computed has no value.

    Example:
        ```yaml
        vars: {width: $}
        inputs: {x: [8]}
        layers: [{Dense: $width}]
        ```

    Fix:
        Write `$$` for a dollar sign, `$name` for a variable, `$(…)` for an expression.
    """


class InvalidName(Code, id="LC304"):
    """A name with characters that names cannot have.

    Why:
        Names are used in references (`block.inner`, `lstm[1]`) and in file names.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 8
            name: my layer
        ```

    Fix:
        Use letters, digits, `_` and `-`, beginning with a letter or `_`.
    """
