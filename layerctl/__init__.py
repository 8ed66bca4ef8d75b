"""layerctl: a model-spec compiler and runner for Keras.

`layerctl.check(path)` says what is wrong with a spec and what its model looks like, without loading a framework;
`layerctl.build(path)` makes the Keras model, `layerctl.train(path)` trains it, and `layerctl.compare([path, path])` says which
design is better. `layerctl.evaluate(run)` and `layerctl.predict(run, files)` use what was trained. All of them, and the
exceptions, are imported when they are first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layerctl.building import build
    from layerctl.checking import check
    from layerctl.comparing import compare
    from layerctl.converting import convert
    from layerctl.errors import LayerctlBug, LayerctlError, MissingPackage, SpecError, UsageError
    from layerctl.evaluating import evaluate
    from layerctl.predicting import predict
    from layerctl.tracing import trace
    from layerctl.training import train

__all__ = [
    "LayerctlBug",
    "LayerctlError",
    "MissingPackage",
    "SpecError",
    "UsageError",
    "build",
    "check",
    "compare",
    "convert",
    "evaluate",
    "predict",
    "trace",
    "train",
]

__version__ = "0.1.0"

_PLACES = {
    "build": "layerctl.building",
    "check": "layerctl.checking",
    "compare": "layerctl.comparing",
    "evaluate": "layerctl.evaluating",
    "predict": "layerctl.predicting",
    "convert": "layerctl.converting",
    "trace": "layerctl.tracing",
    "train": "layerctl.training",
    **dict.fromkeys(("LayerctlBug", "LayerctlError", "MissingPackage", "SpecError", "UsageError"), "layerctl.errors"),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = value = getattr(import_module(_PLACES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *_PLACES))
