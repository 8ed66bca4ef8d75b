"""The real YAML language server of the editors, driven as an editor drives it: JSON-RPC over its standard streams."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.npm import Unavailable, installed

PACKAGE, VERSION = "yaml-language-server", "1.25.0"
TIMEOUT = 30


def command() -> list[str]:
    """The command that starts the server.

    Raises:
        Unavailable: Node.js, npm or the registry is missing.
    """
    node = shutil.which("node")
    if node is None:
        raise Unavailable("node is not installed")
    return [node, str(installed(PACKAGE, VERSION) / "bin" / PACKAGE), "--stdio"]


class LanguageServer:
    """One running server; `with LanguageServer(command) as server:`."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.received: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.number = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        markup = ["markdown", "plaintext"]
        item = {"snippetSupport": True, "documentationFormat": markup}
        document = {"completion": {"completionItem": item}, "hover": {"contentFormat": markup}, "publishDiagnostics": {}}
        self.request("initialize", {"processId": None, "rootUri": None, "capabilities": {"textDocument": document}})
        self.notify("initialized", {})
        settings = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        self.notify("workspace/didChangeConfiguration", {"settings": {"yaml": settings}})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def open(self, path: Path, text: str) -> str:
        """Opens a document, as an editor does with a text that need not be saved."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def completions(self, uri: str, line: int, character: int) -> dict[str, dict[str, Any]]:
        """What is offered at a place, by label."""
        found = self.request("textDocument/completion", _at(uri, line, character))
        return {item["label"]: item for item in (found["items"] if isinstance(found, dict) else found or [])}

    def hover(self, uri: str, line: int, character: int) -> str:
        """The text that is shown over a place."""
        found = self.request("textDocument/hover", _at(uri, line, character))
        return found["contents"]["value"] if found else ""

    def problems(self, uri: str) -> list[dict[str, Any]]:
        """What is marked in a document, in its order."""
        while uri not in self.diagnostics:
            self._take()
        return sorted(self.diagnostics[uri], key=lambda found: tuple(found["range"]["start"].values()))

    def request(self, method: str, params: Any) -> Any:
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.process.stdin.flush()

    def _take(self) -> dict[str, Any]:
        """The next message; the server's own requests are answered on the way."""
        message = self.received.get(timeout=TIMEOUT)
        assert message is not None, "the server has ended"
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            several = message["method"] == "workspace/configuration"
            self._send({"id": message["id"], "result": [None] * len(message["params"]["items"]) if several else None})
        return message

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while line := stream.readline():
            size = 0
            while line.strip():
                name, _, value = line.partition(b":")
                size = int(value) if name.lower() == b"content-length" else size
                line = stream.readline()
            self.received.put(json.loads(stream.read(size)))
        self.received.put(None)


def _at(uri: str, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
