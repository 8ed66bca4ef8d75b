"""`--set KEY=VALUE`: values put into the document's tree before later stages read it."""

from __future__ import annotations

from layerctl.base.shapes import is_index
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Advice, Sink
from layerctl.language.other_data import OtherData, with_options
from layerctl.language.spec._codes import InvalidOverride
from layerctl.language.syntax import MAX_DEPTH, Entry, LimitExceeded, Mapping, Node, Scalar, Sequence, parse


def apply(root: Node, overrides: tuple[str, ...], sink: Sink) -> Node:
    """A copy of the tree with the overrides in place."""
    for text in overrides:
        source = Source("--set", text)
        key, equals, value = text.partition("=")
        if not equals or not key.strip("."):
            span = Scalar(source, 0, len(text), text).span
            sink.add(InvalidOverride, span, "`--set` takes KEY=VALUE", help="for example `--set vars.width=64`")
            continue
        if key.count(".") >= MAX_DEPTH:
            message = f"the key is nested deeper than {MAX_DEPTH} levels"
            sink.add(LimitExceeded, Span(source, 0, len(key)), message, help="a key is written as `vars.width`")
            continue
        node = _value(value, source, len(key) + 1, sink)
        if node is None or not isinstance(root, Mapping):  # what is no spec is told at its own place
            continue
        if isinstance(text, OtherData):
            node = with_options(root, node, sink)
        root = _put(root, key.split("."), 0, node, source, sink)
    return root


def _value(text: str, source: Source, start: int, sink: Sink) -> Node | None:
    """The value after the `=`, with its place in the whole argument; None after a diagnostic."""
    null = Scalar(source, start, len(source.text), None)
    if not text.strip():
        return null
    inner = Sink()
    node = parse(Source("--set", text), inner)
    for diagnostic in inner.sorted():
        sink.add(diagnostic.code, null.span, diagnostic.message, help=diagnostic.help)
    if node is None or inner.has_errors:
        return None
    _move(node, source, start)
    return node


def _move(node: Node, source: Source, offset: int) -> None:
    """Shifts the places in a freshly parsed value so that they count from the start of the whole argument."""
    from layerctl.language.syntax import walk

    for part in {id(part): part for part in walk(node)}.values():
        part.source, part.start, part.end = source, part.start + offset, part.end + offset


def _put(node: Node | None, path: list[str], at: int, value: Node, source: Source, sink: Sink) -> Node:
    """A copy of `node` with `value` at the path `path[at:]`."""
    if at == len(path):
        return value
    step = path[at]
    start = sum(len(part) + 1 for part in path[:at])
    key = Scalar(source, start, start + len(step), step)
    if isinstance(node, Sequence):
        if is_index(step) and int(step) < len(node.items):
            items = list(node.items)
            items[int(step)] = _put(items[int(step)], path, at + 1, value, source, sink)
            return Sequence(node.source, node.start, node.end, items, node.size)
        last = len(node.items) - 1
        help = f"count from 0: {'0 to ' if last > 0 else ''}{last}" if last >= 0 else f"set `{'.'.join(path[:at])}` itself"
        sink.add(InvalidOverride, key.span, f"`{step}` is no place in a list of {last + 1}", help=help)
        return node
    if node is None or isinstance(node, Scalar):
        if node is not None and node.value is not None:
            name = ".".join(path[:at])
            sink.add(InvalidOverride, key.span, f"`{name}` is a single value; it holds no `{step}`", help=f"set `{name}` itself")
            return node
        node = Mapping(source, start, start, {})
    assert isinstance(node, Mapping)
    entries = dict(node.entries)
    old = entries.get(step)
    if old is None and path[:at] == ["vars"] and (near := sink.did_you_mean(step, entries)):
        sink.add(InvalidOverride, key.span, f"there is no variable `{step}`", help=Advice(f"did you mean `vars.{near}`?", near))
        return node
    entries[step] = Entry(
        old.key if old is not None else key, _put(old.value if old else None, path, at + 1, value, source, sink)
    )
    return Mapping(node.source, node.start, node.end, entries, node.size)
