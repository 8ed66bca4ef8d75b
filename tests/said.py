"""Prints every message of all cases, one a line: `python -m tests.said`; `test_cases.py` compares two of its runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from layerctl.api.check import check
from layerctl.diagnostics import Diagnostic
from tests import markdown_cases
from tests.data_files import REFUSED


def diagnostics(folder: Path) -> Iterator[tuple[str, Diagnostic]]:
    for file in markdown_cases.files():
        for case in markdown_cases.cases(file):
            for diagnostic in case.compile().diagnostics:
                yield case.title, diagnostic
    for number, (title, data) in enumerate(REFUSED.items()):
        spec = folder / str(number) / "spec.yaml"
        spec.parent.mkdir()
        data.make(spec.parent)
        spec.write_text(data.text())
        for diagnostic in check(spec).diagnostics:
            yield title, diagnostic


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for title, diagnostic in diagnostics(Path(folder)):
            said = f"{diagnostic.code.id} {diagnostic.message} {diagnostic.help}".replace(folder, "")
            print(title, diagnostic.span.start, said)


if __name__ == "__main__":
    main()
