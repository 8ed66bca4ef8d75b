"""Pages of the documentation's site that are not in docs/: a hook of MkDocs.

README.md, CONTRIBUTING.md, other files and the example specs become pages; links between them lead to the pages. A page for the
Python API lists the public names, and mkdocstrings documents them. A broken link ends `make site`.
"""

from __future__ import annotations

import inspect
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

import layerctl

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
FROM_ROOT = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "cases.md": "tests/cases/README.md",
    "license.md": "LICENSE",
    "security.md": "SECURITY.md",
}
SPECS = {
    f"specs/{path.relative_to(ROOT / 'specs').with_suffix('.md')}": path for path in sorted((ROOT / "specs").rglob("*.yaml"))
}
ORIGINS = FROM_ROOT | {page: path.relative_to(ROOT).as_posix() for page, path in SPECS.items()}
"""The file outside docs/ that each page is made from."""
PLACES = {origin: page for page, origin in ORIGINS.items()}
PLACES |= {"docs/README.md": "index.md", "specs": "specs/README.md", "specs/zoo": "specs/README.md"}
"""The page for each target of links that is outside docs/."""

FENCE_OR_LINK = re.compile(r"^(`{3,})[^`\n]*\n.*?^\1$|(?<=\]\()(?!\w+:|#)(?P<target>[^)#]+)", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"^```(\w+) (\S+\.\w+)$", re.MULTILINE)
"""The beginning of a block of code that names its file."""
HEADING_OR_PAGE = re.compile(r"^## (?P<heading>.+)|\]\((?P<page>[\w./-]+\.md)\)", re.MULTILINE)


def on_config(config: MkDocsConfig) -> None:
    """Replaces each folder in the navigation by the sections of its index."""
    config.nav = [unfolded(entry) for entry in config.nav or ()]


def unfolded(entry: object) -> object:
    if isinstance(entry, dict):
        return {title: unfolded(part) for title, part in entry.items()}
    if isinstance(entry, list):
        return [unfolded(part) for part in entry]
    return folder(entry) if isinstance(entry, str) and entry.endswith("/") else entry


def folder(name: str) -> list[object]:
    """The navigation of a folder: its index page, then its sections with the pages that each of them links to."""
    sections: dict[str, list[str]] = {}
    for match in HEADING_OR_PAGE.finditer(
        generated().get(f"{name}README.md") or (ROOT / "docs" / name / "README.md").read_text()
    ):
        if match["heading"]:
            pages = sections.setdefault(match["heading"], [])
        else:
            pages.append(name + match["page"])
    return [f"{name}README.md", *({title: pages} for title, pages in sections.items() if pages)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that have no file in docs/, and the style."""
    from mkdocs.structure.files import File

    for uri, text in generated().items():
        files.append(File.generated(config, uri, content=text))
    files.append(File.generated(config, "site.css", abs_src_path=str(ROOT / "tools" / "site.css")))
    return files


def generated() -> dict[str, str]:
    """The pages that have no file in docs/, by their path on the site."""
    pages = {page: (ROOT / name).read_text(encoding="utf-8") for page, name in FROM_ROOT.items()}
    pages["license.md"] = f"# License\n\n```text\n{pages['license.md']}```\n"
    return pages | spec_pages() | {"api.md": api_page()}


def spec_pages() -> dict[str, str]:
    """A page for each spec, and an index, which shows the first line of each spec."""
    pages = {}
    index = [
        "# Example specs",
        "",
        "They come with the package: `layerctl summary cnn` works anywhere, `layerctl init` copies one.",
    ]
    for title, above in (("To start from", "specs"), ("Known architectures", "specs/zoo")):
        index += ["", f"## {title}", "", "| spec | |", "| --- | --- |"]
        for page, path in SPECS.items():
            if posixpath.dirname(page) == above:
                text = path.read_text(encoding="utf-8")
                summary = text.partition("\n")[0].lstrip("# ")
                pages[page] = f'# {path.stem}\n\n{summary}\n\n```yaml title="{ORIGINS[page]}"\n{text}```\n'
                index.append(f"| [{path.stem}]({posixpath.relpath(page, 'specs')}) | {summary} |")
    return pages | {"specs/README.md": "\n".join(index)}


def api_page() -> str:
    """The page of public names, which mkdocstrings documents."""
    names = {name: getattr(layerctl, name) for name in layerctl.__all__ if name != "__version__"}
    functions = [name for name, thing in names.items() if inspect.isfunction(thing)]
    errors = [name for name, thing in names.items() if inspect.isclass(thing) and issubclass(thing, BaseException)]
    results = [name for name in names if name not in (*functions, *errors)]
    parts = ["# Python API", "What `layerctl.__all__` names; [In Python](python.md) shows how to use it."]
    for title, group in (("Functions", functions), ("Results", results), ("Exceptions", errors)):
        parts += [f"## {title}", *(f"::: layerctl.{name}\n    options: {{heading_level: 3}}" for name in group)]
    return "\n\n".join(parts) + "\n"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Points links to pages of the site, and makes links of the public names on the page on Python."""
    here = page.file.src_uri
    if here == "index.md":
        page.meta["hide"] = ["navigation"]
    origin = ORIGINS.get(here, f"docs/{here}")

    def redirected(match: re.Match[str]) -> str:
        if match["target"] is None:
            return match[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(origin), match["target"]))
        place = PLACES.get(target, target.removeprefix("docs/"))
        return posixpath.relpath(place, posixpath.dirname(here) or ".")

    markdown = NAMED.sub(r'```\1 title="\2"', FENCE_OR_LINK.sub(redirected, markdown))
    if here == "python.md":
        for name in layerctl.__all__:
            markdown = markdown.replace(f"| `{name}` |", f"| [`{name}`][layerctl.{name}] |")
    return markdown
