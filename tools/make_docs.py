"""Writes the generated pages of docs/: layers, objects, diagnostics, the command line. `make docs` runs it.

The texts come from docstrings and help texts; a test fails if the committed pages are out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from layerctl.base import docstrings
from layerctl.catalog import CATALOGS, Arguments
from layerctl.catalog.layers._base import Layer
from layerctl.compiler.every_code import all_codes
from layerctl.reference import pages as reference
from layerctl.reference.examples import printed

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GENERATED = ("layers", "diagnostics", "objects.md", "operations.md", "cli.md")
"""The generated files and folders; the other pages are written by hand."""

COURSE = "docs/course"
LESSONS = tuple(f"{COURSE}/{path.name}" for path in sorted((ROOT / COURSE).glob("[0-9]*.md")))
WITH_OUTPUT = ("README.md", "docs/language.md", "docs/zoo.md", *LESSONS)
"""Pages written by hand that show the output of commands."""
SHOWN = {"summary": "summary zoo/transformer_encoder --depth 2"}
"""Commands with an example and its output on the page on the command line."""

FILE = re.compile(r"```yaml (?P<file>\S+\.yaml)\n(?P<spec>.*?)```", re.DOTALL)
OUTPUT = re.compile(
    r"(?P<above><!-- (?P<kind>generated|in part|needs a framework)[^\n]*-->\n```console\n\$ layerctl (?P<command>[^\n]*)\n)"
    r"(?P<shown>.*?)(?P<below>```)",
    re.DOTALL,
)
BLOCK = re.compile(f"{FILE.pattern}|{OUTPUT.pattern}", re.DOTALL)

FAMILIES = {
    "1": "YAML",
    "2": "Keys, arguments, values, variables",
    "3": "Names and graph",
    "4": "Shapes and dtypes",
    "5": "Design warnings",
    "6": "Training and data",
    "7": "Expectations",
}
TITLES = {"rnn": "Recurrent"}
"""Titles of categories that differ from their names."""
OBJECTS = ("initializers", "regularizers", "constraints", "optimizers", "schedules", "losses", "metrics")
WIDTH = 100


def pages() -> dict[str, str]:
    """Every generated page: path below docs/ → text."""
    single = {"objects.md": objects_page(), "cli.md": cli_page(), "operations.md": operations_page()}
    return single | layer_pages() | diagnostic_pages()


def layer_pages() -> dict[str, str]:
    """A page for each layer, and an index by category."""
    pages = {}
    index = ["# Layers", "", "Every layer that a spec can use. `layerctl layers NAME` prints the same page.", ""]
    for category, classes in reference.layer_groups().items():
        index += [f"## {TITLES.get(category, category.capitalize())}", "", "| layer | |", "| --- | --- |"]
        for cls in classes:
            doc = reference.layer_doc(cls.keras_name())
            assert doc is not None
            pages[f"layers/{doc.name}.md"] = page(reference.layer_markdown(doc))
            index.append(f"| [{doc.name}]({doc.name}.md) | {cell(doc.summary)} |")
        index.append("")
    index += [
        "## Stricter than Keras",
        "",
        "All layers refuse some arguments that Keras accepts; the page of a layer says what that layer refuses.",
        "",
    ]
    index += [*(f"- {sentence}" for sentence in Layer.stricter.values()), ""]
    index += ["## Not in a spec", "", "| layer | why not | instead |", "| --- | --- | --- |"]
    for name, (why, instead) in CATALOGS["layers"].not_expressible.items():
        index.append(f"| {name} | {cell(why)} | {cell(instead)} |")
    return pages | {"layers/README.md": page("\n".join(index))}


def operations_page() -> str:
    """The functions of `keras.ops`, by category."""
    lines = [
        "# Functions",
        "",
        "Functions of `keras.ops` as items: `ops.NAME`. Axes count the batch as 0, as Keras does.",
        "`layerctl layers ops.NAME` prints the same.",
    ]
    for category, classes in reference.layer_groups("ops").items():
        lines += ["", f"## {category.capitalize()}"]
        for cls in classes:
            doc = reference.layer_doc(cls.spec_name())
            assert doc is not None
            lines += ["", reference.layer_markdown(doc).replace("# ", "### ", 1).replace(f"Category: {category}. ", "").strip()]
    return page("\n".join(lines))


def diagnostic_pages() -> dict[str, str]:
    """A page for each code, and an index by family."""
    pages = {}
    index = ["# Diagnostics", "", "All diagnostics of layerctl. `layerctl explain CODE` prints the same page.", ""]
    last = ""
    for code in all_codes().values():
        pages[f"diagnostics/{code.id}.md"] = page(reference.code_markdown(code, printed(code)))
        if code.id[2] != last:
            last = code.id[2]
            index += ["", f"## LC{last}xx: {FAMILIES[last]}", "", "| code | name | |", "| --- | --- | --- |"]
        summary = docstrings.parse(code.__doc__).summary
        index.append(f"| [{code.id}]({code.id}.md) | {code.slug()} | {cell(summary)} |")
    return pages | {"diagnostics/README.md": page("\n".join(index))}


def objects_page() -> str:
    """Initializers, losses, …: the objects that are arguments of a layer or values in `train`."""
    lines = [
        "# Objects",
        "",
        "Objects are written as a name (`he_normal` or `HeNormal`), or as one key and its arguments (`{HeNormal: {seed: 1}}`).",
    ]
    for kind in OBJECTS:
        catalog = CATALOGS[kind]
        lines += ["", f"## {catalog.noun.capitalize()}s" if not catalog.noun.endswith("s") else "## Losses"]
        for name in catalog.names():
            cls = catalog.find(name)
            assert cls is not None
            lines += ["", f"### {name}", "", docstrings.parse(cls.__doc__).summary, *argument_table(cls)]
    return page("\n".join(lines))


def argument_table(cls: type[Arguments]) -> list[str]:
    docs = reference.argument_docs(cls)
    if not docs:
        return []
    lines = ["", "| argument | type | default | |", "| --- | --- | --- | --- |"]
    for doc in docs:
        default = "required" if doc.default is None else f"`{doc.default}`"
        lines.append(f"| `{doc.name}` | {cell(doc.type)} | {default} | {cell(doc.text)} |")
    return lines


def cli_page() -> str:
    """The help of each command."""
    from layerctl.cli import COMMANDS

    lines = [
        "# Command line",
        "",
        "The help texts, as `layerctl COMMAND --help` prints them. Exit status of every command: 0 done and clean; 1 the spec,",
        "the data or a run has errors, or the result cannot be written; 2 wrong usage; 3 a bug in layerctl; 130 after Ctrl-C,",
        "143 after SIGTERM and 129 after SIGHUP.",
        "",
        "What comes from outside, such as names of files and cells of tables, is printed on one line, with an escape for all",
        "that cannot be seen: `\\x1b`, `\\n`. `--format json` loses nothing.",
        "",
        "```console",
        "$ layerctl --help",
        help_text(),
        "```",
    ]
    for name in COMMANDS:
        lines += ["", f"## {name}", "", "```console", f"$ layerctl {name} --help", help_text(name), "```"]
        if (command := SHOWN.get(name)) is not None:
            lines += ["", "```console", f"$ layerctl {command}", output_of(command, str(ROOT)).rstrip(), "```"]
    return page("\n".join(lines))


def help_text(*command: str) -> str:
    from typer.testing import CliRunner

    from layerctl.cli import COMMANDS, application

    result = CliRunner().invoke(application(*COMMANDS), [*command, "--help"], prog_name="layerctl", terminal_width=WIDTH)
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def output_of(command: str, folder: str) -> str:
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-m", "layerctl", *shlex.split(command)]
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def with_output(text: str, run: Callable[[str, str], str] = output_of, *, framework: bool = False) -> str:
    """A page with the current output of its commands, which run from top to bottom in one folder.

    A block that begins with ```yaml NAME.yaml is a file for them; the specs of the course are in the folder too. The comment
    above a command says what its block holds: all that is printed (`generated`), or a form (`in part`, `needs a framework`), in
    which `…` stands for any text. A form that fits stays as it is.

    Args:
        run: the output of a command, in a folder.
        framework: whether to run the commands that need one.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "specs").symlink_to(ROOT / "specs")
        for path in (ROOT / COURSE).glob("*.yaml"):
            shutil.copy(path, folder)

        def current(block: re.Match[str]) -> str:
            if block["file"] is not None:
                Path(folder, block["file"]).write_text(block["spec"], encoding="utf-8")
            elif framework or block["kind"] != "needs a framework":
                printed = run(block["command"], folder)
                if block["kind"] == "generated" or not fits(block["shown"], printed):
                    return block["above"] + printed + block["below"]
            return block[0]

        return BLOCK.sub(current, text)


def fits(form: str, printed: str) -> bool:
    """Whether a text has this form, in which `…` stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, form.split("…"))), printed, re.DOTALL) is not None


def cell(text: str) -> str:
    """A text as a cell of a table."""
    return text.replace("|", "\\|")


def page(text: str) -> str:
    """A page's text with one line end at its end, and no two empty lines in a row."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"


def write(folder: Path = DOCS) -> int:
    """Replaces the generated pages; returns how many there are."""
    texts = pages()
    for name in GENERATED:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in WITH_OUTPUT:
        path = ROOT / name
        path.write_text(with_output(path.read_text(encoding="utf-8")), encoding="utf-8")
    return len(texts)


if __name__ == "__main__":
    print(f"wrote {write()} pages to {DOCS.name}/", file=sys.stderr)
