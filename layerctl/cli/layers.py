"""`layerctl layers`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded, usage
from layerctl.cli._options import Debug
from layerctl.cli._streams import put_json, put_lines, put_text

EXAMPLES = """
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
    from layerctl.reference import pages as reference

    if name is None:
        _list(format)
        return
    doc = reference.layer_doc(name)
    if doc is None:
        from layerctl.catalog import CATALOGS

        if (refused := CATALOGS["layers"].not_expressible.get(name)) is not None:
            _refused(name, *refused, format)
            return
        from layerctl.diagnostics.spelling import did_you_mean

        functions = [f"ops.{function}" for function in CATALOGS["ops"].names()]
        near = did_you_mean(name, [*CATALOGS["layers"].names(), *functions])
        usage(f"there is no layer `{name}`", f"did you mean `{near}`?" if near else "`layerctl layers` lists all")
    if format == "json":
        from dataclasses import asdict

        from layerctl.diagnostics.machine import to_json

        put_json(to_json({"version": 1, **asdict(doc)}))
    else:
        put_text(*reference.layer_text(doc).split("\n"))


def _refused(name: str, why: str, instead: str, format: str) -> None:
    """Prints why a layer of Keras cannot be used in a spec."""
    if format == "json":
        from layerctl.diagnostics.machine import to_json

        put_json(to_json({"version": 1, "name": name, "not_in_specs": why, "instead": instead}))
    else:
        put_text(f"{name}  (not in a spec)", "", f"A spec cannot hold {name}: {why}.", "", "Instead:", f"  {instead}")


def _list(format: str) -> None:
    from layerctl.base import docstrings
    from layerctl.catalog import CATALOGS
    from layerctl.reference.pages import layer_groups

    rows = [
        (f"ops: {category}" if kind == "ops" else category, cls.spec_name(), docstrings.parse(cls.__doc__).summary)
        for kind in ("layers", "ops")
        for category, classes in layer_groups(kind).items()
        for cls in classes
    ]
    if format == "json":
        from layerctl.diagnostics.machine import to_json

        layers = [{"name": name, "category": category, "summary": summary} for category, name, summary in rows]
        refused = [{"name": name, "why": why, "instead": do} for name, (why, do) in CATALOGS["layers"].not_expressible.items()]
        put_json(to_json({"version": 1, "layers": layers, "not_in_specs": refused}))
        return
    rows += [
        ("not in a spec (`layerctl layers NAME` says what to do instead)", name, f"{why}.")
        for name, (why, _) in CATALOGS["layers"].not_expressible.items()
    ]
    from layerctl.reference.pages import listed

    put_lines(lambda width, paint: listed(rows, width, paint))
