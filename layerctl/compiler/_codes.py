"""The codes of specs without errors that cannot be used for what a command does."""

from layerctl.diagnostics import Code


class NoWidth(Code, id="LC690"):
    """The spec has no variable that sets its width.

    Why:
        `compare --match` brings designs to a common number of parameters or MACs by one number of each spec, which must be a
        variable: a positive integer.

    Example:
        ```console
        $ layerctl compare conv2d mlp --match params      # mlp.yaml has no `vars`
        ```

    Fix:
        Add `vars: {width: 64}` and use it (`units: $width`), or name another variable with `--match-var`.
    """


class BudgetMissed(Code, id="LC693"):
    """No width brings a design to the cost of the first.

    Why:
        `compare --match` compares designs at the same number of parameters or MACs. Where the nearest width is off by more than
        5 %, the comparison would be of unequal designs.

    Example:
        ```console
        $ layerctl compare small large --match params     # in large.yaml only the last layer has `units: $width`
        ```

    Fix:
        Let the variable set the width of the layers that cost most, name another variable with `--match-var`, or name another
        design first.
    """


class NotTrainable(Code, id="LC650"):
    """The spec does not say how to train.

    Why:
        Training needs data and a loss; layerctl does not guess them.

    Example:
        ```yaml
        inputs: {x: [10]}
        layers: [{Dense: 1}]
        ```

    Fix:
        Add a section `train` with at least `data` and `loss`; `data` can be given on the command line too (`--data`).
    """


class CustomCodeNotAllowed(Code, id="LC313"):
    """The spec names a custom layer, and running its code is not allowed.

    Why:
        `package.module:Class` is imported to build the model, and importing runs the code in its file. A spec from somebody else
        must not do that without permission. `check`, `summary` and the text forms of `build` never import it.

    Example:
        ```console
        $ layerctl build gated          # with `- mypkg.layers:Gate: {units: 8}` in it
        ```

    Fix:
        Read the code, and add `--allow-custom-code` if you trust it.
    """
