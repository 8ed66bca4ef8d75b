"""A model's layers as a tree: a block contains its layers, a layer that joins branches contains the layers of the branches.

Each row has the sums of the rows inside it. Deep rows are folded, and so are repeated uses of a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from layerctl.analysis.costs import BlockUse, Row, Summary
from layerctl.base.shapes import Shape, add, text
from layerctl.catalog.layers._base import leaves
from layerctl.report.names import Names, around, is_in

SCREEN = 32
"""The largest number of lines of a tree whose depth is chosen automatically."""
EVERYTHING = 0
"""The depth that folds nothing."""


class Part(NamedTuple):
    """A layer, or a use of a block, with the parts inside it.

    Attributes:
        name: its full name in its model.
        parent: the name of the part that it is in; empty at the top.
        type: Keras's class, or the block.
        row: the layer; None for a block.
        inside: the parts inside it.
        reads: the references from it, and from all parts inside it, to layers outside it.
        outputs: the shapes of its outputs; None if they are unknown.
        params: the sum of all layers in it; None if one is unknown.
        macs: likewise.
        call: the layer that computes its output, by its full name in the whole model, and the number of the call from 0.
        names: those of its model.
        like: a number that is equal for parts with the same type, and with the same names and types inside.
        same: a number that is equal for parts with the same `like`, and with the same shapes and figures.
    """

    name: str
    parent: str
    type: str
    row: Row | None
    inside: tuple[Part, ...]
    reads: tuple[str, ...]
    outputs: tuple[Shape, ...] | None
    params: int | None
    macs: int | None
    call: tuple[str, int] | None
    names: Names
    like: int = 0
    same: int = 0

    @property
    def is_model(self) -> bool:
        """Whether it is a nested model."""
        return self.row is not None and bool(self.row.inner)


class Entry(NamedTuple):
    """A line of the tree.

    Attributes:
        depth: the number of rows that contain it.
        name: relative to the row that contains it; `conv2_2 … conv2_4` for several uses of a block.
        type: Keras's class, or the block.
        times: the number of uses of the block in this line.
        inputs: the names of its inputs, as `Names.seen` writes them.
        shape: of its output, `?` if unknown; of several uses from the first to the last: `(batch, 56, 56, 96…256)`.
        params: the sum; None if one is unknown.
        macs: likewise.
        call: as in `Part`.
        folded: whether rows inside it are not shown.
        follows: whether its only input is the output of the line before it within the same row.
        again: whether it is a further call of a layer, whose figures are in the line of the first call.
    """

    depth: int
    name: str
    type: str
    times: int
    inputs: tuple[str, ...]
    shape: str
    params: int | None
    macs: int | None
    call: tuple[str, int] | None
    folded: bool = False
    follows: bool = False
    again: bool = False


def parts(summary: Summary) -> tuple[Part, ...]:
    """The complete tree of a summary."""
    return _model(summary.rows, summary.blocks, "", {})


def entries(
    tree: Sequence[Part], depth: int | None = None, *, nested: bool = False, before: str | None = None
) -> tuple[Entry, ...]:
    """The lines of the tree, down to a depth.

    Consecutive similar uses of a block are one line. If the depth shows their layers, the first use is shown with them, and the
    others are one line after it.

    Args:
        tree: the parts at the top.
        depth: the number of levels to show; EVERYTHING folds nothing; None shows as many as fit a screen.
        nested: whether the layers of nested models are shown. They do not count as a further level.
        before: the input above the first line.
    """
    if depth is not None:
        return tuple(_entries(tree, depth, nested, 0, before))
    depth, shown = 1, entries(tree, 1, nested=nested, before=before)
    while any(entry.folded for entry in shown):
        depth += 1
        more = entries(tree, depth, nested=nested, before=before)
        if len(more) > SCREEN or more == shown:
            break
        shown = more
    return shown


def _model(rows: Sequence[Row], blocks: Mapping[str, BlockUse], within: str, numbers: dict[object, int]) -> tuple[Part, ...]:
    """The tree of one model; `numbers` holds the numbers of `Part.like` and `Part.same` so far."""
    layers = {row.name: row for row in rows}
    below: dict[str, dict[str, None]] = {"": {}}
    for name in layers:
        parent = ""
        for step in (*around(name), name):
            if step in blocks or step in layers:  # branches have no row
                below[parent].setdefault(step)
                below.setdefault(step, {})
                parent = step
    names = Names(blocks, frozenset(below), within)

    def part(name: str, parent: str) -> Part:
        row = layers.get(name)
        if row is None:
            return _numbered(_block(name, parent, tuple(part(inner, name) for inner in below[name]), names), numbers)
        if row.inner:
            inside = _model(row.inner, row.blocks, f"{within}{name}/", numbers)
        else:
            inside = tuple(part(inner, name) for inner in below[name])
        return _numbered(_layer(row, parent, inside, names), numbers)

    return tuple(part(name, "") for name in below[""])


def _block(name: str, parent: str, inside: tuple[Part, ...], names: Names) -> Part:
    use = names.blocks[name]
    call = None if use.last is None else (names.within + use.last[0], use.last[1])
    shapes = None if use.output is None else tuple(tensor.shape for tensor in leaves(use.output))
    sums = (add(*(part.params for part in inside)), add(*(part.macs for part in inside)))
    return Part(name, parent, use.block, None, inside, _outside(name, (), inside), shapes, *sums, call, names)


def _layer(row: Row, parent: str, inside: tuple[Part, ...], names: Names) -> Part:
    output = row.calls[0].output
    shapes = None if output is None else tuple(tensor.shape for tensor in leaves(output))
    own = [reference for call in row.calls for reference in call.inputs]
    others = () if row.inner else inside  # the row of a nested model has the sums of its layers already
    sums = (add(row.params, *(part.params for part in others)), add(row.macs, *(part.macs for part in others)))
    reads = _outside(row.name, own, others)
    return Part(row.name, parent, row.type, row, inside, reads, shapes, *sums, (names.within + row.name, 0), names)


def _numbered(part: Part, numbers: dict[object, int]) -> Part:
    """The part with its numbers `like` and `same`."""
    inside = tuple((inner.name.removeprefix(part.name), inner.like) for inner in part.inside)
    like = numbers.setdefault((part.type, part.row is None, inside), len(numbers))
    figures = (like, part.outputs, part.params, part.macs, tuple(inner.same for inner in part.inside))
    return part._replace(like=like, same=numbers.setdefault(figures, len(numbers)))


def _outside(name: str, own: Iterable[str], inside: Iterable[Part]) -> tuple[str, ...]:
    """The references from a layer or a block to layers outside it."""
    reads = (*own, *(reference for part in inside for reference in part.reads))
    return tuple(dict.fromkeys(reference for reference in reads if not is_in(reference.partition("[")[0], name)))


def _entries(tree: Sequence[Part], depth: int, nested: bool, indent: int, before: str | None = None) -> Iterator[Entry]:
    """The lines of the parts in one row; `before` is the name above the first of them."""
    for run in _runs(tree, depth, nested):
        first, others = run[0], run[1:]
        if not _open(first, depth, nested):
            yield _entry(run, indent, before, folded=bool(first.inside) and not first.is_model)
        else:
            yield _entry([first], indent, before)
            inner = depth if first.is_model or depth == EVERYTHING else depth - 1
            yield from _entries(first.inside, inner, nested, indent + 1)
            if others:
                yield _entry(others, indent, first.name, folded=True)
        yield from (again := tuple(_further_calls(first, indent)))
        before = None if again else run[-1].name


def _open(part: Part, depth: int, nested: bool) -> bool:
    """Whether the parts inside it are shown."""
    return bool(part.inside) and (nested if part.is_model else depth != 1)


def _runs(tree: Sequence[Part], depth: int, nested: bool) -> Iterator[list[Part]]:
    """Groups consecutive uses of a block: those with the same `like`; those with the same `same` if the first is shown open."""
    run: list[Part] = []
    last: object = None
    for part in tree:
        repeats = part.inside and not part.is_model and depth != EVERYTHING
        number = part.same if _open(part, depth, nested) else part.like
        key = (part.name.rpartition(".")[0], number) if repeats else None
        if run and (key is None or key != last):
            yield run
            run = []
        run.append(part)
        last = key
    if run:
        yield run


def _entry(run: Sequence[Part], indent: int, before: str | None, *, folded: bool = False) -> Entry:
    """The line of a layer, or of one or more uses of a block, that follows the line `before`."""
    first, last = run[0], run[-1]
    name = first.name[len(first.parent) + 1 if first.parent else 0 :]
    if last is not first:
        name += f" … {last.name.rpartition('.')[2]}"
    shape = _shape(first.outputs, last.outputs)
    sums = (add(*(part.params for part in run)), add(*(part.macs for part in run)))
    inputs = _inputs(run, folded)
    scope, _, above = (before or "").rpartition(".")
    follows = inputs == (above,) and scope == _scope(first)
    return Entry(indent, name, first.type, len(run), inputs, shape, *sums, last.call, folded, follows)


def _inputs(run: Sequence[Part], folded: bool) -> tuple[str, ...]:
    """The inputs of a line: all references to outside; for an open layer its own inputs, including those from its branches."""
    first = run[0]
    if first.row is not None and not folded:
        scope = first.name if first.inside and not first.is_model else _scope(first)
        return tuple(first.names.seen(reference, first.name, scope) for reference in first.row.calls[0].inputs)
    members = {part.name for part in run}
    seen = (
        part.names.seen(reference, part.name, _scope(part))
        for part in run
        for reference in part.reads
        if not members.intersection((*around(target := reference.partition("[")[0]), target))
    )
    return tuple(dict.fromkeys(seen))


def _further_calls(part: Part, indent: int) -> Iterator[Entry]:
    """The lines of a layer's calls after the first."""
    name = part.name[len(part.parent) + 1 if part.parent else 0 :]
    for number, call in enumerate(part.row.calls if part.row is not None else ()):
        if number:
            inputs = tuple(part.names.seen(reference, part.name, _scope(part)) for reference in call.inputs)
            shapes = None if call.output is None else tuple(tensor.shape for tensor in leaves(call.output))
            at = (part.names.within + part.name, number)
            yield Entry(
                indent, f"{name} (call {number + 1})", part.type, 1, inputs, _shape(shapes, shapes), None, None, at, again=True
            )


def _shape(first: tuple[Shape, ...] | None, last: tuple[Shape, ...] | None) -> str:
    """One or more shapes as text; a size that changes from the first to the last use as `64…256`."""
    if not first or not last:
        return "?"
    if [*map(len, first)] != [*map(len, last)]:
        return f"{_shape(first, first)} … {_shape(last, last)}"
    return ", ".join(_range(text(one), text(other)) for one, other in zip(first, last, strict=True))


def _range(first: str, last: str) -> str:
    """`(batch, 64)` and `(batch, 256)` as `(batch, 64…256)`."""
    if first == last:
        return first
    sizes = zip(first[1:-1].split(", "), last[1:-1].split(", "), strict=True)
    return f"({', '.join(size if size == other else f'{size}…{other}' for size, other in sizes)})"


def _scope(part: Part) -> str:
    """The block or branch that its name is in; empty at the top."""
    return part.name.rpartition(".")[0]
