"""What to write in place of a value that an argument does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import ValidationError

from layerctl.base.model import Model
from layerctl.base.numbers import MAX_DIGITS
from layerctl.catalog import Arguments
from layerctl.catalog.renamings import renamed, renaming
from layerctl.diagnostics import Advice, Edit
from layerctl.language.bind.edits import flow, is_bare, removed, text_of
from layerctl.language.bind.fields import object_fields
from layerctl.language.bind.words import describe_field, is_number, literal_choices, sizes
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence, scalar_value

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding

WORD = re.compile(r"`([^`\s]+)`")
OBJECT = re.compile(r"`([\[{][^`]+)`")
PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")
ARITHMETIC = re.compile(r"[\w\s.+*/%()^-]{1,100}")
"""Text that may be an expression without its `$(…)`."""
VARIABLE = re.compile(r"[<{%@ ]*(?:vars\.)?([A-Za-z_]\w*)[>}% ]*")
"""A variable in the form of other programs: `<width>`, `{{ width }}`, `%width%`, `vars.width`."""
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
WITH_UNIT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?[a-zA-Z]+")
WITH_SUFFIX = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?) ?(?:([kmgt])b?|([kmg])ib|b(?:ytes)?)", re.IGNORECASE)
"""A count with a suffix in another form, `200KB`, `1 MB`, `5m`."""
EXAMPLES: tuple[Any, ...] = (0.5, 1, "text", (1,), (1, 1), (1, 1, 1), True, ("a", "b"), (0.0, 1.0))
"""Values to try as examples, the first that the field accepts."""
SWITCHES = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False, "true": True, "false": False}
"""Words that are booleans in YAML 1.1, and quoted booleans."""
NOTHING = frozenset(("none", "nil", "null", "undefined", "n/a"))
"""Words for null in other languages."""


class Wrong(NamedTuple):
    """A value that a field does not take.

    Attributes:
        cls: the model.
        field: its field.
        entry: the key as the user wrote it, and the whole value.
        node: the wrong part of the value: `x` in `strides: [1, x]`; or all of it.
        value: the value of that part.
        whole: the whole value.
    """

    binder: Binding
    cls: type[Model]
    field: str
    entry: Entry
    node: Node
    value: Any
    whole: Any

    def write(self, text: str, more: str = "", *, example: bool = False) -> Advice:
        """Advice to write another value."""
        value = self.entry.value
        place = value.span._replace(end=value.start + len(text_of(value)))
        words = f"write `{self.entry.key.value}: {text}`" + (", for example" if example else "") + more
        return Advice(words, edits=(Edit(place, text),) if "$" not in place.text and not example else ())


def mend(wrong: Wrong) -> Advice | None:
    """What to write instead: another word, a near value, the default, or an example of a valid value."""
    info = wrong.cls.model_fields[wrong.field]
    for advice in (
        of_key(wrong),
        choice(wrong),
        choice_within(wrong),
        padding(wrong),
        of_object(wrong),
        by_position(wrong),
        near(wrong),
    ):
        if advice is not None:
            return advice
    key = wrong.entry.key.value
    if not info.is_required() and info.default is not None:
        return Advice(f"leave out `{key}` for its default, `{flow(info.default)}`", edits=removed(wrong.entry))
    if wrong.field in object_fields(wrong.cls):
        written = OBJECT.search(describe_field(wrong.cls, wrong.field))
        return wrong.write(written[1], example=True) if written else Advice("write its name, or `{Name: {…}}`")
    common = next((other for other in (*choices(wrong), *EXAMPLES) if takes(wrong.cls, wrong.field, other)), None)
    if common is None:
        return None if info.is_required() else Advice(f"leave out `{key}`", edits=removed(wrong.entry))
    example = wrong.write(flow(common), example=True)
    return example if info.is_required() else example._replace(text=f"leave out `{key}`, or {example.text}")


def of_key(wrong: Wrong) -> Advice | None:
    """A value that means something else in other programs, or is a word for it: `header: 0`, `delimiter: tab`."""
    row = renaming(f"{wrong.field}_values", str(wrong.value))
    return wrong.write(row.form, f": {row.why}") if row is not None else None


def choices(wrong: Wrong) -> list[str]:
    """The words that the field takes."""
    literal = [str(choice) for choice in literal_choices(wrong.cls.model_fields[wrong.field].annotation)]
    return literal or WORD.findall(describe_field(wrong.cls, wrong.field))


def choice(wrong: Wrong) -> Advice | None:
    """A word that is called otherwise here, or misspelled."""
    known = choices(wrong)
    if not isinstance(wrong.value, str) or wrong.value in known:
        return None
    if (row := renamed(("values",), wrong.value, known)) is not None and (new := row.name(known)) is not None:
        return Advice(f"write `{new}`; `{wrong.value}` is {row.why}", new)
    nearest = wrong.binder.sink.did_you_mean(wrong.value, known)
    if nearest is None or (wrong.value is wrong.whole and not takes(wrong.cls, wrong.field, nearest)):
        return None
    return Advice(f"did you mean `{nearest}`?", flow(nearest))


def choice_within(wrong: Wrong) -> Advice | None:
    """A misspelled word among the values of a mapping."""
    known = choices(wrong)
    if not isinstance(wrong.value, dict) or not known:
        return None
    word = next((scalar for scalar in _scalars(wrong.node) if scalar.value not in known), None)
    nearest = wrong.binder.sink.did_you_mean(str(word.value), known) if word is not None else None
    if word is None or nearest is None:
        return Advice(f"the choices are {', '.join(f'`{one}`' for one in known)}")
    return Advice(f"did you mean `{nearest}`?", edits=(Edit(word.span, flow(nearest)),))


def _scalars(node: Node) -> Iterator[Scalar]:
    """The plain values in a mapping, also within lists."""
    if isinstance(node, Scalar):
        yield node
    nodes = [entry.value for entry in node.entries.values()] if isinstance(node, Mapping) else ()
    for part in node.items if isinstance(node, Sequence) else nodes:
        yield from _scalars(part)


def padding(wrong: Wrong) -> Advice | None:
    """A padding in pixels, as in PyTorch."""
    parts = wrong.whole if isinstance(wrong.whole, tuple) else (wrong.whole,)
    axes = getattr(wrong.cls, "axes", ())
    if not {"valid", "same"} <= set(choices(wrong)) or not axes or not all(type(part) is int for part in parts):
        return None
    if not any(parts):
        return wrong.write("valid", ", which adds nothing at the edges")
    before = f"ZeroPadding{len(axes)}D: {flow(wrong.whole)}"
    return wrong.write("same", f" to keep the size, or put `{before}` before this layer")


def of_object(wrong: Wrong) -> Advice | None:
    """A number in place of an object: the strength of a penalty, the value of a constant."""
    kind = object_fields(wrong.cls).get(wrong.field)
    if kind is None or isinstance(wrong.whole, bool) or not isinstance(wrong.whole, int | float):
        return None
    row = renaming("numbers", kind.name)
    return wrong.write(row.form.replace("{value}", flow(wrong.whole))) if row is not None else None


def by_position(wrong: Wrong) -> Advice | None:
    """Several arguments in the order of the constructor: `Conv2D: [32, 3]`, `Conv2D: 32, 3`, `Dense: units=10`."""
    if not is_bare(wrong.entry) or not issubclass(wrong.cls, Arguments) or getattr(wrong.cls, "is_function", False):
        return None
    parts = wrong.whole
    if isinstance(parts, str) and (len(parts) > MAX_DIGITS or DECIMAL_COMMA.fullmatch(parts) or GROUPED.fullmatch(parts)):
        return None
    if isinstance(parts, str):
        texts = [part.strip() for part in parts.split(",")]
        parts = tuple(tuple(part.split("=", 1)) if re.match(r"\w+ ?=", part) else scalar_value(part or "null") for part in texts)
    if not isinstance(parts, tuple) or not parts:
        return None
    fields = wrong.cls.own_fields()
    named = {
        (part[0].strip() if isinstance(part, tuple) and isinstance(wrong.whole, str) else fields[number]): (
            scalar_value(part[1].strip()) if isinstance(part, tuple) and isinstance(wrong.whole, str) else part
        )
        for number, part in enumerate(parts[: len(fields)])
    }
    if len(named) < 2 and not (isinstance(wrong.whole, str) and "=" in wrong.whole):
        return None
    if not all(name in wrong.cls.model_fields and takes(wrong.cls, name, value) for name, value in named.items()):
        shown = ", ".join(f"{name}: …" for name in fields[: max(2, min(len(parts), 3))])
        return Advice(f"write the arguments by their names: `{{{shown}}}`")
    written = flow(named)
    return Advice(f"write `{written}`: several arguments go by their names", edits=wrong.write(written).edits)


def near(wrong: Wrong) -> Advice | None:
    """A value that is probably meant."""
    if wrong.field in object_fields(wrong.cls):
        return None
    if isinstance(wrong.whole, str) and (expression := computed(wrong, wrong.whole)) is not None:
        return wrong.write(expression)
    real = takes(wrong.cls, wrong.field, 0.5)
    meant = next((value for value in near_values(wrong.whole, real=real) if takes(wrong.cls, wrong.field, value)), wrong)
    return wrong.write(flow(meant)) if meant is not wrong else None


def computed(wrong: Wrong, text: str) -> str | None:
    """A text that lacks its `$`: the name of a variable, or an expression such as `1/255`."""
    name = VARIABLE.fullmatch(text)
    if name is None and (not ARITHMETIC.fullmatch(text) or PERCENT.fullmatch(text)):
        return None
    known = name is not None and name[1] in wrong.binder.names
    written = f"${name[1]}" if name is not None and known else f"$({text.strip().replace('^', '**')})"
    if written.startswith("$(") and not re.search(r"[-+*/%^]", text):
        return None
    silent = wrong.binder.silent()
    value = silent.plain(type(wrong.entry.key)(wrong.node.source, wrong.node.start, wrong.node.end, written))
    return written if not len(silent.sink) and takes(wrong.cls, wrong.field, value) else None


def near_values(value: Any, *, real: bool) -> Iterator[Any]:
    """Values that the user may have meant by a wrong one; `real` says whether a fraction would do."""
    if isinstance(value, str):
        yield from _of_text(value.strip(" ;,\"'“”‘’`"))
        yield (value,)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        if value in (0, 1):
            yield bool(value)
        if not real or float(value).is_integer():
            yield int(value)
        yield -value
        if value >= 2:
            yield value / 100
        yield from () if real else (1, 0)
        yield from ((value,), (str(value),))
    elif isinstance(value, tuple) and value:
        parts: tuple[Any, ...] = tuple(
            next(near_values(part, real=real), part) if isinstance(part, str | float) else part for part in value
        )
        yield parts
        yield tuple(None if part == -1 else part for part in parts)
        if all(type(part) is int for part in parts):
            yield tuple(abs(part) or 1 for part in parts)
        yield value[0]
        yield tuple(map(str, parts))


def _of_text(text: str) -> Iterator[Any]:
    if text.lower() in SWITCHES:
        yield SWITCHES[text.lower()]
    elif text.lower() in NOTHING:
        yield None
    elif match := PERCENT.fullmatch(text):
        yield float(f"{float(match[1]) / 100:g}")
    elif is_number(text) and len(text) < 20:
        number = float(text.replace("_", ""))
        yield from (int(number), number) if number.is_integer() else (number,)
    elif GROUPED.fullmatch(text):
        yield int(text.replace(",", ""))
    else:
        if DECIMAL_COMMA.fullmatch(text):
            yield float(text.replace(",", "."))
        if (match := WITH_SUFFIX.fullmatch(text)) is not None:
            decimal, binary = match[2] or "", match[3] or ""
            yield match[1] + (f"{binary.upper()}iB" if binary else "k" if decimal.lower() == "k" else decimal.upper())
        if (match := WITH_UNIT.fullmatch(text)) is not None:
            number = float(match[1])
            yield from (int(number), number) if isfinite(number) else ()
        if (shape := sizes(text)) is not None:
            yield shape


def takes(cls: type[Model], field: str, value: Any) -> bool:
    """Whether a value is valid for a field."""
    try:
        cls.model_validate({field: value})
    except ValidationError as error:
        return not any(detail["loc"][:1] == (field,) for detail in error.errors(include_url=False))
    return True
