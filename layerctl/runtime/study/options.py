"""The options of a comparison that hold for all candidates."""

from __future__ import annotations

import os
from typing import NamedTuple


class Options(NamedTuple):
    """How all candidates of a comparison are trained and tested.

    Attributes:
        runs: the directory in which finished trials are kept.
        data_dir: where files of named sets are looked for first.
        limit: at most this many training samples, and test samples.
        perturb: the disturbances of the images to test under, by name.
        ray: the address of the cluster that runs the trials, `""` for that of `RAY_ADDRESS` or this machine; None without Ray.
    """

    runs: str | os.PathLike[str] = "runs"
    data_dir: str | os.PathLike[str] | None = None
    limit: int | None = None
    perturb: tuple[str, ...] = ()
    ray: str | None = None
