"""Lists the codes of all diagnostics without loading the stages that report them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from layerctl import lint
from layerctl.base.modules import public_modules
from layerctl.base.package import FOLDER
from layerctl.diagnostics import Code
from layerctl.lint import training


def all_codes() -> dict[str, type[Code]]:
    """The codes of all diagnostics, by id.

    They are declared in files whose names end in `codes`, which load nothing else, and in the files of lint rules.
    """
    rules = (f"{folder.__name__}.{name}" for folder in (lint, training) for name in public_modules(folder.__path__))
    names = (*_code_files(FOLDER, "layerctl"), *rules)
    values = (value for name in names for value in vars(import_module(name)).values())
    codes = [value for value in values if isinstance(value, type) and issubclass(value, Code) and value is not Code]
    return {code.id: code for code in sorted(codes, key=lambda code: code.id)}


def _code_files(folder: str, package: str) -> Iterator[str]:
    """The names of the modules with codes in a package and its subpackages; none of them is imported."""
    for module in iter_modules([folder]):
        if module.ispkg:
            yield from _code_files(f"{folder}/{module.name}", f"{package}.{module.name}")
        elif module.name.endswith("codes"):
            yield f"{package}.{module.name}"
