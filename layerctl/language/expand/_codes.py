"""The codes of mistakes in items, names, references, loops and includes."""

from layerctl.diagnostics import Code


class MalformedItem(Code, id="LC212"):
    """An item of `layers` that is not one operation.

    An item is a name, or a mapping with exactly one operation key and any of the wiring keys beside it.

    Why:
        Two operations in one item would leave their order open.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 10
            Flatten:
        ```

    Fix:
        Begin each operation with a dash of its own; indent arguments below the operation, or put them into braces.
    """


class DuplicateName(Code, id="LC303"):
    """Two items, or an item and an input, have the same name.

    Why:
        References, weights and expectations go by name.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 8
            name: hidden
          - Dense: 8
            name: hidden
        ```

    Fix:
        Rename one of them, or leave out `name`: the automatic names are unique.
    """


class CannotReuse(Code, id="LC307"):
    """`reuse` names something that is not a layer.

    Why:
        `reuse` calls one layer or model again with its weights; an input has none, and a block is several layers.

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


class TooManyLayers(Code, id="LC308"):
    """The spec expands to more layers than the limit, or to blocks that take millions of parameters together.

    Why:
        A few nested loops can ask for millions of layers, which is hardly ever meant.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 8
            repeat: 1000000
        ```

    Fix:
        Lower the count, or raise the limit of layers with `--max-layers`.
    """


class Recursion(Code, id="LC311"):
    """A block uses itself, directly or through others.

    Why:
        A block expands in place, so one that holds itself would never end.

    Example:
        ```yaml
        blocks:
          tower:
            layers: [{Dense: 8}, tower]
        inputs: {x: [8]}
        layers: [tower]
        ```

    Fix:
        Use `repeat` or `for` to apply a block several times.
    """


class IncludeFailed(Code, id="LC312"):
    """An included file is not there, cannot be read, or lies outside of the spec's directory.

    Why:
        A spec that someone else wrote must not read any file of yours: includes stay in the root spec's directory.

    Example:
        ```yaml
        include: [../../secrets.yaml]
        inputs: {x: [8]}
        layers: [{Dense: 8}]
        ```

    Fix:
        Correct the path, which is relative to the file that names it; `--include-root DIR` allows a wider directory.
    """


class NotAMerge(Code, id="LC310"):
    """The layer under `merge` does not join tensors.

    Why:
        Branches give several tensors, and only a merge layer takes several.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - branches: [[], [{Dense: 8}]]
            merge: Flatten
        ```

    Fix:
        Use Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply or Subtract.
    """


class InvalidControl(Code, id="LC210"):
    """`if`, `repeat` or `for` with a value that it cannot work with.

    Why:
        `if` takes a boolean, `repeat` a count, `for` lists of one length: anything else is a slip.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: 8
            repeat: many
        ```

    Fix:
        Give `if` `true` or `false`, `repeat` an integer from 0, and `for` lists of the same length or an integer.
    """
