"""GitHub's hashes of lines, which let it recognise a finding again when lines are added above it.

This is the `primaryLocationLineHash` that GitHub's own upload step computes where a log has none:
https://github.com/github/codeql-action/blob/main/src/fingerprints.ts
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate
from struct import unpack

BLOCK, FACTOR, MASK = 100, 37, 2**64 - 1
SHIFT = pow(FACTOR, BLOCK, MASK + 1)
END = "\uffff"


def line_hashes(text: str) -> list[str]:
    """For each line: a polynomial hash of the 100 UTF-16 units from its start, without blanks, and its count so far."""
    lines = [re.sub(r"[ \t]", "", line) + "\n" for line in re.split(r"\r\n?|\n", text)]
    lines[-1] = lines[-1][:-1] + END
    units = [_units(line) for line in lines]
    stream = [unit for line in units for unit in line] + [0] * BLOCK
    sums = list(accumulate(stream, lambda value, unit: value * FACTOR + unit & MASK, initial=0))
    counts: Counter[int] = Counter()
    hashes = []
    for start in accumulate((len(line) for line in units[:-1]), initial=0):
        value = sums[start + BLOCK] - sums[start] * SHIFT & MASK
        counts[value] += 1
        hashes.append(f"{value:x}:{counts[value]}")
    return hashes


def _units(text: str) -> tuple[int, ...]:
    data = text.encode("utf-16-le", "surrogatepass")
    return unpack(f"<{len(data) // 2}H", data)
