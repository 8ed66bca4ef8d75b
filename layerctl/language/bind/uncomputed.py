"""Reports a variable that is not defined, and an expression that cannot be computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from layerctl.base.source import Span
from layerctl.diagnostics import Advice, Edit
from layerctl.language.bind._codes import InvalidExpression, UndefinedVariable
from layerctl.language.expressions.values import Malformed, Undefined
from layerctl.language.syntax import Scalar

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding


def report_uncomputed(binder: Binding, node: Scalar, text: str, error: Undefined | Malformed) -> None:
    """Reports the error at the part of the text that it is about."""
    sink, place = binder.sink, within(node, text, error.offset, error.length)
    if isinstance(error, Malformed):
        sink.add(InvalidExpression, place, error.message, help=instead(binder, node, text, error, place))
        return
    if (own := of_vars(binder, node, text)) is not None:
        sink.add(UndefinedVariable, place, f"the variable `{error.name}` is not defined", help=own, uses=())
        return
    help = sink.suggestion(error.name, binder.names, kind="variables")
    if help.instead is not None and place.text.startswith("$"):
        help = help._replace(instead=f"${help.instead}")
    sink.add(UndefinedVariable, place, f"the variable `{error.name}` is not defined", help=help, uses=())


def instead(binder: Binding, node: Scalar, text: str, error: Malformed, place: Span) -> Advice:
    """What to write in place of an expression that cannot be computed."""
    if error.function and (near := binder.sink.did_you_mean(error.function, error.known)):
        return Advice(f"did you mean `{near}`?", edits=(Edit(place, place.text.replace(error.function, near, 1)),))
    if (own := of_vars(binder, node, text)) is not None:
        return own
    if (written := node.span.text) != text and written.startswith(f"{text},"):  # YAML has split it at a comma
        return Advice(f'quote it: `"{written}"`', edits=(Edit(node.span, f'"{written}"'),), safe=True)
    return Advice(error.help or "", error.instead)


def of_vars(binder: Binding, node: Scalar, text: str) -> Advice | None:
    """Advice on `$vars.width`: a variable is known by its name alone."""
    written = re.sub(r"\bvars\.(?=\w)", "", text)
    if written == text:
        return None
    silent = binder.silent()
    silent.plain(Scalar(node.source, node.start, node.end, written))
    return Advice(f"write `{written}`", edits=(Edit(node.span, written),)) if not len(silent.sink) else None


def within(node: Scalar, text: str, offset: int, length: int) -> Span:
    """The place of a part of a scalar's text; the whole scalar where escapes or folded lines hide the part's place."""
    span = node.span
    at = span.text.find(text)
    return Span(span.source, span.start + at + offset, span.start + at + offset + length) if at >= 0 else span
