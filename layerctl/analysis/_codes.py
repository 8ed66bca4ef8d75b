"""The codes of failed expectations, and of models that need more memory than there is."""

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


class NotEnoughMemory(Code, id="LC630"):
    """The model, a batch or the data need more memory than there is.

    What is counted is surely needed: the weights, the values that the optimizer keeps for them, the data as they are held, and of
    the tensors between layers the largest one, for one batch. Where that alone is more than the machine has, `build`, `train`,
    `evaluate`, `predict`, `trace`, `compare` and `convert` end before they load a framework. `check` does not depend on the
    machine. The code is also that of a command whose memory ran out later, for what is not counted.

    The machine has its RAM and swap, or less where `ulimit` or a control group (of a container, a job) says so, whatever other
    programs use at the moment; each accelerator counts as 1 TiB more. Where the memory is unknown, as on macOS and Windows, only
    what no process can have is refused.

    Why:
        A process that asks for more memory than there is fails late, and often takes others with it.

    Example:
        ```console
        $ layerctl train wide          # with `- Dense: 1000000000000` in it
        ```

    Fix:
        Use smaller layers, a smaller batch or fewer samples; the message names what takes most. If there is more memory than
        layerctl finds, say it by the environment variable `LAYERCTL_MEMORY`, for example `LAYERCTL_MEMORY=2TiB`.
    """
