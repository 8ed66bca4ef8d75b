"""A layer as an argument of another layer: one operation, perhaps a name, and the declared shapes of a custom layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layerctl.catalog import CATALOGS, Kind
from layerctl.diagnostics import Advice, meant
from layerctl.language.bind._codes import InvalidName, UnknownKey, WrongType
from layerctl.language.bind.words import DECLARING, NAME_HELP, VALID_NAME, is_custom, shown
from layerctl.language.expressions.values import FAILED
from layerctl.language.syntax import Mapping

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding


def wrapped_layer(binder: Binding, kind: Kind, node: Mapping) -> Any:
    """A layer as an argument: one operation, and perhaps a `name` beside it."""
    entries = {key: entry for key, entry in node.entries.items() if key != "name"}
    custom_layers = [key for key in entries if is_custom(key)]
    layers = custom_layers or [key for key in entries if CATALOGS["layers"].find(key) is not None or binder.is_model(key)]
    declared = {key: entries.pop(key) for key in DECLARING if custom_layers and key in entries}
    if len(layers) == 1:
        for key in [key for key in entries if key not in layers]:
            near = binder.sink.did_you_mean(key, ["name", *(DECLARING if custom_layers else ())])
            help = meant(near, "beside the operation of a wrapped layer stands `name`")
            cls = CATALOGS["layers"].find(layers[0])
            if cls is not None and key in cls.model_fields:
                help = Advice(f"`{key}` is an argument: write `{layers[0]}: {{{key}: …}}`")
            binder.sink.add(UnknownKey, entries.pop(key).key.span, f"a wrapped layer has no key `{key}`", help=help)
    if len(entries) != 1 and not node.whole:
        return FAILED
    if len(entries) != 1:
        from layerctl.language.bind.object_advice import PLAIN, for_object

        help = for_object(binder, "layers", node)
        help = Advice("write `{LSTM: {units: 64}}`") if help is PLAIN else help
        binder.sink.add(WrongType, node.span, "expected one layer and its arguments", help=help)
        return FAILED
    ((name, entry),) = entries.items()
    if name in custom_layers:
        bound = binder.custom(name, entry.value, entry.key.span, declared)
    else:
        bound = binder.named(kind, name, entry.value, entry.key.span)
    name_node = node.get("name")
    if bound is FAILED or name_node is None:
        return bound
    text = binder.plain(name_node)
    if not isinstance(text, str):
        if text is not FAILED:
            binder.sink.add(WrongType, name_node.span, f"`name` takes text, got {shown(text)}", help=NAME_HELP)
        return FAILED
    if not VALID_NAME.fullmatch(text):
        words = "use letters, digits, `_` and `-`, beginning with a letter or `_`"
        binder.sink.add(InvalidName, name_node.span, f"`{text}` cannot be a name", help=words)
        return FAILED
    return bound.with_name(text)
