"""Data that are too large once they are unpacked, or no data at all, are told before they fill the memory."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

import layerctl
from layerctl.base.reading import Refused
from layerctl.runtime.data._archive import plain
from tests.command_line import CommandLine
from tests.data_files import four, png

LABELS = struct.pack(">HBBI", 0, 8, 1, 4) + bytes(4)


def idx(folder: Path, images: bytes, labels: bytes = LABELS) -> Path:
    for name, content in (("images-idx3", images), ("labels-idx1", labels)):
        (folder / f"train-{name}-ubyte.gz").write_bytes(gzip.compress(content))
    return folder


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (struct.pack(">HBBIII", 0, 8, 3, 4, 60_000, 60_000), "13.4 GiB; the limit is 4.0 GiB"),
        (bytes(1 << 24), "does not begin as one"),
        (struct.pack(">HBBIII", 0, 8, 3, 4, 2, 2) + bytes(15), "its length"),
        (struct.pack(">HBBIII", 0, 8, 3, 4, 2, 2) + bytes(17), "its length"),
        (struct.pack(">HBB", 0, 8, 255) + b"\xff" * 1020, "the limit is"),
        (struct.pack(">HBB", 0, 8, 66) + bytes(264), "dimension"),
        (b"", "no IDX file"),
    ],
)
def test_an_idx_file_is_unpacked_as_far_as_it_says(images: bytes, words: str, tmp_path: Path, cli: CommandLine) -> None:
    result = cli("data", str(idx(tmp_path, images)))
    assert result.status == 1
    assert words in result.err


def test_an_idx_file_that_is_whole(tmp_path: Path) -> None:
    found = layerctl.data(idx(tmp_path, struct.pack(">HBBIII", 0, 8, 3, 4, 2, 2) + bytes(range(16))))
    assert (found.train, found.arrays[0].shape) == (4, (4, 2, 2))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def picture(side: int, *chunks: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(20))
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND", b"")))


def tiff(side: int) -> bytes:
    import PIL.Image

    file = io.BytesIO()
    PIL.Image.new("L", (4, 4)).save(file, "TIFF")
    data = bytearray(file.getvalue())
    (begin,) = struct.unpack_from("<I", data, 4)
    for at in range(begin + 2, begin + 26, 12):  # its first two entries are width and height
        tag = struct.unpack_from("<H", data, at)[0]
        struct.pack_into("<HHII", data, at, tag, 4, 1, side)
    return bytes(data)


LONG = zlib.compress(bytes(70 << 20), 9)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", picture(100_000), "its pixels take 37.3 GiB; the limit is 384.0 MiB"),
        ("a.tif", tiff(100_000), "its pixels take 37.3 GiB"),
        ("a.png", picture(4, chunk(b"zTXt", b"k\0\0" + LONG)), "its texts have more than 64.0 MiB"),
        ("a.png", picture(4, chunk(b"iTXt", b"k\0\1\0\0\0" + LONG)), "its texts have more than 64.0 MiB"),
    ],
)
def test_a_picture_that_unpacks_to_too_much(name: str, content: bytes, words: str, tmp_path: Path, cli: CommandLine) -> None:
    (tmp_path / "i" / "cat").mkdir(parents=True)
    (tmp_path / "i" / "cat" / name).write_bytes(content)
    result = cli("data", str(tmp_path / "i"))
    assert result.status == 1
    assert all(word in result.err for word in (words, f"cat/{name}", "LAYERCTL_MAX_PICTURE="))


def test_a_picture_with_more_behind_it_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: CommandLine) -> None:
    (tmp_path / "i" / "cat").mkdir(parents=True)
    (tmp_path / "i" / "cat" / "a.png").write_bytes(png())
    os.truncate(tmp_path / "i" / "cat" / "a.png", 2000)
    assert cli("data", str(tmp_path / "i")).status == 0
    monkeypatch.setenv("LAYERCTL_MAX_PICTURE", "1000")
    assert "the limit is 1000 B" in cli("data", str(tmp_path / "i")).err


def test_a_table_that_is_too_large_is_not_read(tmp_path: Path, cli: CommandLine) -> None:
    (tmp_path / "t.csv").touch()
    os.truncate(tmp_path / "t.csv", 60 * 1024**3)
    result = cli("data", str(tmp_path / "t.csv"))
    assert result.status == 1
    assert "60.0 GiB; the limit is 512.0 MiB" in result.err
    assert "LAYERCTL_MAX_TABLE=60GiB" in result.err


def test_an_array_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "a.npy", np.zeros(1000))
    assert plain(tmp_path / "a.npy").shape == (1000,)  # type: ignore[union-attr]
    monkeypatch.setenv("LAYERCTL_MAX_DATA", "8000")
    with pytest.raises(Refused, match="limit"):
        plain(tmp_path / "a.npy")
    np.save(tmp_path / "c.npy", np.zeros(2, complex))
    with pytest.raises(ValueError, match="complex128 values"):
        plain(tmp_path / "c.npy")


@options(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 255)), max_size=4), st.integers(0, 2000))
def test_damaged_values_are_told(tmp_path: Path, changes: list[tuple[int, int]], length: int) -> None:
    four((3,))(tmp_path)
    content = bytearray((tmp_path / "d.npz").read_bytes())
    for at, value in changes:
        content[at] = value
    (tmp_path / "d.npz").write_bytes(content[: max(length, 1200)])
    with suppress(layerctl.SpecError):  # nothing else may be raised
        layerctl.data(tmp_path / "d.npz")
