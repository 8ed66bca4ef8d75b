"""The IDX format of the MNIST files: a magic number with dtype and rank, the dimensions, then the values."""

from __future__ import annotations

import gzip
import struct
import zlib
from math import prod
from pathlib import Path

import numpy as np

from layerctl.analysis.data._codes import UnreadableData
from layerctl.analysis.data.wanted import Wanted
from layerctl.runtime.data._types import Array

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read(path: Path, wanted: Wanted) -> Array:
    """The array of an IDX file, gzipped or not.

    Raises:
        SpecError: it is not an IDX file.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read()
        zeros, kind, rank = struct.unpack_from(">HBB", data)
        shape = struct.unpack_from(f">{rank}I", data, 4)
        dtype = np.dtype(DTYPES[kind])
        if zeros or len(data) != 4 + 4 * rank + prod(shape) * dtype.itemsize:
            raise ValueError("its length is not what its header says")
        values = np.frombuffer(data, dtype, offset=4 + 4 * rank).reshape(shape)
    except (OSError, EOFError, ValueError, KeyError, struct.error, zlib.error) as error:
        raise wanted.refuse(
            UnreadableData,
            f"{path} is no IDX file: {error}",
            help="check the path; a file of a named set is downloaded again once it is deleted",
        ) from None
    return values.astype(dtype.newbyteorder("="), copy=False)
