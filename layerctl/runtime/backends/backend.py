"""Imports Keras, late and quietly, and says what to install if it is missing; all other code gets Keras from here."""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from layerctl.base.ending import Undoing
from layerctl.base.machine import NotLoaded, RanOut, nearly_out, stage
from layerctl.compiler.pipeline import collector_paused
from layerctl.diagnostics.errors import MissingPackage, UsageError

if TYPE_CHECKING:
    import keras as _keras

KerasModel: TypeAlias = "_keras.Model"
"""The type of a built model, for annotations in rooms that never import Keras."""

EXTRAS = ("tensorflow", "jax", "torch")
LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
SILENT = "3"


@cache
def keras() -> Any:
    """The module `keras`, imported on the first call with the back end that `KERAS_BACKEND` names, TensorFlow by default.

    Hides messages of the import, unless the user has set `TF_CPP_MIN_LOG_LEVEL` to less than 3.

    Raises:
        MissingPackage: Keras or its back end is not installed, or does not load.
        NotLoaded: they do not fit in memory.
        UsageError: Keras's configuration is damaged.
    """
    file = _configuration()
    if os.path.exists(file) and not os.path.isfile(file):
        raise UsageError(f"Keras's configuration {file} is no regular file", "remove it; Keras needs none")
    wanted = os.environ.get("KERAS_BACKEND", "tensorflow")
    with _quiet(), collector_paused():  # the collector takes a quarter of the time of importing TensorFlow, and frees nothing
        try:
            with stage("Keras was loaded"):
                import keras
        except RanOut as error:
            raise NotLoaded(str(error)) from error
        except Exception as error:
            if nearly_out():  # packages that cannot be mapped are then half there, and others fail over them in many ways
                raise NotLoaded("Keras was loaded") from error
            raise _not_loaded(wanted, error) from error
    return keras


def _not_loaded(wanted: str, error: Exception) -> UsageError:
    """Why Keras does not load: it or its back end is missing or damaged, it has no such back end, or else its configuration."""
    install = f"pip install 'layerctl[{wanted if wanted in EXTRAS else EXTRAS[0]}]'"
    if isinstance(error, ModuleNotFoundError):
        return MissingPackage(f"this needs {error.name}, which is not installed", f"install it with {install}")
    if isinstance(error, ImportError):
        return MissingPackage(f"Keras is installed but does not load: {error}", f"install it anew with {install}")
    said = str(error).partition("\n")[0]
    if wanted not in EXTRAS:
        return MissingPackage(f"Keras has no back end `{wanted}`: {said}", "set `KERAS_BACKEND` to tensorflow, jax or torch")
    file = _configuration()
    if not os.path.lexists(file):
        return UsageError(f"Keras is installed but does not load: {said}", "find out with `python -c 'import keras'`")
    return UsageError(f"Keras does not load with its configuration {file}: {said}", "mend or remove this file; Keras needs none")


def _configuration() -> str:
    """The file from which Keras reads its configuration on import, if it is there."""
    home = os.path.expanduser("~")
    return os.path.join(
        os.environ.get("KERAS_HOME") or os.path.join(home if os.access(home, os.W_OK) else "/tmp", ".keras"), "keras.json"
    )


def particular() -> Any:
    """The module with the code for the current back end: `tensorflow`, `jax` or `torch` of this folder."""
    return import_module(f"layerctl.runtime.backends.{keras().config.backend()}")


def layer_name(name: str) -> str:
    """Keras's name for a layer of a spec: `block.dense`; on PyTorch, which allows no dots in parameter names, `block>dense`."""
    return name.replace(".", ">") if keras().config.backend() == "torch" else name


def on(device: str) -> AbstractContextManager[Any]:
    """A context that computes on a device such as `gpu:1`; PyTorch's CPU has no number."""
    torch = keras().config.backend() == "torch"
    return keras().device("cpu" if torch and device.startswith("cpu") else device)  # type: ignore[no-any-return]


def spec_name(name: str) -> str:
    """The spec's name for a layer of Keras's: the inverse of `layer_name`."""
    return name.replace(">", ".")


@contextmanager
def _quiet() -> Iterator[None]:
    """Hides what libraries write on import; TensorFlow's native code writes to file descriptor 2, whatever its log level."""
    if os.environ.setdefault(LOG_LEVEL, SILENT) < SILENT:
        yield
        return
    for logger in ("tensorflow", "absl", "jax"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    with warnings.catch_warnings(), tempfile.TemporaryFile() as sink:
        warnings.simplefilter("ignore")
        try:
            stderr = os.dup(2)
        except OSError:  # no stderr: nothing to be quiet on
            yield
            return
        with Undoing(partial(os.dup2, stderr, 2)):
            try:
                os.dup2(sink.fileno(), 2)
                yield
            finally:
                os.dup2(stderr, 2)
                os.close(stderr)
