"""The codes of failed expectations."""

from layerctl.diagnostics import Code


class ExpectationFailed(Code, id="LC701"):
    """The model is larger, smaller or costlier than the spec says it must be.

    Why:
        An expectation keeps a model from growing unnoticed, as a test keeps code from breaking.

    Example:
        ```yaml
        inputs: {x: [784]}
        layers: [{Dense: 10}]
        expect: {params: {max: 5k}}
        ```

    Fix:
        Change the model, or the expectation if the new figure is meant.
    """


class UnexpectedShape(Code, id="LC702"):
    """An item's output has another shape than the spec says it must have.

    Why:
        A shape that is written down documents the model, and is checked with it.

    Example:
        ```yaml
        inputs: {x: [784]}
        layers: [{Dense: 10}]
        expect: {shapes: {dense: [12]}}
        ```

    Fix:
        Change the model, or the expectation if the new shape is meant. Shapes are written without the batch dimension.
    """


class UnknownExpectation(Code, id="LC703"):
    """An expectation about an item that does not exist, or about a figure that cannot be computed.

    Why:
        An expectation that is never checked gives false comfort.

    Example:
        ```yaml
        inputs: {x: [784]}
        layers: [{Dense: 10}]
        expect: {shapes: {dens: [10]}}
        ```

    Fix:
        Use the name of an item; `layerctl summary` lists them.
    """
