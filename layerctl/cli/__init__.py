"""The command line: one command per file, each a thin layer over a function of `api/`.

Only the requested command is imported, so that `layerctl check` starts fast.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typer

COMMANDS = (
    "check", "summary", "build", "train", "runs", "evaluate", "predict", "data", "compare", "claims", "trace", "convert",
    "layers", "explain", "schema", "init",
)  # fmt: skip
OVERVIEW = """Check, summarize, build, train and compare Keras models written as YAML specs.

\b
Examples:
  layerctl check                      all specs in specs/
  layerctl summary cnn                a model as a table
  layerctl train cnn --data digits    train on data that come with the package
  layerctl predict cnn-1 seven.png    what a trained model says
  layerctl compare dense conv2d       which design is better, and at what cost
"""
EPILOG = "A spec is a path, or a bare name such as `cnn`; `-` reads one from standard input. Docs: README.md and docs/."


def application(*names: str) -> typer.Typer:
    """The command-line application with these commands."""
    import typer

    def show_version(value: bool) -> None:
        if value:
            from layerctl.base.package import __version__
            from layerctl.cli._streams import put_text

            put_text(f"layerctl {__version__}")
            raise typer.Exit

    def root(
        version: bool = typer.Option(
            False, "--version", callback=show_version, is_eager=True, help="Print the version and exit."
        ),
    ) -> None:
        pass

    app = typer.Typer(
        name="layerctl",
        no_args_is_help=True,
        add_completion=len(names) > 1,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(help=OVERVIEW, epilog=EPILOG)(root)
    for name in names:
        module = import_module(f"layerctl.cli.{name}")
        examples = f"\b\nExamples:{module.EXAMPLES}"
        app.command(name, cls=getattr(module, "Command", None), epilog=examples)(module.command)
    return app


def without_options(command: str, *names: str) -> None:
    """Runs `check`, or `summary` of at most one spec, and exits; returns where the option parser has to report wrong usage."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # pydantic would search all installed packages for plugins
    gc.disable()
    from layerctl.cli._checking import checked
    from layerctl.cli._common import guarded
    from layerctl.cli._summary import summarized

    gc.freeze()  # imported modules are never garbage; searching them takes time
    gc.enable()
    if command == "check":
        guarded(lambda: sys.exit(checked(list(names))))()
    elif len(names) <= 1:
        guarded(lambda: sys.exit(summarized(names[0] if names else None)))()


def with_options(arguments: list[str], *, debug: bool) -> None:
    """Runs a command with the option parser, and exits."""
    import typer

    from layerctl.base.printable import printable
    from layerctl.cli._streams import say

    named = arguments[0] if arguments else ""
    wrong_usage: Any = typer.BadParameter.__base__
    try:
        status = application(*((named,) if named in COMMANDS else COMMANDS))(prog_name="layerctl", standalone_mode=False)
    except wrong_usage as error:
        if arguments:  # else the message is the help, in many lines
            error.message = printable(error.message)
        said = StringIO()
        error.show(said)
        say(*said.getvalue().rstrip("\n").split("\n"))
        status = error.exit_code
    sys.exit(status)


def main() -> None:
    """The entry point of the `layerctl` program."""
    from layerctl.cli._streams import prepare

    prepare()
    arguments = sys.argv[1:]
    if arguments[:1] in (["check"], ["summary"]) and all(name == "-" or not name.startswith("-") for name in arguments[1:]):
        # Without options the option parser is not needed; loading it takes as long as the check itself.
        without_options(*arguments)
    from layerctl.cli._common import guarded

    guarded(with_options)(arguments, debug="--debug" in arguments)


if __name__ == "__main__":
    main()
