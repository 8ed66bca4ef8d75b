"""Whether an archive holds the arrays of a training and a test part, and whether they fit the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from layerctl.analysis.data.arrays import NUMBERS, TEXTS, check_input, check_labels, check_texts
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.base import arrays
from layerctl.base.arrays import Head
from layerctl.base.reading import Limit
from layerctl.base.words import joined
from layerctl.diagnostics.errors import SpecError
from layerctl.diagnostics.spelling import did_you_mean

KEYS = ("x_train", "y_train", "x_test", "y_test")
VALIDATION = ("val", "valid", "validation")
"""What the names of the arrays of a validation part end in."""
CLASSES = ("class_names", "classes")
"""Names of an array of the classes' names, in the order of their numbers."""
READ = (*KEYS, *(f"{side}_{end}" for end in VALIDATION for side in "xy"))
"""The arrays that are read, as far as an archive holds them."""
SAVE = "`numpy.savez(PATH, x_train=…, y_train=…, x_test=…, y_test=…)`"


class Found(NamedTuple):
    """An archive that can be read.

    Attributes:
        keys: as `parts` gives them.
        heads: of these arrays, and of the names of the classes, by their names in the archive.
        names: of all arrays.
    """

    keys: dict[str, str]
    heads: dict[str, Head]
    names: list[str]


def look(path: Path, wanted: Wanted) -> None:
    """Judges an archive by its list of arrays, their shapes and dtypes.

    Raises:
        SpecError: it is certain that it cannot be read, or does not fit.
    """
    keys, heads, _ = judged(path, wanted)
    slot, target = wanted.only(wanted.inputs, "input"), wanted.only(wanted.targets, "output")
    for name, key in keys.items():
        if name.startswith("x_"):
            check_input(heads[key], slot, wanted, name)
        elif target.form is not None:
            check_labels(heads[key], target, wanted, name)


def judged(path: Path, wanted: Wanted, limit: Limit | None = None) -> Found:
    """The arrays of an archive that are used, before their values are read.

    Args:
        path: of the archive.
        wanted: the model's requirements.
        limit: for the archive, and for what it unpacks to.

    Raises:
        SpecError: it is certain that they cannot be read.
    """
    try:
        found = arrays.archive(path, (*READ, *CLASSES), limit)
        if found is None:
            raise no_archive(path, wanted, single=arrays.single(path) is not None)
    except OSError as error:
        raise cannot_read(path, error, wanted) from None
    except ValueError as error:
        raise refuse(f"{path} cannot be read as an .npz archive: {error}", wanted) from None
    keys = parts(path, found.names, wanted)
    if any(found.heads[key].kind == "O" for key in keys.values()):
        raise python_objects(path, wanted)
    check_heads(found.heads, keys, path, wanted)
    return Found(keys, found.heads, found.names)


def parts(path: Path, names: Collection[str], wanted: Wanted) -> dict[str, str]:
    """The arrays to read of those that an archive holds: their names in it, by `x_train`, `y_train`, `x_val`, ….

    Raises:
        SpecError: one is missing, or there are several validation parts.
    """
    missing = [key for key in KEYS if key not in names]
    tests: tuple[str, ...] = KEYS[2:]
    if missing == list(tests) and "test_split" in wanted.options:
        tests = ()
    elif missing:
        raise _missing(path, missing, names, wanted)
    end = _validation(path, names, wanted)
    validation = {f"{side}_val": f"{side}_{end}" for side in "xy"} if end is not None else {}
    return {key: key for key in KEYS[:2]} | validation | {key: key for key in tests}


def _validation(path: Path, names: Collection[str], wanted: Wanted) -> str | None:
    """What the names of the validation part's arrays end in; None if the archive has no such part."""
    ends = [end for end in VALIDATION if f"x_{end}" in names or f"y_{end}" in names]
    if not ends:
        return None
    keys = [f"{side}_{end}" for end in ends for side in "xy"]
    if len(ends) > 1:
        present = ", ".join(f"`{key}`" for key in keys if key in names)
        raise wanted.unreadable(f"{path} holds {present}: which is the validation part?", "save one pair: `x_val` and `y_val`")
    if missing := [key for key in keys if key not in names]:
        (other,) = (key for key in keys if key in names)
        message = f"{path} has `{other}`, but no `{missing[0]}`"
        raise wanted.unreadable(message, f"save `{missing[0]}` too, or leave `{other}` out")
    return ends[0]


def check_heads(heads: Mapping[str, Head], keys: Mapping[str, str], path: Path, wanted: Wanted) -> None:
    """Checks that each sample has its label, and that labels which are texts are single ones.

    Args:
        heads: by the names of the arrays in the archive.
        keys: as `parts` gives them.
        path: of the archive.
        wanted: the model's requirements.
    """
    for x, y in ((key, keys[name.replace("x_", "y_")]) for name, key in keys.items() if name.startswith("x_")):
        for name in (x, y):
            if not heads[name].shape:
                raise refuse(f"`{name}` of {path} is a single value", wanted)
        if heads[x].shape[0] != heads[y].shape[0]:
            message = f"`{x}` of {path} has {heads[x].shape[0]:,} samples, `{y}` has {heads[y].shape[0]:,}"
            raise wanted.unreadable(message, "each sample needs its label: save both from the same rows")
        check_texts(heads[y], wanted, y)
    check_kinds({key: heads[key] for name, key in keys.items() if name.startswith("y_")}, path, wanted)


def check_kinds(labels: Mapping[str, Head], path: Path, wanted: Wanted) -> None:
    """Checks that labels are numbers or texts, and the same of the two in all parts."""
    for name, head in labels.items():
        if head.kind not in (*NUMBERS, *TEXTS):
            message = f"`{name}` of {path} holds {head.dtype} values; labels are numbers or texts"
            raise wanted.unreadable(message, "save them as integers, floats or texts")
    texts, numbers = ([name for name, head in labels.items() if (head.kind in TEXTS) == are] for are in (True, False))
    if texts and numbers:
        message = f"the labels in `{texts[0]}` of {path} are texts, those in `{numbers[0]}` are numbers"
        raise wanted.unreadable(message, "save the labels of all parts in the same way")


def _missing(path: Path, missing: list[str], names: Collection[str], wanted: Wanted) -> SpecError:
    present = list(names)
    holds = ", ".join(f"`{name}`" for name in present[:8]) or "nothing"
    listed = joined((f"`{key}`" for key in missing), "or")
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
