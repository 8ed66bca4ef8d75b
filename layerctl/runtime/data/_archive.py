"""Archives of arrays, `.npz`, read without ever unpickling anything."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from layerctl.diagnostics import did_you_mean
from layerctl.runtime.codes import DataNotFound, UnreadableData
from layerctl.runtime.data._types import Raw, Wanted

KEYS = ("x_train", "y_train", "x_test", "y_test")
SAVE = "`numpy.savez(PATH, x_train=…, y_train=…, x_test=…, y_test=…)`"


def read(path: Path, wanted: Wanted) -> Raw:
    """The four arrays of an archive.

    Raises:
        SpecError: there is no such file, it is no archive, or it does not hold these arrays as plain values.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise wanted.refuse(UnreadableData, f"{path} holds a single array, no archive of them", help=f"save it with {SAVE}")
            missing = [key for key in KEYS if key not in archive]
            if missing:
                raise _missing(path, missing, archive.files, wanted)
            raw = Raw(**{key: archive[key] for key in KEYS})
    except OSError as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError | PermissionError):
            reason = (error.strerror or str(error)).lower()
            raise wanted.refuse(DataNotFound, f"cannot read {path}: {reason}", help="check the path and its permissions") from None
        raise _unreadable(path, error, wanted) from None
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError) as error:
        raise _unreadable(path, error, wanted) from None
    for part in ("train", "test"):
        x, y = getattr(raw, f"x_{part}"), getattr(raw, f"y_{part}")
        if x.ndim == 0 or y.ndim == 0:
            raise wanted.refuse(UnreadableData, f"`{'xy'[x.ndim > 0]}_{part}` of {path} is a single value", help=f"save it with {SAVE}")
        if len(x) != len(y):
            message = f"`x_{part}` of {path} has {len(x):,} samples, `y_{part}` has {len(y):,}"
            raise wanted.refuse(UnreadableData, message, help="each sample needs its label: save both from the same rows")
    return raw


def _missing(path: Path, missing: list[str], found: list[str], wanted: Wanted) -> Exception:
    holds = ", ".join(f"`{name}`" for name in found[:8]) or "nothing"
    near = did_you_mean(missing[0], found)
    message = f"{path} has no `{missing[0]}`" + (f", nor {', '.join(f'`{key}`' for key in missing[1:])}" if missing[1:] else "")
    help = f"rename `{near}`, or save it with {SAVE}" if near else f"save it with {SAVE}"
    return wanted.refuse(UnreadableData, f"{message}; it holds {holds}", help=help)


def _unreadable(path: Path, error: Exception, wanted: Wanted) -> Exception:
    if "allow_pickle" in str(error) or "pickle" in str(error).lower():
        message = f"{path} holds Python objects, which are never unpickled" if zipfile.is_zipfile(path) else f"{path} is no .npz archive"
        return wanted.refuse(UnreadableData, message, help=f"save plain numbers with {SAVE}")
    return wanted.refuse(UnreadableData, f"{path} cannot be read as an .npz archive: {error or type(error).__name__}", help=f"save it with {SAVE}")
