"""Compiles the spec that a command or a Python user names, and refuses one with errors."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeAlias

from layerctl.compiler.configuration import settings
from layerctl.compiler.locate import find
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes

SpecLike: TypeAlias = str | os.PathLike[str] | Compiled | Accepted
"""A spec as Python users give it: a file, a bare name as on the command line (`cnn`), a result of `check`, or accepted."""


def compile_named(spec: str | os.PathLike[str], *, overrides: Iterable[str] = ()) -> Compiled:
    """Compiles the spec of a path or a bare name; arguments and errors as for `layerctl.check`."""
    file = find(os.fspath(spec))
    return compile_bytes(file.path, file.data, overrides=tuple(overrides), settings=settings())


def accepted(spec: SpecLike, *, overrides: Iterable[str] = ()) -> Accepted:
    """A spec without errors.

    Args:
        spec: a file, a name, or a compiled spec.
        overrides: `KEY=VALUE` texts, as for `--set`; only with a file or a name.

    Raises:
        SpecError: it has errors.
    """
    if isinstance(spec, Compiled | Accepted):
        if tuple(overrides):
            raise TypeError("options that change the spec need its path, not what `check` returned")
        return spec.accepted() if isinstance(spec, Compiled) else spec
    return compile_named(spec, overrides=overrides).accepted()


def prepared(spec: SpecLike, *, overrides: Iterable[str] = (), allow_custom_code: bool = False) -> Accepted:
    """A spec without errors whose custom layers, if any, may be imported; arguments as for `accepted`.

    Raises:
        SpecError: it has errors, or names custom layers that may not be imported.
    """
    return permitted(accepted(spec, overrides=overrides), allow_custom_code=allow_custom_code)
