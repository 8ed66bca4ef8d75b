"""Data by path and what `check` must say of them: small files of each format, written with the standard library alone."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

SPARSE = "sparse_categorical_crossentropy"
SOFTMAX = "{Dense: {units: %d, activation: softmax}}"
CLASSES = SOFTMAX % 2


class Case(NamedTuple):
    """A spec whose data are files.

    Attributes:
        make: writes the files into a folder.
        data: the value of `train.data`.
        inputs: of the spec.
        layers: of the spec.
        loss: of the spec.
        code: of the mistake; empty if there is none.
        words: parts of its message and help.
        place: the text at which it is reported.
        train: further keys of the section `train`.
        hidden: whether `check` says it in other words, or as a warning, because it does not read all values.
    """

    make: Callable[[Path], object]
    data: str
    inputs: str = "x: [3]"
    layers: str = CLASSES
    loss: str = SPARSE
    code: str = ""
    words: tuple[str, ...] = ()
    place: str = ""
    train: str = ""
    hidden: bool = False

    def text(self) -> str:
        more = f", {self.train}" if self.train else ""
        return f"inputs: {{{self.inputs}}}\nlayers: [{self.layers}]\ntrain: {{data: {self.data}, loss: {self.loss}{more}}}\n"


def npy(shape: tuple[int, ...], dtype: str = "<f4", values: bytes | None = None) -> bytes:
    """An array of zeros, as `numpy.save` writes it."""
    count = 1
    for dim in shape:
        count *= dim
    size = int(dtype[2:] or 8) * (4 if "U" in dtype else 1)
    head = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head = head.ljust((len(head) + 11) // 64 * 64 + 53) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + (bytes(count * size) if values is None else values)


def archive(name: str, **arrays: bytes) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w") as file:
            for key, content in arrays.items():
                file.writestr(f"{key}.npy", content)

    return make


def four(x: tuple[int, ...], y: tuple[int, ...] = (), x_type: str = "<f4", y_type: str = "<i8") -> Callable[[Path], object]:
    """An archive of 12 and 4 samples of these shapes."""
    arrays = {f"x_{part}": npy((count, *x), x_type) for part, count in (("train", 12), ("test", 4))}
    arrays |= {f"y_{part}": npy((count, *y), y_type) for part, count in (("train", 12), ("test", 4))}
    return archive("d.npz", **arrays)


def patched(central: int, local: int, value: int) -> Callable[[Path], object]:
    """An archive with a byte changed in what the list of members and each member say."""

    def make(folder: Path) -> None:
        four((3,))(folder)
        data = bytearray((folder / "d.npz").read_bytes())
        for mark, offset in ((b"PK\1\2", central), (b"PK\3\4", local)):
            at = -1
            while (at := data.find(mark, at + 1)) >= 0:
                data[at + offset] = value
        (folder / "d.npz").write_bytes(data)

    return make


def text(name: str, content: str | bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def every(*makers: Callable[[Path], object]) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        for maker in makers:
            maker(folder)

    return make


def texts(*values: str) -> bytes:
    """An array of texts of at most four letters."""
    return npy((len(values),), "<U4", b"".join(value.encode("utf-32-le").ljust(16, b"\0") for value in values))


def png(width: int = 4, height: int = 4) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(bytes((width + 1) * height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pictures(*names: str, content: bytes | None = None) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        for name in names:
            for number in range(3):
                file = folder / "i" / name / f"{number}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(png() if content is None else content)

    return make


def with_validation(end: str, x: tuple[int, ...] = (3,), y: int = 5) -> Callable[[Path], object]:
    """An archive of three parts, the second of them with names of this end."""
    arrays = {f"x_{part}": npy((5, *(x if part == end else (3,)))) for part in ("train", end, "test")}
    arrays |= {f"y_{part}": npy((y if part == end else 5,), "<i8") for part in ("train", end, "test")}
    return archive("d.npz", **arrays)


TABLE = "a,b,c,kind\n" + "1,2,3,no\n2,3,4,yes\n" * 20
COLOURS = "colour,size,kind\n" + "".join(f"{('red', 'green', 'blue')[row % 3]},{row},{row % 2}\n" for row in range(60))
DATES = "joined,age,kind\n" + "".join(f"2024-{row % 12 + 1:02}-28,{row},{row % 2}\n" for row in range(40))
COUNTED = "id,a,b,kind\n" + "".join(f"{row},{row % 7},{row % 5},{row % 2}\n" for row in range(40))
NAMED = "name,a,kind\n" + "".join(f"n{row},{row % 7},{row % 2}\n" for row in range(40))
INDEXED = ",a,b,kind\n" + "".join(f"{row},{row % 7},{row % 5},{row % 2}\n" for row in range(40))
THREE = every(text("t.csv", TABLE), text("v.csv", TABLE), text("w.csv", TABLE))
"""A training, a validation and a test part."""
PARTS = "{path: t.csv, validation: v.csv, test: w.csv}"
LONG = "a,b,c,kind\n" + "1.000001,2.000002,3.000003,no\n2.000001,3.000002,4.000003,yes\n" * 20_000
"""More than is read."""
IMAGE = "image: [4, 4, 1]"
FLAT = "Flatten, " + CLASSES
STEPS = "{LSTM: {units: 2, return_sequences: true}}, {Dense: {units: 1, activation: sigmoid}}"

FITS = {
    "an archive": Case(four((3,)), "d.npz"),
    "an archive whose axis of one channel is added": Case(four((4, 4)), "d.npz", IMAGE, FLAT),
    "an archive with one-hot labels": Case(four((3,), (2,), y_type="<f4"), "d.npz", loss="categorical_crossentropy"),
    "class numbers for a loss of one-hot vectors": Case(four((3,)), "d.npz", loss="categorical_crossentropy"),
    "labels of every step": Case(four((4, 1), (4, 1)), "d.npz", "x: [4, 1]", STEPS, "binary_crossentropy"),
    "an archive without a test part": Case(
        archive("d.npz", x_train=npy((9, 3)), y_train=npy((9,), "<i8")), "{path: d.npz, test_split: 0.2}"
    ),
    "sequences of labels": Case(four((6, 3), (2,)), "d.npz", "x: [6, 3]", "{Dense: 4}", "ctc"),
    "a table": Case(text("t.csv", TABLE), "{path: t.csv, target: kind}"),
    "a table with a column of words": Case(text("t.csv", COLOURS), "t.csv", "x: [4]"),
    "words as numbers": Case(text("t.csv", COLOURS), "{path: t.csv, categorical: index}", "x: [2]"),
    "a long table": Case(text("t.csv", LONG), "t.csv"),
    "a table with rows that are left out": Case(text("t.csv", TABLE + ",,,no\n"), "{path: t.csv, missing: drop}"),
    "a text that is rarely there": Case(text("t.csv", COLOURS.replace("red,0", "pink,0")), "t.csv", "x: [5]"),
    "texts with labels": Case(
        text("m.txt", "ham\thello there\nspam\tbuy now\n" * 9),
        "{path: m.txt, vocabulary: 9}",
        "words: {shape: [4], dtype: int32}",
        "{Embedding: {input_dim: 9, output_dim: 2}}, Flatten, " + CLASSES,
    ),
    "a header without a name, as pandas writes its index": Case(text("t.csv", INDEXED), "t.csv"),
    "an index that is left out": Case(text("t.csv", INDEXED), "{path: t.csv, drop: 'Unnamed: 0'}", "x: [2]"),
    "a header with an empty name": Case(text("t.csv", TABLE.replace("b,", ",", 1)), "t.csv"),
    "a header of numbers": Case(text("t.csv", TABLE.replace("a,b,c,kind", "0,1,2,3")), "{path: t.csv, target: '3'}"),
    "no header": Case(text("t.csv", TABLE.partition("\n")[2]), "t.csv"),
    "a column that is left out": Case(text("t.csv", TABLE), "{path: t.csv, drop: b}", "x: [2]"),
    "a last column that is left out": Case(text("t.csv", TABLE), "{path: t.csv, drop: [kind, a]}", "x: [1]", SOFTMAX % 5),
    "a text that is left out": Case(text("t.csv", NAMED), "{path: t.csv, drop: [name]}", "x: [1]"),
    "dates": Case(text("t.csv", DATES), "{path: t.csv, dates: joined}", "x: [5]"),
    "parts of dates": Case(text("t.csv", DATES), "{path: t.csv, dates: {joined: [month, days]}}", "x: [3]"),
    "one part of dates": Case(text("t.csv", DATES), "{path: t.csv, dates: {joined: month}}", "x: [2]"),
    "dates of a long table": Case(
        text("t.csv", DATES + DATES.partition("\n")[2] * 2000), "{path: t.csv, dates: joined}", "x: [5]"
    ),
    "three files": Case(THREE, PARTS),
    "a file of a part with other columns": Case(
        every(text("t.csv", TABLE), text("v.csv", "more,kind,b,c,a\n0,no,1,2,3\n1,yes,1,2,3\n")),
        "{path: t.csv, validation: v.csv}",
    ),
    "a class of another part": Case(
        every(text("t.csv", TABLE), text("v.csv", TABLE.replace("no", "perhaps"))),
        "{path: t.csv, validation: v.csv}",
        layers=SOFTMAX % 3,
    ),
    "words of the training part alone": Case(
        every(text("t.csv", COLOURS), text("v.csv", COLOURS.replace("red", "pink")), text("w.csv", COLOURS)), PARTS, "x: [4]"
    ),
    "texts in three files": Case(
        every(*(text(name, "ham\thello there\nspam\tbuy now\n" * 9) for name in ("m.txt", "v.txt", "w.txt"))),
        "{path: m.txt, validation: v.txt, test: w.txt, vocabulary: 9}",
        "words: {shape: [4], dtype: int32}",
        "{Embedding: {input_dim: 9, output_dim: 2}}, Flatten, " + CLASSES,
    ),
    "an archive with a validation part": Case(with_validation("val"), "d.npz"),
    "an archive with a validation part of another name": Case(with_validation("valid"), "d.npz"),
    "an archive with other arrays": Case(
        archive(
            "d.npz",
            **{key: npy((9, 3)) for key in ("x_train", "x_test")},
            **{key: npy((9,), "<i8") for key in ("y_train", "y_test")},
            notes=npy((2,), "|O"),
        ),
        "d.npz",
    ),
    "labels that are texts": Case(
        archive("d.npz", x_train=npy((4, 3)), y_train=texts("cat", "dog", "cat", "dog"), x_test=npy((1, 3)), y_test=texts("cat")),
        "d.npz",
    ),
    "labels that are texts for one-hot vectors": Case(
        archive("d.npz", x_train=npy((4, 3)), y_train=texts("cat", "dog", "cat", "dog"), x_test=npy((1, 3)), y_test=texts("cat")),
        "d.npz",
        loss="categorical_crossentropy",
    ),
    "labels that are texts in a column": Case(
        archive("d.npz", x_train=npy((4, 3)), y_train=npy((4, 1), "<U4"), x_test=npy((1, 3)), y_test=npy((1, 1), "<U4")), "d.npz"
    ),
    "texts that are numbers": Case(
        archive("d.npz", x_train=npy((4, 3)), y_train=texts("1", "2.5", "3", "4"), x_test=npy((1, 3)), y_test=texts("0")),
        "d.npz",
        layers="{Dense: 1}",
        loss="mse",
    ),
    "names of classes in an archive": Case(
        archive(
            "d.npz",
            x_train=npy((4, 3)),
            y_train=npy((4,), "<i8"),
            x_test=npy((1, 3)),
            y_test=npy((1,), "<i8"),
            class_names=texts("cat", "dog"),
        ),
        "d.npz",
    ),
    "names of classes that are Python objects": Case(
        archive(
            "d.npz",
            x_train=npy((4, 3)),
            y_train=npy((4,), "<i8"),
            x_test=npy((1, 3)),
            y_test=npy((1,), "<i8"),
            class_names=npy((2,), "|O"),
        ),
        "d.npz",
    ),
    "pictures with a validation part": Case(
        pictures(*(f"{part}/{name}" for part in ("train", "val", "test") for name in ("cat", "dog"))), "./i", IMAGE, FLAT
    ),
    "pictures with a validation part and no test part": Case(
        pictures("Train/cat", "Train/dog", "Validation/cat", "Validation/dog"), "./i", IMAGE, FLAT
    ),
    "pictures in directories of their own": Case(
        pictures("a/cat", "a/dog", "b/cat", "b/dog"), "{path: ./i/a, validation: ./i/b}", IMAGE, FLAT
    ),
    "a class that is called test": Case(pictures("test", "other"), "./i", IMAGE, FLAT),
    "pictures beside other directories": Case(pictures("train/cat", "train/dog", "spare/owl"), "./i", IMAGE, FLAT),
    "pictures": Case(pictures("cat", "dog"), "./i", IMAGE, FLAT),
    "pictures in parts": Case(pictures("train/cat", "train/dog", "test/cat", "test/dog"), "./i", IMAGE, FLAT),
    "pictures of another size and mode": Case(pictures("cat", "dog"), "./i", "image: [9, 9, 3]", FLAT),
    "pictures of any size": Case(pictures("cat", "dog"), "./i", "image: [null, null, 3]", "GlobalAveragePooling2D, " + CLASSES),
}
REFUSED = {
    "no file": Case(lambda folder: None, "./nope.csv", code="LC651", words=("nope.csv", "check the path"), place="./nope.csv"),
    "a file of nearly the same name": Case(
        text("train.csv", TABLE),
        "{path: tran.csv, target: kind}",
        code="LC651",
        words=("tran.csv", "`train.csv`"),
        place="tran.csv",
    ),
    **{
        f"no column in `{option}` of {kind}": Case(
            text(name, "ham\thello there\nspam\tbuy now\n" * 9),
            f"{{path: {name}, vocabulary: 9, {option}}}",
            "w: {shape: [3], dtype: int32}",
            "{Embedding: {input_dim: 9, output_dim: 2}}, Flatten, " + CLASSES,
            code="LC653",
            words=(said,),
            place=name,
        )
        for name, kind in (("m.txt", "texts"), ("m.tsv", "a table"))
        for option, said in (
            ("columns: []", "the input `w` gets no columns"),
            ("columns: {w: []}", "the input `w` gets no columns"),
            ("target: []", "no column is the target of `dense`"),
            ("target: {dense: []}", "no column is the target of `dense`"),
        )
    },
    "a file of another suffix": Case(
        text("train.tsv", TABLE.replace(",", "\t")), "./train.csv", code="LC651", words=("did you mean `./train.tsv`?",)
    ),
    "a file of another name": Case(text("b.csv", TABLE), "./train.csv", code="LC651", words=("check the path",)),
    "a folder that is not there": Case(lambda folder: None, "data/train", code="LC651", words=("data/train",)),
    "an address": Case(lambda folder: None, "'https://host/d.npz'", code="LC651", words=("download it",)),
    "an archive without labels": Case(
        archive("d.npz", x_train=npy((9, 3)), x_test=npy((9, 3))), "d.npz", code="LC652", words=("no `y_train` or `y_test`",)
    ),
    "an archive with other names": Case(
        archive("d.npz", X_train=npy((9, 3)), y_train=npy((9,)), x_test=npy((9, 3)), y_test=npy((9,))),
        "d.npz",
        code="LC652",
        words=("rename `X_train`",),
    ),
    "no archive": Case(text("d.npz", "x,y\n"), "d.npz", code="LC652", words=("is no .npz archive",)),
    "a single array": Case(text("d.npz", npy((3,))), "d.npz", code="LC652", words=("a single array",)),
    "Python objects": Case(four((3,), x_type="|O"), "d.npz", code="LC652", words=("Python objects",)),
    "another number of labels": Case(
        archive("d.npz", x_train=npy((9, 3)), y_train=npy((8,), "<i8"), x_test=npy((9, 3)), y_test=npy((9,), "<i8")),
        "d.npz",
        code="LC652",
        words=("has 9 samples", "has 8"),
    ),
    "arrays of another width": Case(four((5,)), "d.npz", code="LC653", words=("(12, 5)", "declare the input as `x: [5]`")),
    "arrays of another rank": Case(four((28, 28)), "d.npz", code="LC653", words=("(12, 28, 28)",)),
    "texts in an archive": Case(four((3,), x_type="<U4"), "d.npz", code="LC653", words=("holds <U4 values",)),
    "fractions for integers": Case(
        four((3,)),
        "d.npz",
        "x: {shape: [3], dtype: int32}",
        "{Embedding: {input_dim: 9, output_dim: 2}}, Flatten, " + CLASSES,
        code="LC653",
        words=("takes int32",),
    ),
    "one-hot labels for class numbers": Case(
        four((3,), (2,)), "d.npz", code="LC654", words=("for one-hot labels the loss is `categorical_crossentropy`",)
    ),
    "labels of another width": Case(
        four((3,), (5,), y_type="<f4"), "d.npz", layers="{Dense: 2}", loss="mse", code="LC654", words=("(12, 5)", "(batch, 2)")
    ),
    "one label a sample for every step": Case(
        four((4, 1)),
        "./d.npz",
        "x: [4, 1]",
        STEPS,
        "binary_crossentropy",
        code="LC654",
        words=("return_sequences", "Flatten", "pooling", "(batch, units)"),
    ),
    "one vector a sample for every step": Case(
        four((4, 2), (3,), y_type="<f4"),
        "d.npz",
        "x: [4, 2]",
        "{LSTM: {units: 2, return_sequences: true}}, " + SOFTMAX % 3,
        "categorical_crossentropy",
        code="LC654",
        words=("return_sequences", "(batch, units)"),
    ),
    "one number a sample for every step": Case(
        four((4, 2), y_type="<f4"), "d.npz", "x: [4, 2]", "{Dense: 1}", "mse", code="LC654", words=("pooling", "(batch, units)")
    ),
    "one class number a sample for every pixel": Case(
        four((4, 4, 1)),
        "d.npz",
        IMAGE,
        "{Conv2D: {filters: 2, kernel_size: 1, activation: softmax}}",
        code="LC654",
        words=("pooling",),
    ),
    "a table that is too narrow": Case(
        text("t.csv", TABLE), "{path: t.csv, target: kind}", "x: [5]", code="LC653", words=("columns make 3 values", "`x: [3]`")
    ),
    "a table that is too wide": Case(text("t.csv", TABLE), "t.csv", "x: [2]", code="LC653", words=("columns make 3 values",)),
    "a long table that is too wide": Case(
        text("t.csv", LONG), "t.csv", "x: [2]", code="LC653", words=("columns make", "3 values"), hidden=True
    ),
    "a long table that is too narrow": Case(
        text("t.csv", LONG), "t.csv", "x: [5]", code="LC660", words=("rows the columns make 3 values", "`x: [3]`"), hidden=True
    ),
    "words that make more values": Case(text("t.csv", COLOURS), "t.csv", "x: [2]", code="LC653", words=("`colour` 3", "make 4")),
    "an unknown target": Case(
        text("t.csv", TABLE), "{path: t.csv, target: knid}", code="LC659", words=("did you mean `kind`?",), place="knid"
    ),
    "an unknown column": Case(
        text("t.csv", TABLE), "{path: t.csv, columns: [a, d, c]}", code="LC659", words=("no column `d`",), place="[a, d, c]"
    ),
    "a number too far": Case(text("t.csv", TABLE), "{path: t.csv, target: 9}", code="LC659", words=("0 to 3",), place="9"),
    "too few units": Case(
        text("t.csv", COLOURS),
        "{path: t.csv, target: colour}",
        "x: [2]",
        code="LC654",
        words=("3 classes", "`red`", "has 2 units", "give the output 3 units"),
    ),
    "three classes on one unit": Case(
        text("t.csv", COLOURS),
        "{path: t.csv, target: colour}",
        "x: [2]",
        "{Dense: {units: 1, activation: sigmoid}}",
        "binary_crossentropy",
        code="LC654",
        words=("3 classes", "tells two apart"),
    ),
    "texts to regress": Case(
        text("t.csv", TABLE),
        "{path: t.csv, target: kind}",
        layers="{Dense: 1}",
        loss="mse",
        code="LC654",
        words=("labels are texts",),
    ),
    "a missing value": Case(text("t.csv", TABLE + ",2,3,no\n"), "t.csv", code="LC658", words=("lacks 1 value", "t.csv:42")),
    "no complete row": Case(
        text("t.csv", "a,b,c,kind\n,2,3,no\n1,,3,yes\n"),
        "{path: t.csv, header: true, missing: drop}",
        code="LC652",
        words=("t.csv: no row is complete",),
    ),
    "a number that is none": Case(
        text("t.csv", TABLE.replace("1,2,3,no", "x,2,3,no", 1)), "t.csv", code="LC652", words=("numbers, but also `x`",)
    ),
    "a row that is too short": Case(text("t.csv", TABLE + "1,2\n"), "t.csv", code="LC652", words=("t.csv:42", "2 values")),
    "an empty table": Case(text("t.csv", ""), "t.csv", code="LC652", words=("holds no rows",)),
    "no UTF-8": Case(text("t.csv", b"a,b\n\xff,1\n"), "t.csv", code="LC652", words=("no UTF-8 text",)),
    "a class too many": Case(pictures("cat", "dog", "owl"), "./i", IMAGE, FLAT, code="LC654", words=("3 classes", "`owl`")),
    "one class an image for every pixel": Case(
        pictures("cat", "dog"),
        "./i",
        IMAGE,
        "{Conv2D: {filters: 2, kernel_size: 1, activation: softmax}}",
        code="LC654",
        words=("`y_train` is (5,)", "Flatten or a global pooling"),
    ),
    "no classes": Case(
        lambda folder: (folder / "i").mkdir(), "./i", IMAGE, FLAT, code="LC652", words=("holds no directories of images",)
    ),
    "another mode": Case(
        pictures("cat", "dog"), "{path: ./i, color_mode: rgb}", IMAGE, FLAT, code="LC653", words=("become (4, 4, 3)",)
    ),
    "another size": Case(pictures("cat", "dog"), "{path: ./i, image_size: 8}", IMAGE, FLAT, code="LC653", words=("(8, 8, 1)",)),
    "pictures for a row": Case(pictures("cat", "dog"), "./i", "x: [15]", CLASSES, code="LC653", words=("the images become",)),
    "scaled pixels as integers": Case(
        pictures("cat", "dog"), "./i", "image: {shape: [4, 4, 1], dtype: uint8}", FLAT, code="LC653", words=("takes uint8",)
    ),
    **{
        f"pixels as {dtype}": Case(
            pictures("cat", "dog"),
            "{path: ./i, rescale: false}",
            f"image: {{shape: [4, 4, 1], dtype: {dtype}}}",
            "{Rescaling: 1.0}, " + FLAT,
            code="LC653",
            words=(f"takes {dtype}", "`dtype: uint8`"),
        )
        for dtype in ("int8", "bool")
    },
    "numbers with a decimal comma": Case(
        text("t.csv", "a;b;kind\n" + "".join(f"{row},5;{row * 2};{row % 2}\n" for row in range(40))),
        "t.csv",
        "x: [2]",
        code="LC653",
        words=("numbers that are written like `0,5`", "write them like `0.5`"),
        hidden=True,
    ),
    "numbers with a decimal comma and no header": Case(
        every(*(text(name, "".join(f"{row % 2},5;{row},25;{row % 2}\n" for row in range(40))) for name in ("t.csv", "w.csv"))),
        "{path: t.csv, test: w.csv}",
        "x: [2]",
        code="LC653",
        words=("(`0` 2, `1` 40)", "written like `0,5`"),
    ),
    "amounts of money": Case(
        every(
            *(text(name, "a,b\n" + "".join(f'"${row},250.50",{row % 2}\n' for row in range(40))) for name in ("t.csv", "w.csv"))
        ),
        "{path: t.csv, test: w.csv}",
        "x: [1]",
        code="LC653",
        words=("written like `$0,250.50`", "write them like `0250.50`"),
    ),
    "a group of thousands among numbers": Case(
        text("t.csv", TABLE.replace("1,2,3,no", '"1,234",2,3,no', 1)),
        "t.csv",
        code="LC652",
        words=("also `1,234`", "write it as `1234`"),
    ),
    "a target with a decimal comma": Case(
        text("t.csv", "a;b\n" + "".join(f"{row};{row},5\n" for row in range(40))),
        "t.csv",
        "x: [1]",
        "{Dense: 1}",
        "mse",
        code="LC654",
        words=("labels are texts", "write them like"),
    ),
    "an empty column": Case(
        text("t.csv", TABLE.replace("\n", ",\n")), "t.csv", code="LC658", words=("lacks 40 values", "`drop: ['Unnamed: 4']`")
    ),
    "a value that is called None": Case(
        text("t.csv", TABLE.replace("yes", "None")),
        "t.csv",
        code="LC658",
        words=("the first, `None`, is in", "`na_values: ['']` if `None` is a value"),
    ),
    "texts in several targets": Case(
        text("t.csv", "a,b,c\n" + "1,yes,no\n2,no,yes\n" * 20),
        "{path: t.csv, target: [b, c]}",
        "x: [1]",
        "{Dense: {units: 2, activation: sigmoid}}",
        "bce",
        code="LC652",
        words=("one of several targets", "`yes`", "0 and 1"),
    ),
    "names of classes that come again": Case(
        text("t.csv", TABLE),
        "{path: t.csv, class_names: [no, yes, no]}",
        layers=SOFTMAX % 3,
        code="LC654",
        words=("the name `no` more than once",),
        place="[no, yes, no]",
    ),
    "names of class numbers that come again": Case(
        four((3,)),
        "{path: d.npz, class_names: [cat, cat]}",
        code="LC654",
        words=("the name `cat` more than once",),
        place="[cat, cat]",
    ),
    **{
        f"a file of another format: {name}": Case(
            text(name, content), f"./{name}", code="LC652", words=(f"`./{name}` is in no format that this version reads", word)
        )
        for name, content, word in (
            ("t.xlsx", b"PK\x03\x04 cut off", "pandas.read_excel(…).to_csv"),
            ("t.parquet", b"PAR1", "pandas.read_parquet(…).to_csv"),
            ("t.json", "[]", "pandas.read_json"),
            ("d.h5", b"\x89HDF", "numpy.savez"),
            ("t.csv.gz", b"\x1f\x8b\x08", "unpack it"),
            ("i.tar.gz", b"\x1f\x8b\x08", "unpack it"),
        )
    },
    "an unknown column to leave out": Case(
        text("t.csv", TABLE), "{path: t.csv, drop: [a, knid]}", code="LC659", words=("did you mean `kind`?",), place="[a, knid]"
    ),
    "an unknown column of dates": Case(
        text("t.csv", DATES), "{path: t.csv, dates: {joinde: month}}", code="LC659", words=("did you mean `joined`?",)
    ),
    "a target that is left out": Case(
        text("t.csv", TABLE), "{path: t.csv, target: kind, drop: kind}", code="LC653", words=("`drop` leaves out `kind`",)
    ),
    "a column that is taken and left out": Case(
        text("t.csv", TABLE), "{path: t.csv, columns: [a, b, c], drop: [b]}", code="LC653", words=("`columns` names",)
    ),
    "too few values for dates": Case(
        text("t.csv", DATES), "{path: t.csv, dates: joined}", code="LC653", words=("make 5 values", "`joined` 4")
    ),
    "a column that counts the rows": Case(
        text("t.csv", COUNTED), "t.csv", "x: [2]", code="LC653", words=("only counts the rows", "`drop: ['id']`")
    ),
    "a column of names": Case(
        every(*(text(name, NAMED) for name in ("t.csv", "v.csv", "w.csv"))),
        PARTS,
        "x: [1]",
        code="LC653",
        words=("make 41 values", "40 different texts in 40 rows", "`drop: [name]`"),
    ),
    "two columns of one name": Case(
        text("t.csv", TABLE.replace("b,", "a,", 1)), "t.csv", code="LC652", words=("called `a`, the columns 0 and 1",)
    ),
    "a validation part that is not there": Case(
        text("t.csv", TABLE), "{path: t.csv, validation: v.csv}", code="LC651", words=("there is no file `v.csv`",), place="v.csv"
    ),
    "a test part of nearly the same name": Case(
        every(text("t.csv", TABLE), text("test.csv", TABLE)),
        "{path: t.csv, test: tset.csv}",
        code="LC651",
        words=("did you mean `test.csv`?",),
        place="tset.csv",
    ),
    "a validation part that is the training part": Case(
        text("t.csv", TABLE),
        "{path: t.csv, validation: ./t.csv}",
        code="LC652",
        words=("names the data themselves",),
        place="./t.csv",
    ),
    "a validation part without a column": Case(
        every(text("t.csv", TABLE), text("v.csv", TABLE.replace("a,b,", "a,B,", 1))),
        "{path: t.csv, validation: v.csv}",
        code="LC659",
        words=("v.csv has no column `b`", "did you mean `B`?"),
        place="v.csv",
    ),
    "a test part without several columns": Case(
        every(text("t.csv", TABLE), text("w.csv", TABLE.replace("a,b,c,", "A,B,C,", 1))),
        "{path: t.csv, test: w.csv}",
        code="LC659",
        words=("w.csv has no columns `a`, `b` and `c`",),
        place="w.csv",
    ),
    "a test part that lacks values": Case(
        every(text("t.csv", TABLE), text("w.csv", TABLE + ",2,3,no\n")),
        "{path: t.csv, test: w.csv}",
        code="LC658",
        words=("w.csv:42",),
        place="w.csv",
    ),
    "an empty test part": Case(
        every(text("t.csv", TABLE), text("w.csv", "a,b,c,kind\n")),
        "{path: t.csv, test: w.csv}",
        code="LC652",
        words=("w.csv holds no rows",),
        place="w.csv",
    ),
    "a class too many in the test part": Case(
        every(text("t.csv", TABLE), text("w.csv", TABLE.replace("no", "perhaps"))),
        "{path: t.csv, test: w.csv}",
        code="LC654",
        words=("3 classes", "`perhaps`"),
    ),
    "two validation parts in an archive": Case(
        archive("d.npz", **{f"{side}_{part}": npy((5, 3)) for side in "xy" for part in ("train", "val", "valid", "test")}),
        "d.npz",
        code="LC652",
        words=("`x_val`, `y_val`, `x_valid`, `y_valid`: which",),
    ),
    "a validation part without labels": Case(
        archive("d.npz", x_val=npy((5, 3)), **{f"{side}_{part}": npy((5, 3)) for side in "xy" for part in ("train", "test")}),
        "d.npz",
        code="LC652",
        words=("has `x_val`, but no `y_val`",),
    ),
    "another number of labels to validate on": Case(
        with_validation("validation", y=4), "d.npz", code="LC652", words=("`x_validation`", "has 5 samples", "has 4")
    ),
    "another width to validate on": Case(with_validation("valid", (4,)), "d.npz", code="LC653", words=("`x_val` is (5, 4)",)),
    "texts as labels of every step": Case(
        archive("d.npz", x_train=npy((5, 3)), y_train=npy((5, 3), "<U4"), x_test=npy((5, 3)), y_test=npy((5, 3), "<U4")),
        "d.npz",
        code="LC654",
        words=("one text as its label",),
    ),
    "pictures with two validation parts": Case(
        pictures("train/cat", "val/cat", "valid/cat"), "./i", IMAGE, FLAT, code="LC652", words=("which is the validation part?",)
    ),
    "pictures without a training part": Case(
        pictures("val/cat", "test/cat"), "./i", IMAGE, FLAT, code="LC652", words=("but no train/",)
    ),
    "a class too many in val/": Case(
        pictures("train/cat", "train/dog", "val/cat", "val/dog", "train/owl"),
        "./i",
        IMAGE,
        FLAT,
        code="LC654",
        words=("3 classes", "`owl`"),
    ),
    "a class that is not trained on": Case(
        pictures("train/cat", "train/dog", "test/cat", "test/Dog"),
        "./i",
        IMAGE,
        FLAT,
        code="LC654",
        words=("differ by case only",),
    ),
    "a class in a second directory alone": Case(
        pictures("a/cat", "a/dog", "b/owl"),
        "{path: ./i/a, validation: ./i/b}",
        IMAGE,
        FLAT,
        code="LC654",
        words=("`owl` is a class with images in the b part alone",),
    ),
    "a second directory to validate on": Case(
        pictures("train/cat", "train/dog", "val/cat", "b/cat"),
        "{path: ./i, validation: ./i/b}",
        IMAGE,
        FLAT,
        code="LC652",
        words=("has a validation part, val/",),
        place="./i/b",
    ),
    "a file to validate on": Case(
        every(pictures("cat", "dog"), text("v.csv", TABLE)),
        "{path: ./i, validation: ./v.csv}",
        IMAGE,
        FLAT,
        code="LC652",
        words=("is no directory",),
        place="./v.csv",
    ),
    "an empty picture": Case(
        pictures("cat", "dog", content=b""), "./i", IMAGE, FLAT, code="LC652", words=("cannot be read as an image",), hidden=True
    ),
    "a damaged picture": Case(
        pictures("cat", "dog", content=png()[:12] + bytes(40)),
        "./i",
        IMAGE,
        FLAT,
        code="LC652",
        words=("cannot be read as an image",),
        hidden=True,
    ),
}
