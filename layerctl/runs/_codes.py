"""The code of a run that cannot be used."""

from layerctl.diagnostics import Code


class DamagedRun(Code, id="LC673"):
    """A file of a run is missing, damaged, or written by another version of layerctl.

    Why:
        A file that was cut off, changed or replaced would give wrong results, so each is judged before it is used. Nothing in
        it is run: no pickle, no code of a layer.

    Example:
        ```console
        $ head -c 500 runs/cnn-1/model.keras > half; mv half runs/cnn-1/model.keras
        $ layerctl evaluate cnn-1
        ```

    Fix:
        Put the file back from a copy, or use what is whole: another checkpoint (`--checkpoint best`), or the run's own spec,
        which trains anew: `layerctl train runs/cnn-1/resolved.yaml`.
    """
