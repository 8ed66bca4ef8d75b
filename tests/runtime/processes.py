"""The command line in other processes, for another back end or other settings of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

ROOT = str(Path(__file__).resolve().parents[2])
SERVER = """
import io, json, os, sys
from layerctl.cli import main
questions, answers = sys.stdin, os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for question in questions:
    folder, arguments = json.loads(question)
    os.chdir(folder)
    sys.argv = ["layerctl", *arguments]
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    try:
        main()
        status = 0
    except SystemExit as end:
        status = end.code or 0
    said = [stream.buffer.getvalue().decode() for stream in (sys.stdout, sys.stderr)]
    print(json.dumps([status, *said]), file=answers, flush=True)
"""
"""Runs one command after another, since loading a back end takes longer than most of them."""


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class Backend:
    """Processes with another back end."""

    def __init__(self, name: str, **variables: str) -> None:
        search = os.pathsep.join(path for path in (ROOT, os.environ.get("PYTHONPATH")) if path)
        self.name = name
        self.environment = {**os.environ, "KERAS_BACKEND": name, "PYTHONPATH": search, **variables}

    def python(self, folder: Path, *arguments: str) -> Done:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    @cached_property
    def server(self) -> subprocess.Popen[str]:
        command, pipe = [sys.executable, "-c", SERVER], subprocess.PIPE
        return subprocess.Popen(command, env=self.environment, stdin=pipe, stdout=pipe, text=True)

    def asked(self, folder: Path, *arguments: str) -> Done:
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        late = threading.Timer(300, self.server.kill)
        late.start()
        print(json.dumps([str(folder), arguments]), file=self.server.stdin, flush=True)
        answer = self.server.stdout.readline()
        late.cancel()
        return Done(*json.loads(answer))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "server" in self.__dict__:
            self.server.communicate()
