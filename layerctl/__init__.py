"""layerctl: a model-spec compiler and runner for Keras.

`layerctl.check(path)` says what is wrong with a spec and what its model looks like, without loading a framework;
`layerctl.build(path)` makes the Keras model, `layerctl.train(path)` trains it, and `layerctl.compare([path, path])` says which
design is better. `layerctl.evaluate(run)` and `layerctl.predict(run, files)` use what was trained. All of them, and the
exceptions, are imported when they are first used.
"""

from typing import TYPE_CHECKING, Any

from layerctl.base.package import __version__

if TYPE_CHECKING:
    from layerctl.api.build import build
    from layerctl.api.check import check
    from layerctl.api.compare import compare
    from layerctl.api.convert import convert
    from layerctl.api.evaluate import evaluate
    from layerctl.api.predict import predict
    from layerctl.api.trace import trace
    from layerctl.api.train import train
    from layerctl.diagnostics.errors import LayerctlBug, LayerctlError, MissingPackage, SpecError, UsageError

__all__ = [
    "LayerctlBug",
    "LayerctlError",
    "MissingPackage",
    "SpecError",
    "UsageError",
    "__version__",
    "build",
    "check",
    "compare",
    "convert",
    "evaluate",
    "predict",
    "trace",
    "train",
]

_PLACES = {
    "build": "layerctl.api.build",
    "check": "layerctl.api.check",
    "compare": "layerctl.api.compare",
    "evaluate": "layerctl.api.evaluate",
    "predict": "layerctl.api.predict",
    "convert": "layerctl.api.convert",
    "trace": "layerctl.api.trace",
    "train": "layerctl.api.train",
    **dict.fromkeys(("LayerctlBug", "LayerctlError", "MissingPackage", "SpecError", "UsageError"), "layerctl.diagnostics.errors"),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = value = getattr(import_module(_PLACES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *_PLACES))
