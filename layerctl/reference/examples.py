"""The output of `check` for a diagnostic's example; `layerctl explain` and docs/ show it beside the example."""

from __future__ import annotations

import re

from layerctl.base import docstrings
from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.trainable import settings
from layerctl.diagnostics import Code, Diagnostic
from layerctl.diagnostics.text import full
from layerctl.language.expand.settings import Settings

PATH = "spec.yaml"
SPEC = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
BUDGET = 2**30
"""The `--memory-budget` of the examples."""
OVERRIDE = re.compile(r"--set (\S+)")
DATA = re.compile(r"layerctl train .*--data (\S+)")


def example_diagnostics(code: type[Code]) -> tuple[Diagnostic, ...] | None:
    """The diagnostics of the spec in a code's example; None where the example is not a spec."""
    example = docstrings.parse(code.__doc__).sections.get("Example", "")
    spec = SPEC.search(example)
    if spec is None:
        return None
    overrides = (*OVERRIDE.findall(example), *settings({"data": next(iter(DATA.findall(example)), None)}))
    return compile_text(spec[1], PATH, overrides=overrides, settings=Settings(memory_budget=BUDGET)).diagnostics


def printed(code: type[Code]) -> str:
    """The example's mistake as `check` prints it; empty for mistakes that `check` cannot see without data or Keras."""
    return "\n\n".join(full(diagnostic) for diagnostic in example_diagnostics(code) or () if diagnostic.code is code)
