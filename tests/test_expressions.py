"""Expressions: their values, their errors, and their limits (without which these would fill the memory)."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.language.expressions import substitute
from layerctl.language.expressions.values import Malformed, Undefined

NAMES = {"n": 3, "width": 64, "text": "ab", "sizes": (1, 2, 3), "flag": True, "half": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$n", 3),
        ("$(n)", 3),
        ("$( n + 1 )", 4),
        ("stage$n", "stage3"),
        ("stage$(n + 1)x", "stage4x"),
        ("a$$b", "a$b"),
        ("$$", "$"),
        ("$$n", "$n"),
        ("$n$n", "33"),
        ("$flag", True),
        ("is $flag", "is true"),
        ("$sizes", (1, 2, 3)),
        ("$(sizes[0] + sizes[-1])", 4),
        ("$(width // 2 * 2 ** 3 % 7)", 64 // 2 * 2**3 % 7),
        ("$(7 / 2)", 3.5),
        ("$(-n)", -3),
        ("$(not flag)", False),
        ("$(n > 2 and flag)", True),
        ("$(0 or 5)", 5),
        ("$(1 < n < 4)", True),
        ("$(1 if n == 3 else 2)", 1),
        ("$([1, n])", (1, 3)),
        ("$(true)", True),
        ("$(null)", None),
        ("$('a)b' + text)", "a)bab"),
        ("$(min(n, 2) + max(1, 2) + abs(-1) + int(2.5) + round(2.4) + ceil(0.1) + floor(1.9))", 11),
        ("$(sqrt(16) + log2(8) + len(sizes) + sum(sizes) + float(1))", 17.0),
        ("$(range(3))", (0, 1, 2)),
    ],
)
def test_value(text: str, value: Any) -> None:
    result = substitute(text, NAMES)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("text", ["$m", "$(m)", "x$(n + m)"])
def test_undefined(text: str) -> None:
    with pytest.raises(Undefined) as caught:
        substitute(text, NAMES)
    assert text[caught.value.offset :][: caught.value.length].removeprefix("$") == "m"


@pytest.mark.parametrize(
    "text",
    [
        "$",
        "$ n",
        "$-",
        "$(",
        "$()",
        "$(n",
        "$(n +)",
        "$(1 / 0)",
        "$(sizes[9])",
        "$(text.upper())",
        "$(().__class__)",
        "$(__import__('os'))",
        "$(open('x'))",
        "$(lambda: 1)",
        "$([x for x in sizes])",
        "$(f'{n}')",
        "$(n := 2)",
        "$({1: 2})",
        "$(2j)",
        "$((-1) ** 0.5)",
        "$(b'x')",
        "$('%s' % n)",
        "$(n | 1)",
        "$(~n)",
        "$(n in sizes)",
        "$('a' + 1)",
        "$(min())",
        "$(min(*sizes))",
        "$(round(number=1))",
        "$(sizes[0:1])",
        "$(n[0])",
    ],
)
def test_malformed(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        substitute(text, NAMES)
    assert caught.value.message
    assert 0 <= caught.value.offset < len(text)


@pytest.mark.parametrize(
    "text",
    [
        "$(9 ** 9 ** 9)",
        "$(2 ** 100000)",
        "$('x' * 1000000000)",
        "$([0] * 1000000000)",
        "$(1000000000 * [0])",
        "$(range(1000000000))",
        "$(" + "(" * 900 + "1" + ")" * 900 + ")",
        "$(" + "-" * 900 + "1)",
        "$(" + "1+" * 5000 + "1)",
        "$(int('" + "9" * 900 + "'))",
        "$(10.0 ** 400)",
    ],
)
def test_bounded(text: str) -> None:
    with pytest.raises(Malformed):
        substitute(text, NAMES)


def test_pythons_own_warnings_are_not_passed_on(recwarn: pytest.WarningsRecorder) -> None:
    text = "vars: {a: 1}\ninputs: {x: [3]}\nlayers:\n  - Dense: $(1if a else 2)\n  - Dense(0x1for)\n  - Dense: $(len('\\d'))\n"
    assert [diagnostic.code.id for diagnostic in compile_text(text).diagnostics if diagnostic.is_error] == ["LC202"]
    assert not [*recwarn]
