"""Packs the UCI optical digits into layerctl/data/digits.npz.

Usage: python tools/make_digits.py FOLDER, where FOLDER holds optdigits.tra and optdigits.tes as UCI publishes them
(https://archive.ics.uci.edu/dataset/80). The same input gives the same bytes.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent.parent / "layerctl" / "data" / "digits.npz"
FILES = {"train": ("optdigits.tra", 3823), "test": ("optdigits.tes", 1797)}


def read(path: Path, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Reads images (n, 8, 8) from 0 to 16 and labels (n,), both uint8, from lines of 64 pixels and a label."""
    table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    if table.shape != (rows, 65) or table[:, :64].max() != 16 or set(table[:, 64]) != set(range(10)):
        raise SystemExit(f"{path} is not the file that UCI publishes")
    return table[:, :64].reshape(-1, 8, 8), table[:, 64]


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz archive with fixed time stamps, so that the file depends on its content alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1998, 7, 1, 0, 0, 0))
            archive.writestr(entry, member.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    arrays = {}
    for part, (name, rows) in FILES.items():
        arrays[f"x_{part}"], arrays[f"y_{part}"] = read(Path(sys.argv[1]) / name, rows)
    TARGET.write_bytes(pack(arrays))
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
