"""Packages of the npm registry that tests need, installed into .cache/ the first time."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

CACHE = Path(__file__).parent.parent / ".cache"


class Unavailable(Exception):
    """A package cannot be had here; the message says why."""


def installed(package: str, version: str) -> Path:
    """The folder of an installed package.

    Raises:
        Unavailable: npm or the registry is missing.
    """
    cached = CACHE / f"{package.replace('/', '-')}-{version}"
    folder = cached / "node_modules" / package
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise Unavailable("npm is not installed")
        _install(npm, f"{package}@{version}", cached)
    return folder


def _install(npm: str, wanted: str, cached: Path) -> None:
    """Installs beside the final place and moves there, so that what is in the cache is whole."""
    CACHE.mkdir(exist_ok=True)
    folder = cached.with_name(f"{cached.name}-{os.getpid()}")
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--loglevel=error"]
    try:
        done = subprocess.run(
            [npm, "install", "--prefix", str(folder), *options, wanted],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["npm failed"])[0]
            raise Unavailable(f"npm cannot install {wanted}: {last}")
        with suppress(OSError):  # another run was faster
            folder.replace(cached)
    except subprocess.TimeoutExpired:
        raise Unavailable("the npm registry does not answer") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
