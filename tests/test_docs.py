"""The generated pages of docs/ are up to date, and links between pages work."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from layerctl import __version__
from layerctl.compiler.every_code import all_codes
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics import Code
from layerctl.reference import examples
from tools import make_docs

ROOT = Path(__file__).parent.parent
HAND_WRITTEN = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "tests/cases/README.md",
    *(f"docs/{path.name}" for path in sorted(make_docs.DOCS.glob("*.md")) if path.name not in make_docs.GENERATED),
    *(f"{make_docs.COURSE}/{path.name}" for path in sorted((make_docs.ROOT / make_docs.COURSE).glob("*.md"))),
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
    existing = {
        path.relative_to(make_docs.DOCS).as_posix()
        for name in make_docs.GENERATED
        for path in ((make_docs.DOCS / name).rglob("*.md") if "." not in name else [make_docs.DOCS / name])
    }
    assert existing == set(pages), "run `make docs`"


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


@pytest.mark.parametrize("name", sorted({*make_docs.WITH_OUTPUT} - {"README.md", *make_docs.LESSONS}))
def test_pages_by_hand_show_what_is_printed(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert make_docs.OUTPUT.search(text)
    assert make_docs.with_output(text) == text, "run `make docs`"


def test_the_test_of_what_is_printed_can_fail() -> None:
    page = "```yaml a.yaml\nlayers: []\n```\n<!-- generated -->\n```console\n$ layerctl check a.yaml\nold\n```"
    assert "error[LC203]" in make_docs.with_output(page)
    assert "old" not in make_docs.with_output(page)


WITHOUT_A_SPEC = {
    "LC104": "a file that is no text cannot be shown as one",
    "LC105": "a control character cannot be shown",
    "LC309": "the example would be of no use in the next version",
    "LC630": "depends on the machine",
    "LC690": "shows when specs are compared",
    "LC691": "shows when data are read",
    "LC692": "shows when a process is killed",
    **dict.fromkeys((f"LC31{number}" for number in range(3, 7)), "shows when a model with a custom layer is built"),
    **dict.fromkeys((f"LC65{number}" for number in range(8)), "shows when data are read, or in training"),
    **dict.fromkeys(("LC670", "LC671", "LC672", "LC673"), "shows when a run is written, or read"),
    **dict.fromkeys(("LC658", "LC659", "LC660"), "shows when data are read"),
    "LC680": "shows when a spec is converted",
}


@pytest.mark.parametrize("code", all_codes().values(), ids=lambda code: code.id)
def test_an_example_gives_its_own_diagnostic(code: type[Code]) -> None:
    diagnostics = examples.example_diagnostics(code)
    if code.id in WITHOUT_A_SPEC:
        assert not examples.printed(code)
    else:
        assert diagnostics is not None
        assert [diagnostic.code.id for diagnostic in diagnostics] == [code.id]


def test_the_changelog_ends_where_the_version_is() -> None:
    """Each version has a date and is later than the one below it; `__version__` is the newest, or on the way to the next."""
    titles = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    released = [title for title in titles if title != "Unreleased"]
    assert titles in (released, ["Unreleased", *released])
    parts = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)", title) for title in released]
    order = [(date.fromisoformat(part[4]), *map(int, part.groups()[:3])) for part in parts if part is not None]
    assert len(order) == len(released)
    assert order == sorted(order, reverse=True)
    newest = released[0].partition(" ")[0]
    if titles == released:
        assert __version__ == newest
    else:
        assert __version__.endswith(".dev0")
        assert [int(part) for part in __version__.split(".")[:3]] > [int(part) for part in newest.split(".")]


def specs_of_the_language() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "language.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", specs_of_the_language(), ids=lambda text: text.splitlines()[0])
def test_the_specs_of_the_language_reference_are_clean(text: str) -> None:
    diagnostics = compile_text(text).diagnostics
    assert not diagnostics, [f"{diagnostic.span.begin.line}: {diagnostic.message}" for diagnostic in diagnostics]
