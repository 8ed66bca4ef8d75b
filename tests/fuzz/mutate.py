"""Mutations of specs: of bytes, of YAML's tokens, and of the tree."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
RESOLVER = yaml.resolver.Resolver()
LARGEST = 200_000
"""Characters of a mutant; longer ones are cut."""

EXTREME = (
    "0", "-1", "1", "2", "-0", "017", "0x7fffffffffffffff", "9223372036854775808", "-9223372036854775809", "1000000000000",
    "1" + "0" * 30, "9" * 390, "-" + "9" * 390, "9" * 401, "0x" + "f" * 300, "1_000", "0.5", "-0.0", "1e-320", "1e308", "1e309",
    ".inf", "-.inf", ".nan", "3.0", "1e12", "", "~", "null", "true", "FALSE", "x", "y" * 5000, "é\u0301𝟛", "\u202e‮", "\ufeff",
    "\x85\u2028", "\x1b[31m\x00\x07", "a\nb", "\t", "'", "<script>&]]>", "::error::", "%", "{}", "[]", "$", "$$", "$x", "$units",
    "$(", "$()", "$(1/0)", "$(2**9999)", "$(10**300*10**300)", "$([0]*9999)", "$('a'*9999)", "$(range(10000))", "$(x.y)",
    "$(__import__('os'))", "$(lambda: 1)", "$(1e308*10)", "$(float('nan'))", "$(float('inf'))", "$(int('9'*99))", "$(-1)",
    "$(not 1)", "$((" * 200, "$(" + "(" * 90 + "1" + ")" * 90 + ")", "$(-" + "-" * 300 + "1)", "$(0.5)", "$(true)", "$([1,[2]])",
    "$(min([]))", "$(sum(['a']))", "$(log2(0))", "$(sqrt(-1))", "$([1,2][9])", "$(2**0.5)", "$((-8)**0.5)", "$(1 if x else 2)",
    "dense", "dense[0]", "dense[9]", "dense[x]", "dense.dense", "image", "a.b.c[0][1]", "[", "x[", "lstm[1]", "conv2d_1",
    "Dense", "Conv2D", "Flatten", "LSTM", "Bidirectional", "TimeDistributed", "Concatenate", "Dot", "Reshape", "Embedding",
    "Einsum", "ops.add", "a.b:C", "relu", "softmax", "same", "valid", "causal", "channels_first", "channels_last", "float16",
    "mixed_float16", "int32", "uint8", "bool", "string", "adam", "SparseCategoricalCrossentropy", "mse", "accuracy",
    "glorot_normal", "merge", "branches", "repeat", "for", "if", "reuse", "name", "inputs", "layers", "outputs", "vars",
    "blocks", "include", "expect", "train", "params", "call_args", "version", "models", "<<", "=", "1k", "10MiB", "-5G",
    "abc,abc->abc", "...a,ab->...b",
)  # fmt: skip
TOKENS = (
    ":", ": ", "- ", "-", "[", "]", "{", "}", ",", "\n", "\n  ", "  ", "\t", "#", "&a ", "*a", "*b", "!x ", "!!int ", "|\n",
    ">-\n", "'", '"', "? ", "---\n", "...\n", "%YAML 1.2\n", "<<: ", "\\", "\r\n", "\r", "@", "`", "\ufeff", "$(", ")", "$",
    "null",
)  # fmt: skip
TOKEN = re.compile(r"\s+|[\w.]+|.", re.DOTALL)


@cache
def tree_of(text: str) -> Node | None:
    """The tree of a spec, to be copied before it is changed; None where the text is not YAML."""
    try:
        return yaml.compose(text, LOADER)
    except (yaml.YAMLError, ValueError):
        return None


def mutant(rng: random.Random, corpus: Sequence[bytes]) -> bytes:
    """One input: a spec of the corpus with a few mutations of one kind, at times of two kinds."""
    data = rng.choice(corpus)
    for _ in range(1 if rng.random() < 0.85 else 2):
        kind = rng.random()
        if kind < 0.12:
            data = of_bytes(rng, data)
        elif kind < 0.3:
            data = of_tokens(rng, data, corpus)
        else:
            data = of_tree(rng, data, corpus)
    return data[:LARGEST]


def of_bytes(rng: random.Random, data: bytes) -> bytes:
    """Flipped, inserted, removed and repeated bytes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at, size = rng.randrange(len(out) + 1), rng.choice((1, 1, 1, 4, 40))
        kind = rng.randrange(4)
        if kind == 0 and at < len(out):
            out[at] = rng.randrange(256)
        elif kind == 1:
            out[at:at] = bytes(rng.randrange(256) for _ in range(size))
        elif kind == 2:
            del out[at : at + size]
        else:
            out[at:at] = out[at : at + size] * rng.choice((1, 2, 50))
    return bytes(out)


def of_tokens(rng: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    """Words and signs, inserted, removed, swapped, repeated, and taken from another spec."""
    parts = TOKEN.findall(data.decode("utf-8", "replace"))
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(parts) + 1)
        kind = rng.randrange(6)
        if kind == 0:
            parts.insert(at, rng.choice(TOKENS))
        elif kind == 1:
            parts.insert(at, rng.choice(EXTREME))
        elif kind == 2:
            del parts[at : at + rng.choice((1, 1, 5))]
        elif kind == 3 and at < len(parts):
            other = rng.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        elif kind == 4:
            parts[at:at] = parts[at : at + rng.choice((1, 5, 30))] * rng.choice((1, 3, 100))
        else:
            others = TOKEN.findall(rng.choice(corpus).decode("utf-8", "replace"))
            start = rng.randrange(len(others) + 1)
            parts[at:at] = others[start : start + rng.choice((1, 5, 30))]
    return "".join(parts).encode("utf-8", "surrogatepass")


def of_tree(rng: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    """Nodes, inserted, removed, swapped, nested, shared through anchors, and taken from another spec."""
    root = tree_of(data.decode("utf-8", "replace"))
    if root is None:
        return of_bytes(rng, data)
    box = SequenceNode("tag:yaml.org,2002:seq", [copied(root)])
    try:
        for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
            rng.choice(CHANGES)(rng, box, corpus)
        text = yaml.serialize(box.value[0], Dumper=DUMPER, allow_unicode=True, width=rng.choice((80, 10_000)))
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError):  # the mutant cannot be written as YAML
        return of_bytes(rng, data)
    return text.encode("utf-8", "surrogatepass")


def copied(node: Node, done: dict[int, Node] | None = None) -> Node:
    """A copy of the tree; a node at two places stays one node."""
    done = {} if done is None else done
    if id(node) in done:
        return done[id(node)]
    if isinstance(node, ScalarNode):
        done[id(node)] = ScalarNode(node.tag, node.value, style=node.style)
        return done[id(node)]
    copy = done[id(node)] = type(node)(node.tag, [], flow_style=node.flow_style)
    copy.value += [child_copied(child, done) for child in node.value]
    return copy


def child_copied(child: Any, done: dict[int, Node] | None = None) -> Any:
    """A list's item, or a mapping's key and value, copied."""
    return (copied(child[0], done), copied(child[1], done)) if isinstance(child, tuple) else copied(child, done)


def scalar(rng: random.Random, text: str | None = None) -> ScalarNode:
    """A value, mostly plain; quoted where YAML cannot write it otherwise."""
    value = rng.choice(EXTREME) if text is None else text
    tag = RESOLVER.resolve(ScalarNode, value, (True, False))
    return ScalarNode(tag, value) if rng.random() < 0.9 else ScalarNode("tag:yaml.org,2002:str", value, style='"')


def places(node: Node, seen: set[int] | None = None) -> Iterator[tuple[Node, int]]:
    """Every place of the tree that holds a value: a collection and an index in it."""
    seen = set() if seen is None else seen
    if id(node) in seen or isinstance(node, ScalarNode):
        return
    seen.add(id(node))
    for index, child in enumerate(node.value):
        yield node, index
        yield from places(child[1] if isinstance(node, MappingNode) else child, seen)


def place(rng: random.Random, box: Node) -> tuple[Node, int]:
    return rng.choice(list(places(box)))


def get(where: tuple[Node, int]) -> Node:
    node, index = where
    return node.value[index][1] if isinstance(node, MappingNode) else node.value[index]


def put(where: tuple[Node, int], value: Node) -> None:
    node, index = where
    node.value[index] = (node.value[index][0], value) if isinstance(node, MappingNode) else value


def change_value(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    scalars = [where for where in places(box) if isinstance(get(where), ScalarNode)]
    if scalars:
        put(rng.choice(scalars), scalar(rng))


def change_any(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    put(place(rng, box), scalar(rng))


def change_key(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    mappings = [where for where in places(box) if isinstance(where[0], MappingNode)]
    if mappings:
        node, index = rng.choice(mappings)
        key = scalar(rng) if rng.random() < 0.7 else copied(rng.choice(mappings)[0].value[0][0])
        node.value[index] = (key, node.value[index][1])


def remove(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    node, index = place(rng, box)
    if node is not box:
        del node.value[index]


def duplicate(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    node, index = place(rng, box)
    if node is not box:
        node.value[index:index] = [child_copied(node.value[index]) for _ in range(rng.choice((1, 1, 2, 20)))]


def swap(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    a, b = place(rng, box), place(rng, box)
    first, second = copied(get(a)), copied(get(b))
    put(a, second)
    put(b, first)


def nest(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    where = place(rng, box)
    value = get(where)
    for _ in range(rng.choice((1, 1, 2, 60, 130))):
        if rng.random() < 0.5:
            value = SequenceNode("tag:yaml.org,2002:seq", [value])
        else:
            value = MappingNode("tag:yaml.org,2002:map", [(scalar(rng), value)])
    put(where, value)


def share(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    """One node at two places (an alias), at times within itself."""
    put(place(rng, box), get(place(rng, box)))


def merge(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    mappings = [where[0] for where in places(box) if isinstance(where[0], MappingNode)]
    if mappings:
        key = ScalarNode("tag:yaml.org,2002:merge", "<<")
        rng.choice(mappings).value.append((key, rng.choice((rng.choice(mappings), get(place(rng, box))))))


def insert(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    mappings = [where[0] for where in places(box) if not isinstance(where[0], ScalarNode)]
    node = rng.choice(mappings)
    if isinstance(node, MappingNode):
        node.value.append((scalar(rng), scalar(rng)))
    elif node is not box:
        node.value.insert(rng.randrange(len(node.value) + 1), scalar(rng))


def splice(rng: random.Random, box: Node, corpus: Sequence[bytes]) -> None:
    """A part of another spec, in the place of a value or among its neighbours."""
    other = tree_of(rng.choice(corpus).decode("utf-8", "replace"))
    if other is None or isinstance(other, ScalarNode) or not other.value:
        return
    source, index = rng.choice(list(places(other)))
    node, at = place(rng, box)
    if type(source) is type(node) and node is not box:
        node.value.insert(at, child_copied(source.value[index]))
    else:
        put((node, at), copied(get((source, index))))


CHANGES: tuple[Callable[[random.Random, Node, Sequence[bytes]], None], ...] = (
    change_value, change_value, change_value, change_value, change_any, change_key, change_key, remove, duplicate, swap, nest,
    share, merge, insert, splice, splice,
)  # fmt: skip
