"""The entry point of the program: `layerctl`, and `python -m layerctl`."""

import os

from layerctl.base import ending


def end(number: int, frame: object = None) -> None:
    """Ends the program at a signal, whatever it is doing."""
    ending.undo(number)
    os._exit(ending.status())


ending.install(end)  # before other imports: from here on, Ctrl-C ends the program with one line

from layerctl.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
