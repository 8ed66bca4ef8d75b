"""Mistakes in how the nodes of a graph are connected."""

from layerctl.diagnostics import Code


class UnknownReference(Code, id="LC302"):
    """A reference to something that does not exist, or that comes later.

    Why:
        An item can only use what has been computed before it.

    Example:
        ```yaml
        inputs: {image: [784]}
        layers:
          - Dense: 10
            inputs: imgae
        ```

    Fix:
        Take the suggested name; give the item that is meant a `name`, and put it before this one.
    """


class InputsNeeded(Code, id="LC305"):
    """An item must say what its input is.

    Why:
        Without `inputs` an item takes the output of the one before it; the first item takes the only input. Where there are
        several inputs, or several outputs before it, that is not clear. Attention by heads and the cells of recurrent layers are
        called on several tensors, each of which has a name.

    Example:
        ```yaml
        inputs: {a: [8], b: [8]}
        layers:
          - Dense: 10
        ```

    Fix:
        Add `inputs: NAME`.
    """


class WrongInputs(Code, id="LC306"):
    """The layer is given another number or form of inputs than it takes.

    Why:
        A merge layer joins a list; nearly every other layer works on one tensor.

    Example:
        ```yaml
        inputs: {a: [8], b: [8]}
        layers:
          - Dense: 10
            inputs: [a, b]
        ```

    Fix:
        Join the tensors with Concatenate or Add first, or name one of them; give a merge layer a list.
    """
