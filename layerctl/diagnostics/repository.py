"""Paths relative to the root of the repository, as GitHub expects them."""

from __future__ import annotations

import os


def from_root(path: str) -> str:
    """A path relative to the root of the repository; unchanged where it lies outside.

    In a GitHub workflow the root is its workspace, whichever directory layerctl runs in; elsewhere the current directory.
    """
    if path.startswith(("<", "--")):
        return path  # no file: standard input, a file of the package, an option
    root = os.path.abspath(os.environ.get("GITHUB_WORKSPACE") or ".")
    try:
        inside = os.path.relpath(os.path.abspath(path), root)
    except ValueError:
        return path  # on another drive
    return path if inside == os.pardir or inside.startswith(os.pardir + os.sep) else inside
