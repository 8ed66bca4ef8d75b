"""layerctl: a compiler and runner of Keras model specs.

`layerctl.check(path)` reports a spec's mistakes and describes its model, without loading a framework;
`layerctl.build(path)` makes the Keras model, `layerctl.train(path)` trains it, and `layerctl.compare([path, path])` says which
design is better. `layerctl.evaluate(run)` and `layerctl.predict(run, files)` use a trained model.

Only the names in `__all__` are public. Each is imported when it is first used.
"""

from __future__ import annotations

from layerctl.base.package import __version__

TYPE_CHECKING = False  # as in `typing`, which takes longer to load than the program needs until it answers Ctrl-C
if TYPE_CHECKING:
    from typing import Any

    from layerctl.api.build import build
    from layerctl.api.check import check
    from layerctl.api.claims import claims
    from layerctl.api.compare import compare
    from layerctl.api.convert import convert
    from layerctl.api.data import data
    from layerctl.api.evaluate import evaluate
    from layerctl.api.predict import predict
    from layerctl.api.trace import Trace, trace
    from layerctl.api.train import Run, resume, train
    from layerctl.compiler.pipeline import Accepted, Compiled
    from layerctl.diagnostics import Diagnostic
    from layerctl.diagnostics.errors import LayerctlBug, LayerctlError, MissingPackage, SpecError, UsageError
    from layerctl.report.data import Contents
    from layerctl.report.evaluation import Evaluation
    from layerctl.report.predictions import Predictions
    from layerctl.report.results.claims import JudgedClaims
    from layerctl.report.results.comparison import Comparison
    from layerctl.report.results.conversion import Conversion

__all__ = [
    "Accepted", "Comparison", "Compiled", "Contents", "Conversion", "Diagnostic", "Evaluation", "JudgedClaims", "LayerctlBug",
    "LayerctlError", "MissingPackage", "Predictions", "Run", "SpecError", "Trace", "UsageError", "__version__", "build",
    "check", "claims", "compare", "convert", "data", "evaluate", "predict", "resume", "trace", "train",
]  # fmt: skip

_PLACES = {
    "layerctl.api.build": ("build",),
    "layerctl.api.check": ("check",),
    "layerctl.api.claims": ("claims",),
    "layerctl.api.compare": ("compare",),
    "layerctl.compiler.pipeline": ("Accepted", "Compiled"),
    "layerctl.api.convert": ("convert",),
    "layerctl.diagnostics": ("Diagnostic",),
    "layerctl.diagnostics.errors": ("LayerctlBug", "LayerctlError", "MissingPackage", "SpecError", "UsageError"),
    "layerctl.api.evaluate": ("evaluate",),
    "layerctl.api.data": ("data",),
    "layerctl.api.predict": ("predict",),
    "layerctl.api.trace": ("Trace", "trace"),
    "layerctl.api.train": ("Run", "resume", "train"),
    "layerctl.report.data": ("Contents",),
    "layerctl.report.evaluation": ("Evaluation",),
    "layerctl.report.predictions": ("Predictions",),
    "layerctl.report.results.claims": ("JudgedClaims",),
    "layerctl.report.results.comparison": ("Comparison",),
    "layerctl.report.results.conversion": ("Conversion",),
}


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            from importlib import import_module

            globals()[name] = value = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
