"""The inputs of an item: its default input, references, call arguments."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, NamedTuple

from layerctl.base.source import Span
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Advice
from layerctl.graph._codes import InputsNeeded, WrongInputs
from layerctl.graph.graph import Ref, RefTree, leaves
from layerctl.language.bind import FAILED, Binder, UnknownKey, WrongType, WrongValue, is_failed, shown
from layerctl.language.expand.blocks import Block
from layerctl.language.expand.scope import Scope
from layerctl.language.expand.unit import Unit, misspelled
from layerctl.language.syntax import Mapping, Node, Sequence, is_null


class Level:
    """The state of lowering a list of items: the visible names, and the next item's default input.

    Attributes:
        scope: the names.
        value: the default input; None where a mistake leaves it unknown.
        several: whether the item must name its inputs, because the scope has several.
        later: the names of items further down, and their places.
    """

    __slots__ = ("later", "scope", "several", "value")

    def __init__(self, scope: Scope, value: RefTree | None, several: bool = False) -> None:
        self.scope = scope
        self.value = value
        self.several = several
        self.later: dict[str, Span] = {}

    def resolve(self, text: str, place: Span) -> RefTree | None:
        """The output that a reference stands for; None after a diagnostic."""
        return self.scope.resolve(text, place, self.place_later)

    def place_later(self, name: str) -> Span | None:
        """The place of a name that is defined later in the list; None for other names."""
        return self.later.get(name) if name not in self.scope.names else None

    def follow(self, value: RefTree | None) -> None:
        """Sets the next item's default input."""
        self.value, self.several = value, False


SWITCHES = ("training", "use_causal_mask", "return_attention_scores")
"""Call arguments that are true or false for every layer."""


class Inputs(NamedTuple):
    """The inputs of a unit.

    Attributes:
        main: the first argument of the call; None where a mistake leaves it unknown, empty where all go by name.
        further: further tensors by Keras's argument names.
        by_default: whether the unit named no input.
        places: the place of each reference, in the order of `leaves`, and last that of all of `inputs`; empty for a default.
    """

    main: RefTree | None
    further: MappingABC[str, RefTree]
    by_default: bool
    places: tuple[Span, ...] = ()


def inputs(unit: Unit, level: Level, layer: Layer | None) -> Inputs:
    """The unit's `inputs`, or its default input."""
    node = unit.wired("inputs")
    if node is None:
        if unit.wiring and misspelled(unit, "inputs"):
            return Inputs(None, {}, True)
        if level.several:
            known = ", ".join(f"`{name}`" for name in level.scope.names)
            unit.binder.sink.add(
                InputsNeeded,
                unit.key.span,
                "there are several inputs; this item must say which it takes",
                help=f"add `inputs:` below it, with one of {known}",
            )
        elif layer is not None and layer.required_arguments:
            lacks(unit, layer, layer.required_arguments[0], unit.key.span)
            return Inputs(None, {}, True)
        return Inputs(default(unit, level), {}, True)
    if is_empty(unit, node) or is_failed(node):
        return Inputs(None, {}, False)
    places: list[Span] = []
    if isinstance(node, Mapping) and layer is not None and layer.input_names:
        parts = _named_inputs(unit, node, level, layer.input_names, f"`{unit.operation}`", places)
        main = None if any(part is None for part in parts) else parts[0] if len(parts) == 1 else parts
        return Inputs(main, {}, False, (*places, node.span))  # type: ignore[arg-type]
    if isinstance(node, Mapping):
        return _mapped(unit, node, level, layer)
    refs = reference(unit.binder, node, level, places)
    if (
        layer is not None
        and len(layer.input_names) == 1
        and isinstance(refs, tuple)
        and not isinstance(refs, Ref)
        and len(refs) == 1
    ):
        (refs,) = refs
    if layer is not None and layer.required_arguments:
        lacks(unit, layer, layer.required_arguments[0], node.span)
        refs = None
    return Inputs(refs, {}, False, (*places, node.span))


def is_empty(unit: Unit, node: Node) -> bool:
    """Whether `inputs` is an empty list or mapping; reported where so."""
    empty = node.items == [] if isinstance(node, Sequence) else isinstance(node, Mapping) and node.whole and not node.entries
    if empty:
        help = "name one, or leave out `inputs` for the output of the item before"
        unit.binder.sink.add(WrongInputs, node.span, f"{unit.operation} is given no input", help=help)
    return empty


def lacks(unit: Unit, layer: Layer, argument: str, place: Span) -> None:
    """Reports a missing call argument that the layer requires."""
    call = (layer.call_arguments[0], *layer.required_arguments)
    form = ", ".join(f"{name}: NAME" for name in call)
    message = f"{layer.keras_name()} is called with {' and '.join(f'`{name}`' for name in call)}; it is not given `{argument}`"
    unit.binder.sink.add(InputsNeeded, place, message, help=f"write `inputs: {{{form}}}`")


def default(unit: Unit, level: Level) -> RefTree | None:
    """The output of the item before; None after a diagnostic where that has several."""
    value = level.value
    if value is None or isinstance(value, Ref):
        return value
    steps = list(value) if isinstance(value, MappingABC) else range(len(value))
    message = f"the item before has {len(value)} outputs; this item must say which it takes"
    help = 'add `inputs:` below it, such as `inputs: "NAME[' + f'{next(iter(steps))}]"`'
    unit.binder.sink.add(InputsNeeded, unit.key.span, message, help=help)
    return None


def _named_inputs(
    unit: Unit, node: Mapping, level: Level, names: tuple[str, ...], what: str, places: list[Span]
) -> tuple[RefTree | None, ...]:
    """The inputs of a block or model from a mapping of their names, in order; None for one with a mistake."""
    for key, entry in node.entries.items():
        if key not in names:
            message = f"{what} has no input `{key}`"
            unit.binder.sink.add(UnknownKey, entry.key.span, message, help=unit.binder.sink.suggestion(key, names, kind="inputs"))
    missing = [name for name in names if name not in node.entries]
    if missing and node.whole and not any(key not in names for key in node.entries):
        message = f"{what} needs the input `{missing[0]}`"
        unit.binder.sink.add(InputsNeeded, node.span, message, help=f"add `{missing[0]}: NAME`")
    return tuple(
        reference(unit.binder, node.entries[name].value, level, places) if name in node.entries else None for name in names
    )


def block_inputs(unit: Unit, level: Level, block: Block) -> tuple[RefTree | None, ...]:
    """The inputs of a block's use, in the order of its definition; None for one that a mistake leaves unknown."""
    names = block.inputs or ("",)
    unknown = (None,) * len(names)
    node = unit.wired("inputs")
    if isinstance(node, Mapping) and not is_empty(unit, node):
        return _named_inputs(unit, node, level, block.inputs or (), f"the block `{block.name}`", []) or unknown
    refs = inputs(unit, level, None).main
    if len(names) == 1:
        return (refs[0] if isinstance(refs, tuple) and not isinstance(refs, Ref) and len(refs) == 1 else refs,)
    if refs is None:
        return unknown
    if isinstance(refs, tuple) and not isinstance(refs, Ref) and len(refs) == len(names):
        return refs
    count = 1 if isinstance(refs, Ref) else len(refs)
    message = f"the block `{block.name}` takes {len(names)} inputs, {', '.join(f'`{name}`' for name in names)}; got {count}"
    unit.binder.sink.add(WrongInputs, (node or unit.key).span, message, help="give `inputs:` a list in that order, or a mapping")
    return unknown


def reference(binder: Binder, node: Node, level: Level, places: list[Span] | None = None) -> RefTree | None:
    """The outputs that a reference or a list of references stands for; None after a diagnostic. Adds their places to `places`."""
    places = [] if places is None else places
    node = binder.spelled_out(node)
    if isinstance(node, Sequence):
        parts = [reference(binder, item, level, places) for item in node.items]
        return None if any(part is None for part in parts) else tuple(parts)  # type: ignore[arg-type]
    value = binder.plain(node)
    if not isinstance(value, str):
        if value is not FAILED:
            help = "write the name of an input or of an item before this one"
            binder.sink.add(WrongType, node.span, f"`inputs` takes references, got {shown(value)}", help=help)
        return None
    ref = level.resolve(value, node.span)
    places.extend(node.span for _ in leaves(ref or ()))
    return ref


def written_outputs(node: Node | None, binder: Binder) -> list[tuple[str | None, Node]] | None:
    """The references under `outputs`, each with its key; None where `outputs` is absent. An empty one is reported."""
    node = node and binder.spelled_out(node)
    if node is None or is_null(node):
        return None
    if isinstance(node, Mapping):
        named: list[tuple[str | None, Node]] = [(key, entry.value) for key, entry in node.entries.items()]
    else:
        named = [(None, item) for item in (node.items if isinstance(node, Sequence) else [node])]
    if not named and not (isinstance(node, Mapping) and not node.whole):
        help = "name an item, or leave out `outputs` for what the last item gives"
        binder.sink.add(WrongValue, node.span, "`outputs` is empty; it names at least one item", help=help)
    return named


def output(node: Node, scope: Scope, binder: Binder) -> tuple[str, RefTree | None]:
    """A reference under `outputs`, and the output that it stands for; None after a diagnostic."""
    value = binder.plain(node)
    if isinstance(value, str):
        return value, scope.resolve(value, node.span, lambda name: None)
    if value is not FAILED:
        help = "write the name of an item or of an input"
        binder.sink.add(WrongType, node.span, f"an output is a reference to an item, got {shown(value)}", help=help)
    return "", None


def block_outputs(named: list[tuple[str | None, Node]], scope: Scope, binder: Binder) -> RefTree | None:
    """The outputs of a block; None after a diagnostic."""
    resolved = {key or str(number): output(node, scope, binder)[1] for number, (key, node) in enumerate(named)}
    if not resolved or any(ref is None for ref in resolved.values()):
        return None
    refs: dict[str, RefTree] = resolved  # type: ignore[assignment]
    if named[0][0] is not None:
        return refs
    first, *others = refs.values()
    return (first, *others) if others else first


def _mapped(unit: Unit, node: Mapping, level: Level, layer: Layer | None) -> Inputs:
    """The inputs from a mapping of Keras's call arguments."""
    by_any_name = layer is not None and layer.declaration is not None
    names = layer.call_arguments if layer is not None and not by_any_name else None
    refs: dict[str, RefTree | None] = {}
    spans: dict[str, list[Span]] = {}
    misspelled = False
    for key, entry in node.entries.items():
        if names is not None and key not in names:
            misspelled = True
            message = f"{unit.operation} is not called with `{key}`"
            help = unit.binder.sink.suggestion(key, names, kind="it is called with")
            if layer is not None and layer.input_kind == "list":
                help = Advice("its tensors stand in a list: `inputs: [a, b]`")
            unit.binder.sink.add(UnknownKey, entry.key.span, message, help=help)
            continue
        if names is not None and key in SWITCHES:
            misspelled = True
            instead = f"take it out of `inputs`, and write `call_args: {{{key}: true}}` beside it"
            unit.binder.sink.add(WrongType, entry.key.span, f"`{key}` is on or off, no tensor", help=instead)
            continue
        refs[key] = reference(unit.binder, entry.value, level, spans.setdefault(key, []))
    first = "" if by_any_name else names[0] if names is not None else next(iter(refs), "")
    if names is not None and first not in node.entries and not misspelled and node.whole:
        message = f"`inputs` of {unit.operation} needs `{first}`"
        unit.binder.sink.add(InputsNeeded, node.span, message, help=f"add `{first}: NAME`")
    elif layer is not None and (missing := [name for name in layer.required_arguments if name not in node.entries]):
        if not misspelled:
            lacks(unit, layer, missing[0], node.span)
        return Inputs(None, {}, False, (node.span,))
    main = () if by_any_name else refs.pop(first, None)
    further = {key: value for key, value in refs.items() if value is not None}
    places = tuple(place for key in (first, *refs) for place in spans.get(key, ()))
    return Inputs(None if len(further) < len(refs) else main, further, False, (*places, node.span))


def further_arguments(layer: Layer) -> tuple[str, ...]:
    """The call's arguments besides its inputs. Keras accepts `training` for any layer, and drops it where the layer has none."""
    known = layer.call_arguments[1:]
    return known if layer.is_function or "training" in known else (*known, "training")


def literals(unit: Unit, layer: Layer | None) -> MappingABC[str, Any]:
    """`call_args`: plain keyword arguments of the call."""
    node = unit.wired("call_args")
    if node is None:
        return {}
    sink = unit.binder.sink
    if is_failed(node):
        return {}
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, "`call_args` takes a mapping of the call's arguments", help="write `{training: true}`")
        return {}
    values = {}
    for key, entry in node.entries.items():
        known = further_arguments(layer) if layer is not None and layer.declaration is None else (key,)
        if key not in known:
            message = f"{unit.operation} is not called with `{key}`"
            none = "its call takes no further arguments"
            help = sink.suggestion(key, known, kind="further arguments") if known else none
            sink.add(UnknownKey, entry.key.span, message, help=help)
            continue
        value = unit.binder.plain(entry.value)
        if key in SWITCHES and value is not FAILED and not (value is None or isinstance(value, bool)):
            message = f"`{key}` takes `true` or `false`, got {shown(value)}"
            sink.add(WrongType, entry.value.span, message, help=f"write `{key}: true`")
        elif value is not FAILED:
            values[key] = value
    return values
