"""Whether an archive holds the arrays of a training and a test part, and whether they fit the model."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from layerctl.analysis.data.arrays import check_input, check_labels
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.base import arrays
from layerctl.base.arrays import Head
from layerctl.diagnostics import did_you_mean
from layerctl.diagnostics.errors import SpecError

KEYS = ("x_train", "y_train", "x_test", "y_test")
SAVE = "`numpy.savez(PATH, x_train=…, y_train=…, x_test=…, y_test=…)`"


def look(path: Path, wanted: Wanted) -> None:
    """Judges an archive by its list of arrays, their shapes and dtypes.

    Raises:
        SpecError: it is certain that it cannot be read, or does not fit.
    """
    try:
        found = arrays.archive(path, KEYS)
        if found is None:
            raise no_archive(path, wanted, single=arrays.single(path))
    except OSError as error:
        raise cannot_read(path, error, wanted) from None
    except ValueError as error:
        raise refuse(f"{path} cannot be read as an .npz archive: {error}", wanted) from None
    keys, heads = parts(path, found.names, wanted), found.heads
    if any(heads[key].kind == "O" for key in keys):
        raise python_objects(path, wanted)
    for x, y in zip(keys[::2], keys[1::2], strict=True):
        check_lengths(heads[x], heads[y], x.removeprefix("x_"), path, wanted)
    slot, target = wanted.only(wanted.inputs, "input"), wanted.only(wanted.targets, "output")
    for x, y in zip(keys[::2], keys[1::2], strict=True):
        check_input(heads[x], slot, wanted, x)
        if target.form is not None:
            check_labels(heads[y], target, wanted, y)


def parts(path: Path, names: Collection[str], wanted: Wanted) -> tuple[str, ...]:
    """The arrays to read of those that an archive holds.

    Raises:
        SpecError: one is missing.
    """
    missing = [key for key in KEYS if key not in names]
    if missing == list(KEYS[2:]) and "test_split" in wanted.options:
        return KEYS[:2]
    if missing:
        raise _missing(path, missing, names, wanted)
    return KEYS


def check_lengths(x: Head, y: Head, part: str, path: Path, wanted: Wanted) -> None:
    for name, array in ((f"x_{part}", x), (f"y_{part}", y)):
        if not array.shape:
            raise refuse(f"`{name}` of {path} is a single value", wanted)
    if x.shape[0] != y.shape[0]:
        message = f"`x_{part}` of {path} has {x.shape[0]:,} samples, `y_{part}` has {y.shape[0]:,}"
        raise wanted.unreadable(message, "each sample needs its label: save both from the same rows")


def _missing(path: Path, missing: list[str], names: Collection[str], wanted: Wanted) -> SpecError:
    present = list(names)
    holds = ", ".join(f"`{name}`" for name in present[:8]) or "nothing"
    *others, last = (f"`{key}`" for key in missing)
    listed = f"{', '.join(others)} or {last}" if others else last
    near = did_you_mean(missing[0], present)
    if missing == list(KEYS[2:]):
        before = "set `test_split: 0.2` to hold back a part to test on, or "
    else:
        before = f"rename `{near}`, or " if near else ""
    return refuse(f"{path} has no {listed}; it holds {holds}", wanted, before=before)


def no_archive(path: Path, wanted: Wanted, *, single: bool) -> SpecError:
    return refuse(f"{path} holds a single array, not several" if single else f"{path} is no .npz archive", wanted)


def python_objects(path: Path, wanted: Wanted) -> SpecError:
    return refuse(f"{path} holds Python objects, which are never unpickled", wanted)


def refuse(message: str, wanted: Wanted, before: str = "") -> SpecError:
    return wanted.unreadable(message, f"{before}save it with {SAVE}")
