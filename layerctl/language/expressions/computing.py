"""Computes the expressions in `$(…)`.

Python's own parser reads an expression. It is computed by walking the tree, never by `eval`; only what is listed here is allowed.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from layerctl.base.meter import Meter
from layerctl.language.expressions.values import MAX_ITEMS, MAX_NESTING, Failed, Malformed, Undefined, lookup, weight

WORDS = {"true": "True", "false": "False", "null": "None"}
MAX_EXPRESSION = 1000
MAX_DEPTH = 50
MAX_STEPS = 10_000
MAX_BITS = 1024
TOO_LARGE = f"the result is too large; the limits are {MAX_BITS} bits and {MAX_ITEMS:,} items in {MAX_NESTING} levels"
IN_PARTS = "compute it in parts, as several `vars`"


def _range(*bounds: int) -> tuple[int, ...]:
    numbers = range(*bounds)
    if len(numbers) > MAX_ITEMS:
        raise OverflowError
    return tuple(numbers)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min, "max": max, "abs": abs, "int": int, "float": float, "round": round, "ceil": math.ceil, "floor": math.floor,
    "sqrt": math.sqrt, "log2": math.log2, "len": len, "sum": sum, "range": _range,
}  # fmt: skip
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv, "FloorDiv": operator.floordiv,
    "Mod": operator.mod, "Pow": operator.pow,
}  # fmt: skip
UNARY: dict[str, Callable[[Any], Any]] = {"USub": operator.neg, "UAdd": operator.pos, "Not": operator.not_}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge,
}  # fmt: skip
ALLOWED = "numbers, text, lists, names, arithmetic, comparisons, `and or not`, `a if c else b`, indexing and the functions " + (
    ", ".join(FUNCTIONS)
)


@lru_cache(maxsize=1024)
def parsed(source: str) -> ast.expr | None:
    """The syntax tree of an expression, cached for the turns of a loop; None where it is not an expression.

    Python's warnings of how it is written, such as `1if c else 2` without a space, would stand in the output without a place.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.strip() or "?", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Expression:
    """The expression `text[start:end]` of a `$(…)`, computed with the variables in `names`."""

    def __init__(self, text: str, start: int, end: int, names: Mapping[str, Any], meter: Meter) -> None:
        self.meter = meter
        self.source = text[start:end]
        self.start = start
        self.names = names
        self.steps = 0

    def fail(self, message: str, help: str | None = None) -> Malformed:
        return Malformed(f"`$({self.source[:60]})`: {message}", self.start - 2, help, len(self.source) + 3)

    def value(self) -> Any:
        """The value: text, a number, a boolean, null, or a tuple of such values."""
        if len(self.source) > MAX_EXPRESSION:
            raise self.fail(f"an expression of {len(self.source):,} characters; the limit is {MAX_EXPRESSION:,}", IN_PARTS)
        body = parsed(self.source)
        if body is None:
            raise self.fail("this is not an expression", f"it may hold {ALLOWED}")
        return self.node(body, 0)

    def node(self, node: ast.AST, depth: int) -> Any:
        self.steps += 1
        if depth > MAX_DEPTH or self.steps > MAX_STEPS:
            raise self.fail(f"an expression has at most {MAX_DEPTH} levels and {MAX_STEPS:,} steps", IN_PARTS)
        if not self.meter.spend(1):
            message = f"the expressions of this spec take more than {self.meter.MOST:,} steps together"
            raise self.fail(message, "compute what is used often once, in `vars`")
        handler = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if handler is None:
            raise self.fail("this part of Python is not allowed in an expression", f"it may hold {ALLOWED}")
        try:
            return self.bounded(handler(node, depth + 1))
        except (Malformed, Undefined, Failed):
            raise
        except ZeroDivisionError:
            raise self.fail("division by zero", "test it before: `$(a / b if b != 0 else 1)`") from None
        except (OverflowError, MemoryError):
            raise self.fail(TOO_LARGE, "use smaller numbers") from None
        except IndexError:
            raise self.fail("the index is outside the list", "count from 0; -1 is the last") from None
        except TypeError:
            raise self.fail("these values do not go together here", "use numbers with numbers, and lists with lists") from None
        except (ValueError, ArithmeticError) as error:
            raise self.fail(str(error), "check the values of the names in it") from None

    def bounded(self, value: Any) -> Any:
        """The value, if its type and size are allowed in a spec."""
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise OverflowError
        if isinstance(value, str | tuple) and len(value) > MAX_ITEMS:
            raise OverflowError
        if isinstance(value, tuple | str):
            self.meter.spend(len(value) if isinstance(value, tuple) else len(value) // 10)
        if isinstance(value, complex):
            raise ValueError("the result is a complex number")
        return value

    def on_constant(self, node: ast.Constant, depth: int) -> Any:
        if isinstance(node.value, bool | int | float | str) or node.value is None:
            return node.value
        raise self.fail("bytes, complex numbers and `...` are not allowed", f"it may hold {ALLOWED}")

    def on_name(self, node: ast.Name, depth: int) -> Any:
        if node.id in WORDS and node.id not in self.names:
            return {"true": True, "false": False, "null": None}[node.id]
        return lookup(node.id, self.names, self.start + self.source.find(node.id), len(node.id))

    def on_list(self, node: ast.List, depth: int) -> tuple[Any, ...]:
        items = tuple(self.node(item, depth) for item in node.elts)
        if any(isinstance(item, tuple) for item in items):
            self.nested(items)
        return items

    def nested(self, items: tuple[Any, ...]) -> None:
        """Checks the total size of lists within lists: each level could double the one below."""
        size = weight(items)
        self.meter.spend(size // 10)
        if size > MAX_ITEMS:
            raise OverflowError

    on_tuple = on_list

    def on_binop(self, node: ast.BinOp, depth: int) -> Any:
        left, right = self.node(node.left, depth), self.node(node.right, depth)
        name = type(node.op).__name__
        if name not in BINARY:
            raise self.fail("this operator is not allowed", "use + - * / // % **")
        if name == "Pow" and abs(right) * max(1, _bits(left)) > MAX_BITS:
            raise OverflowError
        if name == "Mult":
            self.repeated(left, right)
            self.repeated(right, left)
        if name == "Mod" and isinstance(left, str):
            raise TypeError("`%` takes numbers")
        result = BINARY[name](left, right)
        if isinstance(result, tuple):
            self.nested(result)
        return result

    def repeated(self, what: Any, count: Any) -> None:
        """Checks the size of a text or list times a number before it is computed."""
        if isinstance(what, str | tuple) and isinstance(count, int) and len(what) * count > MAX_ITEMS:
            raise OverflowError

    def on_unaryop(self, node: ast.UnaryOp, depth: int) -> Any:
        name = type(node.op).__name__
        if name not in UNARY:
            raise self.fail("this operator is not allowed", "use - or not")
        return UNARY[name](self.node(node.operand, depth))

    def on_boolop(self, node: ast.BoolOp, depth: int) -> Any:
        stop = type(node.op).__name__ == "Or"
        value: Any = None
        for part in node.values:
            value = self.node(part, depth)
            if bool(value) is stop:
                break
        return value

    def on_compare(self, node: ast.Compare, depth: int) -> bool:
        left = self.node(node.left, depth)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            name = type(op).__name__
            if name not in COMPARE:
                raise self.fail("this comparison is not allowed", "use == != < <= > >=")
            right = self.node(right_node, depth)
            if not COMPARE[name](left, right):
                return False
            left = right
        return True

    def on_ifexp(self, node: ast.IfExp, depth: int) -> Any:
        return self.node(node.body if self.node(node.test, depth) else node.orelse, depth)

    def on_subscript(self, node: ast.Subscript, depth: int) -> Any:
        index = self.node(node.slice, depth)
        if not isinstance(index, int):
            raise TypeError("an index is an integer")
        return self.node(node.value, depth)[index]

    def on_call(self, node: ast.Call, depth: int) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            error = self.fail(f"there is no function `{name or '…'}`", f"functions: {', '.join(FUNCTIONS)}")
            error.function, error.known = name, FUNCTIONS
            raise error
        arguments = [self.node(argument, depth) for argument in node.args]
        if name in ("int", "float") and any(isinstance(argument, str) and len(argument) > 100 for argument in arguments):
            raise OverflowError
        return FUNCTIONS[name](*arguments)


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 64
