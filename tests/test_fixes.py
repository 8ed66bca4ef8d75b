"""Fixes in a help work: every literal snippet is applied to the spec, and the spec is checked again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from layerctl.catalog import CATALOGS
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics import Diagnostic
from tests.misuses import MISUSES, Misuse

Spec = dict[str, Any]
SNIPPET = re.compile(r"`([^`]+)`")
WIRING = ("inputs", "call_args", "name", "reuse")
FIRST = re.compile(r"(cast (it|one of them|them)( first)? with|put|with|makes them|give it floats:)\s*$")


class Fix(NamedTuple):
    """A changed spec, and the part of the help that it comes from."""

    offered: str
    text: str


def diagnostics(text: str) -> list[Diagnostic]:
    return compile_text(text).diagnostics


def dumped(spec: Spec) -> str:
    return yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, allow_unicode=True)


def fixes(text: str, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The spec with each of the help's snippets applied, as the words before the snippet say."""
    assert diagnostic.help is not None
    yield from other_axes(text, diagnostic)
    if diagnostic.fix is not None:
        yield Fix("the edits", diagnostic.fix.applied(text))
    for snippet in SNIPPET.finditer(diagnostic.help):
        before = diagnostic.help[: snippet.start()]
        if before.endswith("did you mean ") or before == "one of ":
            begin, end = diagnostic.span.start, diagnostic.span.end
            quote = diagnostic.span.text[0] if diagnostic.span.text[0] in "'\"" else ""
            yield Fix(snippet[1], text[:begin] + quote + snippet[1] + quote + text[end:])
        elif (changed := applied(text, diagnostic, snippet[1], before)) is not None:
            yield Fix(snippet[1], dumped(changed))


def other_axes(text: str, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The axes of a help such as "use 1 to 3, or -3 to -1 from the end", in place of the one of the message."""
    wrong = re.match(r"`?\w*`? ?(-?\d+) is out of range", diagnostic.message)
    for axis in re.findall(r"-?\d+", str(diagnostic.help)) if wrong and str(diagnostic.help).startswith("use ") else ():
        yield Fix(axis, re.sub(rf"(?<![\w-]){wrong[1]}(?=[\s}}\],]|$)", axis, text))


def applied(text: str, diagnostic: Diagnostic, snippet: str, before: str) -> Spec | None:
    """The spec with one snippet applied; None for a snippet that is not a change, such as the name of a layer."""
    spec = yaml.safe_load(text)
    number = sum(line.startswith("- ") for line in text.splitlines()[: diagnostic.span.begin.line]) - 1
    item, operation = as_mapping(spec["layers"], max(number, 0))
    args = item[operation]
    if re.search(r"(leave out|remove|without|leave) $", before) and snippet in args:
        del args[snippet]
        return spec
    if ":" not in snippet:
        return None
    read = yaml.safe_load(re.sub("…", "1", snippet))
    if not isinstance(read, dict) or None in read.values():
        return None
    ((key, value),) = read.items()
    if key == "inputs" and "…" in snippet:
        spec["inputs"] = {name: {"shape": shape} | value["x"] | {"shape": shape} for name, shape in spec["inputs"].items()}
    elif key in spec["inputs"]:
        spec["inputs"][key] = value
    elif key == "inputs" and isinstance(value, dict) and set(value) & set(spec["inputs"]) and "shape" in str(value):
        spec["inputs"] = value
    elif before.endswith("give the input ") and key == "dtype":
        spec["inputs"] = {name: {"shape": shape, "dtype": value} for name, shape in spec["inputs"].items()}
    elif key in fields(operation):
        args[key] = value
    elif key in WIRING:
        item[key] = named(value, list(spec["inputs"]))
        if key == "call_args":
            item["inputs"] = {name: ref for name, ref in item["inputs"].items() if name not in value}
    elif isinstance(item.get("inputs"), dict) and key in item["inputs"]:
        item["inputs"][key] = named(value, [item["inputs"][key]])
    elif FIRST.search(before) or "before this layer" in str(diagnostic.help):
        put_before(spec, max(number, 0), {key: value})
    else:
        spec["layers"][max(number, 0)] = {key: value}
    return spec


def as_mapping(layers: list[Any], number: int) -> tuple[dict[str, Any], str]:
    """An item in its long form, and the operation in it, whose arguments are a mapping too."""
    item = layers[number] if isinstance(layers[number], dict) else {layers[number]: None}
    layers[number] = item
    operation = next(key for key in item if key not in WIRING)
    if not isinstance(item[operation], dict):
        cls = CATALOGS["ops" if operation.startswith("ops.") else "layers"].find(operation.removeprefix("ops."))
        first = None if cls is None else cls.first_argument()
        item[operation] = {} if item[operation] is None else {first: item[operation]}
    return item, operation


def fields(operation: str) -> set[str]:
    cls = CATALOGS["ops" if operation.startswith("ops.") else "layers"].find(operation.removeprefix("ops."))
    return set() if cls is None else set(cls.model_fields)


def named(value: Any, inputs: list[str]) -> Any:
    """A snippet with placeholder names replaced by the first input's name."""
    if isinstance(value, str):
        return value if value in inputs else inputs[0]
    if isinstance(value, list):
        return [named(part, inputs) for part in value]
    return {key: named(part, inputs) for key, part in value.items()} if isinstance(value, dict) else value


def put_before(spec: Spec, number: int, item: dict[str, Any]) -> None:
    """Puts an item before another: on each input that the other names, or on its default input."""
    known = spec["layers"][number].get("inputs")
    if isinstance(known, list):
        new = [{**item, "name": f"new{place}", "inputs": name} for place, name in enumerate(known)]
        spec["layers"][number]["inputs"] = [each["name"] for each in new]
        spec["layers"][number:number] = new
    else:
        spec["layers"].insert(number, item)


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda misuse: misuse.what)
def test_a_misuse_is_explained(misuse: Misuse) -> None:
    """One diagnostic with its code and a help; one about a shape also says which layer it comes from."""
    (diagnostic,) = diagnostics(misuse.text)
    assert diagnostic.code.id == misuse.code
    assert diagnostic.help
    assert not re.search(r"[a-z](,| or| and)$", diagnostic.message), "a sentence that does not end"
    if diagnostic.code.id in ("LC401", "LC402", "LC404", "LC405"):
        assert re.search(r"\bgot\b|\bhas\b|does not (fit|name)|not equally|different", diagnostic.message), "expected and got"
        assert any("comes from here" in related.message for related in diagnostic.related), "the layer that gave the shape"


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda misuse: misuse.what)
def test_what_the_help_offers_works(misuse: Misuse) -> None:
    (diagnostic,) = diagnostics(misuse.text)
    tried = list(fixes(misuse.text, diagnostic))
    for old, new in misuse.edits:
        assert old in misuse.text
        tried.append(Fix(new, misuse.text.replace(old, new)))
    assert tried, f"nothing to try in: {diagnostic.help}"
    for fix in tried:
        left = [
            f"{each.code.id} {each.message}" for each in diagnostics(fix.text) if each.is_error or each.code is diagnostic.code
        ]
        assert not left, f"`{fix.offered}` of “{diagnostic.help}” does not mend it: {left}\n{fix.text}"


def test_every_code_of_layers_is_tried() -> None:
    assert {misuse.code for misuse in MISUSES} >= {f"LC4{number:02}" for number in range(1, 11)}
    assert len(MISUSES) >= 60


def test_a_fix_that_does_not_work_is_seen() -> None:
    text = "inputs: {x: [4, 4, 1]}\nlayers:\n- Conv2D: {filters: 8, kernel_size: 5}\n"
    (diagnostic,) = diagnostics(text)
    (fix,) = fixes(text, diagnostic._replace(help="use `kernel_size: 6` or less"))
    assert [each.code.id for each in diagnostics(fix.text)] == ["LC402"]
