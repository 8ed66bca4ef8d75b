"""The formats of data in files, and the options of each; known without reading the files."""

from typing import NamedTuple


class Format(NamedTuple):
    """One format.

    Attributes:
        name: its name as `format` in a spec.
        description: one line for readers.
        suffixes: how names of its files end; empty for a directory.
        options: the keys of `train.data` that it takes beside `path` and `format`.
        several_parts: whether one path may hold a validation part beside the training part.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    options: tuple[str, ...]
    several_parts: bool = True


PARTS = ("validation", "test")
"""Options that are paths of parts of the data."""
LABELS = ("one_hot", "class_names")
TABLE = (
    *("test_split", "target", "columns", "drop", "dates", "header", "delimiter", "missing", "na_values", "categorical"),
    "normalize",
)
WORDS = ("vocabulary", "sequence_length")

FORMATS = (
    Format(
        "npz",
        "an archive of the arrays x_train, y_train, x_test, y_test, perhaps x_val, y_val",
        (".npz",),
        ("rescale", "normalize", "test_split", *LABELS),
    ),
    Format(
        "idx",
        "files like those of MNIST: a directory of them, or the file of the images",
        ("-ubyte", "-ubyte.gz", ".idx", ".idx.gz", ".idx1", ".idx3"),
        ("labels", "image_size", "rescale", "normalize", "test_split", *LABELS),
    ),
    Format("csv", "a table: a row for each sample", (".csv", ".tsv"), (*PARTS, *TABLE, *WORDS, *LABELS), False),
    Format(
        "text",
        "a line for each sample: label, TAB, text",
        (".txt",),
        (*PARTS, "test_split", "target", "columns", "header", *WORDS, *LABELS),
        False,
    ),
    Format(
        "images",
        "a directory of images: one directory for each class, perhaps below train/, val/ and test/",
        (),
        (*PARTS, "image_size", "color_mode", "rescale", "normalize", "test_split", *LABELS),
    ),
)
NAMED = ("image_size", "rescale", "normalize", *LABELS)
"""The options of named datasets, except synthetic ones."""


def names() -> tuple[str, ...]:
    return tuple(format.name for format in FORMATS)


def named(name: str) -> Format:
    return next(format for format in FORMATS if format.name == name)


def by_suffix(path: str) -> Format | None:
    """The format that the end of a path tells; None if it tells none."""
    lower = path.lower()
    return next((format for format in FORMATS if lower.endswith(format.suffixes or "\0")), None)


def may_hold_validation(path: str, format: str | None) -> bool:
    """Whether data by path may have a validation part of their own, as far as this is known without reading them."""
    known = named(format) if format is not None else by_suffix(path)
    return known is None or known.several_parts


def taking(option: str) -> list[str]:
    """The formats that take an option."""
    return [format.name for format in FORMATS if option in format.options]
