"""From what a command or a Python user names to a compiled spec, and to one without errors."""

from __future__ import annotations

import os
from collections.abc import Iterable

from layerctl.compiler.configuration import settings
from layerctl.compiler.locate import find
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Compiled, compile_bytes
from layerctl.diagnostics.errors import SpecError


def compile_named(spec: str | os.PathLike[str], *, overrides: Iterable[str] = ()) -> Compiled:
    """Compiles the spec of a path or a bare name; arguments and errors as for `layerctl.check`."""
    file = find(os.fspath(spec))
    return compile_bytes(file.path, file.data, overrides=tuple(overrides), settings=settings())


def accepted(spec: str | os.PathLike[str] | Compiled, *, overrides: Iterable[str] = ()) -> Compiled:
    """A spec without errors.

    Args:
        spec: a file, a bare name as on the command line (`cnn`), or what `check` returned.
        overrides: `KEY=VALUE` texts, as for `--set`; only with a file or a name.

    Raises:
        SpecError: it has errors.
    """
    if isinstance(spec, Compiled):
        if tuple(overrides):
            raise TypeError("options that change the spec need its path, not what `check` returned")
        compiled = spec
    else:
        compiled = compile_named(spec, overrides=overrides)
    if not compiled.ok or compiled.model is None:
        raise SpecError(compiled.diagnostics)
    return compiled


def prepared(
    spec: str | os.PathLike[str] | Compiled, *, overrides: Iterable[str] = (), allow_custom_code: bool = False
) -> Compiled:
    """A spec without errors, whose code may run; arguments as for `accepted`.

    Raises:
        SpecError: it has errors, or names code that may not run.
    """
    return permitted(accepted(spec, overrides=overrides), allow_custom_code=allow_custom_code)
