"""The mistakes in names, references and wiring."""

from layerctl.diagnostics import Code


class MalformedItem(Code):
    """An item of `layers` that is not one operation.

    An item is a name, or a mapping with exactly one operation key and any of the wiring keys beside it.

    Why:
        Two operations in one item would leave their order open.

    Example:
        ```yaml
        layers:
          - Dense: 10
            Flatten:
        ```

    Fix:
        Begin each operation with a dash of its own; indent arguments below the operation, or put them into braces.
    """

    id = "LC212"


class UnknownReference(Code):
    """A reference to something that does not exist, or that comes later.

    Why:
        An item can only use what has been computed before it.

    Example:
        ```yaml
        layers:
          - Dense: 10
            inputs: imgae
        ```

    Fix:
        Take the suggested name; give the item that is meant a `name`, and put it before this one.
    """

    id = "LC302"


class DuplicateName(Code):
    """Two items, or an item and an input, have the same name.

    Why:
        References, weights and expectations go by name.

    Example:
        ```yaml
        layers:
          - Dense: 8
            name: hidden
          - Dense: 8
            name: hidden
        ```

    Fix:
        Rename one of them, or leave out `name`: the automatic names are unique.
    """

    id = "LC303"


class InputsNeeded(Code):
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

    id = "LC305"


class WrongInputs(Code):
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

    id = "LC306"


class CannotReuse(Code):
    """`reuse` names something that is no layer.

    Why:
        What is called again are the weights of one layer or model; an input has none, and a block is several layers.

    Example:
        ```yaml
        inputs: {a: [8], b: [8]}
        layers:
          - Dense: 4
            inputs: a
          - reuse: b
            inputs: b
        ```

    Fix:
        Name the layer that is meant.
    """

    id = "LC307"


class TooManyLayers(Code):
    """The spec expands to more layers than the limit.

    Why:
        A few nested loops can ask for millions of layers, which nobody means.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 8
            repeat: 1000000
        ```

    Fix:
        Lower the count, or raise the limit with `--max-layers`.
    """

    id = "LC308"


class Recursion(Code):
    """A block uses itself, directly or through others.

    Why:
        A block expands in place, so one that holds itself would never end.

    Example:
        ```yaml
        blocks:
          tower:
            layers: [{Dense: 8}, tower]
        ```

    Fix:
        Use `repeat` or `for` to apply a block several times.
    """

    id = "LC311"


class IncludeFailed(Code):
    """An included file is not there, cannot be read, or lies outside of the spec's directory.

    Why:
        A spec that someone else wrote must not read any file of yours: includes stay in the root spec's directory.

    Example:
        ```yaml
        include: [../../secrets.yaml]
        ```

    Fix:
        Correct the path, which is relative to the file that names it; `--include-root DIR` allows a wider directory.
    """

    id = "LC312"


class NotAMerge(Code):
    """The layer under `merge` does not join tensors.

    Why:
        Branches give several tensors, and only a merge layer takes several.

    Example:
        ```yaml
        layers:
          - branches: [[], [{Dense: 8}]]
            merge: Flatten
        ```

    Fix:
        Use Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply or Subtract.
    """

    id = "LC310"


class NotYetSupported(Code):
    """A part of the language that this version does not have yet.

    Why:
        It is better to say so than to guess.

    Example:
        A spec that uses a feature of a later release.

    Fix:
        Write the layers out, or use a newer layerctl.
    """

    id = "LC309"


class InvalidControl(Code):
    """`if`, `repeat` or `for` with a value that it cannot work with.

    Why:
        `if` takes a boolean, `repeat` a count, `for` lists of one length: anything else is a slip.

    Example:
        ```yaml
        layers:
          - Dense: 8
            repeat: many
        ```

    Fix:
        Give `if` `true` or `false`, `repeat` an integer from 0, and `for` lists of the same length or an integer.
    """

    id = "LC210"
