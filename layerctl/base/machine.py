"""The memory of this machine, and how an error says that it ran out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from typing import NamedTuple

from layerctl.base.numbers import size

ADDRESSES = 2**56
"""Bytes that a process can have at most, on any machine: x86-64 has no more addresses for it, ARM fewer."""
LARGEST_DEVICE = 2**40
"""Bytes of memory that an accelerator has at most: what it really has is not known without a framework."""
DEVICES = ("nvidia[0-9]*", "dri/renderD*", "accel[0-9]*", "accel/accel[0-9]*", "vfio/[0-9]*", "neuron[0-9]*", "dxg")
"""The files of accelerators in `/dev`: of NVIDIA, of AMD (only beside `/dev/kfd`: others are screens), of TPUs, in WSL."""
GROUPS = {"": ("/sys/fs/cgroup", "memory.max"), "memory": ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")}
"""Where the limits of control groups are, by what `/proc/self/cgroup` calls the hierarchy: version 2, version 1."""
LIMITS = {"RLIMIT_AS": "ulimit -v", "RLIMIT_DATA": "ulimit -d"}
PEAKS = {"RLIMIT_AS": "VmPeak", "RLIMIT_DATA": "VmData"}
"""What Linux calls the memory that a process has had, by the limit that holds for it."""
LIBRARY = 256 * 1024**2
"""Bytes that one library of a framework takes, apart from the largest, whose errors say that memory ran out."""


class Memory(NamedTuple):
    """The most bytes that a process can have, and in words what has them: `this machine has 23.5 GiB`."""

    bytes: int
    words: str


def memory() -> Memory:
    """The most memory that a process can have here, accelerators included.

    That is RAM and swap, or less where a limit of the process or of its control group says so. It does not depend on what other
    processes use now. On systems other than Linux, RAM and swap are unknown: what an address can reach stands for them.
    """
    limit = min((*_physical(), *_process_limits(), *_group_limits()), default=Memory(ADDRESSES, ""))
    count = len(accelerators())
    total = min(limit.bytes + count * LARGEST_DEVICE, ADDRESSES)
    if total == ADDRESSES:
        return Memory(ADDRESSES, f"no process can have more than {size(ADDRESSES)}")
    more = f", and no accelerator more than {size(LARGEST_DEVICE)}" if count else ""
    return Memory(total, limit.words + more)


def accelerators() -> list[str]:
    """The files of accelerators."""
    wanted = (pattern for pattern in DEVICES if not pattern.startswith("dri/") or os.path.exists("/dev/kfd"))
    return [file for pattern in wanted for file in glob(f"/dev/{pattern}")]


def _physical() -> Iterator[Memory]:
    if total := _meminfo("MemTotal"):
        total += _meminfo("SwapTotal")
        yield Memory(total, f"this machine has {size(total)}")


def nearly_out() -> bool:
    """Whether this process came so near to a limit on its memory that a library may not have fitted any more."""
    return any(limit - _figure("/proc/self/status", PEAKS[name]) < LIBRARY for name, limit in _limits())


def _process_limits() -> Iterator[Memory]:
    for name, limit in _limits():
        yield Memory(limit, f"`{LIMITS[name]}` leaves a process {size(limit)}")


def _limits() -> Iterator[tuple[str, int]]:
    """The limits that are set for this process."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name in LIMITS:
        limit = resource.getrlimit(getattr(resource, name))[0]
        if limit != resource.RLIM_INFINITY:
            yield name, limit


def _group_limits() -> Iterator[Memory]:
    """The limits of the control groups that the process is in, the outer ones included; swap is always counted as allowed."""
    swap = _meminfo("SwapTotal")
    for line in _lines("/proc/self/cgroup"):
        _, hierarchy, path = line.split(":", 2)
        if hierarchy not in GROUPS:
            continue
        mount, file = GROUPS[hierarchy]
        names = path.strip("/").split("/")
        for depth in range(len(names) + 1):
            for text in _lines(os.path.join(mount, *names[:depth], file)):
                if text.isdecimal():
                    yield Memory(int(text) + swap, f"the control group of this process has {size(int(text) + swap)}")


def _meminfo(name: str) -> int:
    return _figure("/proc/meminfo", name)


def _figure(file: str, name: str) -> int:
    """A figure of Linux's about memory, in bytes; 0 where it is unknown."""
    for line in _lines(file):
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1024
    return 0


def _lines(file: str) -> list[str]:
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return opened.read().splitlines()
    except OSError:
        return []


NAMES = ("ResourceExhaustedError", "OutOfMemoryError")
"""The errors of TensorFlow and PyTorch when memory runs out."""
WORDS = (
    "resource_exhausted", "out of memory", "allocate memory", "failed to allocate", "unable to allocate", "not enough memory",
    "bad_alloc", "failed to map segment", "oom when allocating", "array is too big", "size calculation overflowed",
)  # fmt: skip
"""What other errors say then: those of JAX, PyTorch, HDF5, NumPy."""


class RanOut(MemoryError):
    """Memory ran out; the text says when: `the model was trained`."""


class NotLoaded(RanOut):
    """Memory ran out while a framework was loaded: no model is to blame."""


def ran_out(error: BaseException | None) -> bool:
    """Whether an error, or one that it comes from, says that memory ran out."""
    while error is not None:
        if isinstance(error, MemoryError) or type(error).__name__ in NAMES:
            return True
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return True
        foreign = not type(error).__module__.startswith("layerctl.")
        if foreign and any(words in str(error).lower() for words in WORDS):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


@contextmanager
def stage(when: str) -> Iterator[None]:
    """A context in which memory can run out: `RanOut` then says when, whichever library notices it."""
    try:
        yield
    except RanOut:
        raise
    except Exception as error:
        if ran_out(error):
            raise RanOut(when) from error
        raise
