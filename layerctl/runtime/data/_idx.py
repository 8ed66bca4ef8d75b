"""The IDX format of the MNIST files: a magic number with dtype and rank, the dimensions, then the values."""

from __future__ import annotations

import gzip
import struct
import zlib
from io import BufferedReader
from math import prod
from pathlib import Path

import numpy as np

from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.base import reading
from layerctl.runtime.data._types import Array

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read(path: Path, wanted: Wanted) -> Array:
    """The array of an IDX file, gzipped or not.

    Raises:
        SpecError: it is not an IDX file.
    """
    try:
        with reading.opened(path, reading.DATA) as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return _array(gzip.GzipFile(fileobj=file) if packed else file)
    except (EOFError, ValueError, struct.error, zlib.error, gzip.BadGzipFile) as error:
        help = "check the path; a file of a named set is downloaded again once it is deleted"
        raise wanted.unreadable(f"{path} is no IDX file: {error}", help) from None
    except OSError as error:
        raise cannot_read(path, error, wanted) from None


def _array(file: BufferedReader | gzip.GzipFile) -> Array:
    """The array of a file, which says at its beginning how large it is; no more is read, and unpacked.

    Raises:
        Refused: it is too large.
        ValueError: its length is not what it says.
    """
    zeros, kind, rank = struct.unpack(">HBB", file.read(4))
    if zeros or kind not in DTYPES:
        raise ValueError("it does not begin as one")
    shape = struct.unpack(f">{rank}I", file.read(4 * rank))
    dtype = np.dtype(DTYPES[kind])
    size = prod(shape) * dtype.itemsize
    reading.DATA.check(size, "its array has")
    data = file.read(size)
    if len(data) != size or file.read(1):
        raise ValueError("its length is not what its header says")
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
