"""Lists the modules of a package, for catalogues that are folders with one file per entry."""

from __future__ import annotations

import os
from collections.abc import Iterable


def public_modules(paths: Iterable[str]) -> tuple[str, ...]:
    """The names of the modules that begin with a letter, in order.

    Args:
        paths: the package's `__path__`. Folders are listed directly; pkgutil, which takes a hundred times longer, is loaded only
            for a package that lies in no folder, such as one in a zip file.
    """
    try:
        files = [os.path.splitext(file) for path in paths for file in os.listdir(path)]
        names = {name for name, suffix in files if suffix in (".py", ".pyc")}
    except OSError:
        from pkgutil import iter_modules

        names = {module.name for module in iter_modules(paths) if not module.ispkg}
    return tuple(sorted(name for name in names if not name.startswith("_")))
