"""The generated pages of docs/ are up to date, and links between pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layerctl.compiler import compile_text
from tools import make_docs

ROOT = Path(__file__).parent.parent
HAND_WRITTEN = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/README.md",
    "docs/language.md",
    "docs/zoo.md",
    "tests/cases/README.md",
)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return make_docs.pages()


def test_generated_pages_are_up_to_date(pages: dict[str, str]) -> None:
    stale = [name for name, text in pages.items() if not same(make_docs.DOCS / name, text)]
    assert not stale, f"run `make docs`; out of date: {stale[:10]}"


def same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def test_no_page_is_left_over(pages: dict[str, str]) -> None:
    found = {
        path.relative_to(make_docs.DOCS).as_posix()
        for name in make_docs.GENERATED
        for path in ((make_docs.DOCS / name).rglob("*.md") if "." not in name else [make_docs.DOCS / name])
    }
    assert found == set(pages), "run `make docs`"


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (path.parent / target).exists(), f"{name} links to {target}"


def test_links_of_generated_pages_lead_to_pages(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        for target in re.findall(r"\]\(([A-Za-z0-9_./-]+\.md)\)", text):
            assert (Path(name).parent / target).as_posix() in pages, f"{name} links to {target}"


def specs_of_the_language() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "language.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", specs_of_the_language(), ids=lambda text: text.splitlines()[0])
def test_the_specs_of_the_language_reference_are_clean(text: str) -> None:
    found = compile_text(text).diagnostics
    assert not found, [f"{diagnostic.span.begin.line}: {diagnostic.message}" for diagnostic in found]
