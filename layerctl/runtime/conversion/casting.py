"""A spec's model in another dtype, with given weights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from layerctl.base.shapes import FLOATS
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.language.resolved import dumped
from layerctl.runtime.conversion.weights import WIDE
from layerctl.runtime.models.build import built

CAST = "ops.cast"
NOISE = re.compile(r"\x1b\[[0-9;]*m|\{\{.*?\}\}|\[Op:.*")
"""What TensorFlow writes around a message."""
BACKENDS = ("tensorflow", "jax", "jaxlib", "torch")


class CannotRun(Exception):
    """The back end cannot run a model; the text says why."""


class Runnable(NamedTuple):
    """A spec and its model."""

    compiled: Accepted
    model: Any


@contextmanager
def running() -> Iterator[None]:
    """Turns an error of the back end, such as a missing kernel for the processor, into `CannotRun`."""
    try:
        yield
    except Exception as error:
        if not any(cls.__module__.split(".")[0] in BACKENDS for cls in type(error).__mro__):
            raise
        lines = [NOISE.sub("", line).strip() for line in str(error).splitlines() if "Exception encountered" not in line]
        raise CannotRun(next(filter(None, lines), type(error).__name__)[:200]) from error


def in_dtype(spec: dict[str, Any], dtype: str | None, custom_code: bool) -> Runnable:
    """The model of an expanded spec, computed in this dtype throughout; None leaves it as it is.

    Raises:
        SpecError: a layer cannot compute in that dtype.
    """
    without = {key: value for key, value in spec.items() if key != "train"}
    text = dumped(without if dtype is None else recast(without, dtype))
    model, compiled = built(compile_text(text).accepted()._replace(custom_code=custom_code), seed=0)
    return Runnable(compiled, model)


def own_dtype(spec: dict[str, Any]) -> str:
    """The dtype policy of an expanded spec."""
    return str(spec.get("dtype", "float32"))


def recast(spec: dict[str, Any], dtype: str = WIDE) -> dict[str, Any]:
    """An expanded spec that computes in another dtype throughout."""
    changed: dict[str, Any] = _recast(spec, dtype)
    for parts in (changed, *changed.get("models", {}).values()):
        named = parts["inputs"].items()
        parts["inputs"] = {name: {"shape": one, "dtype": dtype} if isinstance(one, list) else one for name, one in named}
    return changed | {"dtype": dtype}


def _recast(value: Any, dtype: str) -> Any:
    """Part of a spec, with each `dtype` of floats, and each cast to one, replaced."""
    if isinstance(value, dict):
        recast = {key: dtype if key == CAST and inner in FLOATS else _recast(inner, dtype) for key, inner in value.items()}
        of_floats = str(value.get("dtype")).removeprefix("mixed_") in FLOATS
        return recast | ({"dtype": dtype} if of_floats else {})
    return [_recast(inner, dtype) for inner in value] if isinstance(value, list) else value
