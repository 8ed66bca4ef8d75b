"""Sends signals to the program, at its start too, and judges how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "ended by SIGTERM", signal.SIGHUP: "ended by SIGHUP"}
OF_OTHERS = re.compile(r"(WARNING: All log|[IWEF]0000 |\d{4}-\d\d-\d\d )")
"""Lines that TensorFlow writes."""
OURS = re.compile(r'File "[^"]*layerctl[/\\](__init__|__main__|base|cli)')


def begin(folder: Path, *arguments: str, ignored: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Starts the program in a process group of its own."""

    def before() -> None:
        for number in SAID:
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        [sys.executable, "-m", "layerctl", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=before,
    )


def interrupted(process: subprocess.Popen[bytes], after: float, *sent: int) -> str | None:
    """What is wrong with the end of a process that gets signals, one straight after the other; None if it ends as it should.

    Until the program's first line, Python itself answers signals: that it does so in its own way is nobody's mistake.
    """
    time.sleep(after)
    for number in sent:
        if process.poll() is None:
            os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    said = [line for line in err.decode().splitlines() if line.strip() and not OF_OTHERS.match(line)]
    if process.returncode == 0 and "Traceback" not in err.decode():
        return None  # it was faster
    if process.returncode == -sent[0] or ("Traceback" in err.decode() and not OURS.search(err.decode())):
        return None
    if process.returncode != 128 + sent[0]:
        return f"after {after:.3f} s: status {process.returncode}, {said}"
    first = SAID[signal.Signals(sent[0])]
    if len(said) != 1 or said[0].partition(";")[0] != first:
        return f"after {after:.3f} s: {said}"
    return f"after {after:.3f} s: a worker is left" if _alive(process.pid) else None


def _alive(group: int) -> bool:
    """Whether a process of the group still runs, a moment later."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    return True
