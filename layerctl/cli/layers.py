"""`layerctl layers`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded, usage
from layerctl.cli._options import Debug

EXAMPLES = """\b
Examples:
  layerctl layers             every layer and every function of keras.ops, by category
  layerctl layers Conv2D      its arguments, types, defaults, shape rule, and an example
  layerctl layers ops.mean    the same of a function
"""


@guarded
def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A layer, by Keras's name, or a function: ops.mean.", show_default=False)
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
    debug: Debug = False,
) -> None:
    """List the layers and functions that a spec can use, or show one: arguments, types, defaults, shape rule, weights, MACs."""
    from layerctl.report import reference

    if name is None:
        _list(format)
        return
    doc = reference.layer_doc(name)
    if doc is None:
        from layerctl.catalog import CATALOGS
        from layerctl.diagnostics import did_you_mean

        functions = [f"ops.{function}" for function in CATALOGS["ops"].names()]
        near = did_you_mean(name, [*CATALOGS["layers"].names(), *functions])
        usage(f"there is no layer `{name}`", f"did you mean `{near}`?" if near else "`layerctl layers` lists all")
    if format == "json":
        from dataclasses import asdict

        from layerctl.diagnostics.machine import to_json

        print(to_json({"version": 1, **asdict(doc)}))
    else:
        print(reference.layer_text(doc))


def _list(format: str) -> None:
    from layerctl import docstrings
    from layerctl.report.reference import layer_groups

    rows = [
        (f"ops: {category}" if kind == "ops" else category, cls.spec_name(), docstrings.parse(cls.__doc__).summary)
        for kind in ("layers", "ops")
        for category, classes in layer_groups(kind).items()
        for cls in classes
    ]
    if format == "json":
        from layerctl.diagnostics.machine import to_json

        layers = [{"name": name, "category": category, "summary": summary} for category, name, summary in rows]
        print(to_json({"version": 1, "layers": layers}))
        return
    width = max(len(name) for _, name, _ in rows)
    last = None
    for category, name, summary in rows:
        if category != last:
            print(f"{'' if last is None else chr(10)}{category}")
        last = category
        print(f"  {name.ljust(width)}  {summary}")
