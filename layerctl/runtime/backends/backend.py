"""The one door to Keras: imports it late and quietly, and says what to install where it is missing."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from layerctl.diagnostics.errors import MissingPackage

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

    Quiet, unless the user has set `TF_CPP_MIN_LOG_LEVEL` to less than 3.

    Raises:
        MissingPackage: Keras or its back end is not installed, or does not load.
    """
    wanted = os.environ.get("KERAS_BACKEND", "tensorflow")
    install = f"pip install 'layerctl[{wanted if wanted in EXTRAS else EXTRAS[0]}]'"
    with _quiet(), _without_collection():
        try:
            import keras
        except ModuleNotFoundError as error:
            raise MissingPackage(f"this needs {error.name}, which is not installed", f"install it with {install}") from error
        except ImportError as error:
            raise MissingPackage(f"Keras is installed but does not load: {error}", f"install it anew with {install}") from error
        except ValueError as error:
            help = "set `KERAS_BACKEND` to tensorflow, jax or torch"
            raise MissingPackage(f"Keras has no back end `{wanted}`: {error}".splitlines()[0], help) from error
    return keras


def particular() -> Any:
    """The module of what differs between back ends: `runtime.tensorflow`, `runtime.jax` or `runtime.torch`."""
    return import_module(f"layerctl.runtime.backends.{keras().config.backend()}")


def layer_name(name: str) -> str:
    """What Keras calls a layer: `block.dense`; on PyTorch `block>dense`, for it takes no dots in the names of parameters."""
    return name.replace(".", ">") if keras().config.backend() == "torch" else name


def on(device: str) -> AbstractContextManager[Any]:
    """What is computed within it is computed on a device, `gpu:1`; PyTorch's processor has no number."""
    torch = keras().config.backend() == "torch"
    return keras().device("cpu" if torch and device.startswith("cpu") else device)  # type: ignore[no-any-return]


def spec_name(name: str) -> str:
    """What a spec calls a layer that Keras calls so."""
    return name.replace(">", ".")


@contextmanager
def _without_collection() -> Iterator[None]:
    """Python's cycle collector looks again and again at what an import leaves for good: a quarter of TensorFlow's takes that."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _quiet() -> Iterator[None]:
    """Holds back what libraries write on import; TensorFlow's native code writes to the descriptor, whatever its log level."""
    if os.environ.setdefault(LOG_LEVEL, SILENT) < SILENT:
        yield
        return
    for logger in ("tensorflow", "absl", "jax"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    with warnings.catch_warnings(), tempfile.TemporaryFile() as sink:
        warnings.simplefilter("ignore")
        try:
            kept = os.dup(2)
        except OSError:  # no stderr: nothing to be quiet on
            yield
            return
        try:
            os.dup2(sink.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
