"""Graphs of several layers with branches, merges and reshapes: generated, and held against Keras up to the first bad layer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from random import Random
from typing import Any, NamedTuple

from layerctl.base.shapes import Tensor
from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer, leaves
from layerctl.compiler.pipeline import Compiled, compile_text
from tests.judge import keras_side
from tests.judge.case import Fed, Input, Item, flow, written
from tests.judge.deliberate import excused
from tests.judge.inputs import INDICES, frames, image, sequence, tensor
from tests.judge.table import MERGES, TABLE
from tests.judge.values import arguments
from tests.judge.verdict import Verdict

LEAST, MOST = 3, 8
"""How many layers a chain has."""
TRIES = 25
"""How often a next layer is drawn until it is accepted, or, at the end of a chain that is to be refused, refused."""
VALUES = r"indices\[.* (is not in \[0|out of range \[0)|Negative input value found"
"""What is said of values that a layer has no row or place for: of zeros, which pass through layers, some become other numbers."""
CRASH = "CRASH"
LARGEST = 20_000
"""As many values of a sample may be between two layers."""
UNLIKE_SIZES = (
    r"^\(run, \? = .*\) promises |"
    r"^\(run, .*(Incompatible shapes|Dimensions must be equal|Dimension \d+ in both shapes|Dimension must be \d+ but is"
    r"|Cannot do batch_dot|Invalid channel size|must be (broadcastable|equal|unchanged)|compatible batch|doesn't match"
    r"|Dimension .*concat)"
)
"""What is said where two sizes differ that were unknown, Keras too having built the model: a size that one layer makes of an
unknown one is as unknown, so that the shapes of both sides hold no more than `?`. The batch is such a size behind a Concatenate
along axis 0."""
JOINING = (*sorted(MERGES), "Concatenate", "Concatenate", "Dot", "Attention", "AdditiveAttention", "MultiHeadAttention")
FORMING = ("Reshape", "Reshape", "Flatten", "Permute", "RepeatVector")
FEEDS = (
    image(2),
    image(2),
    image(1),
    image(3),
    sequence,
    sequence,
    frames(1),
    tensor(1),
    tensor(0, 1, 2),
    tensor(1, dtypes=INDICES),
)

Source = str | tuple[str, ...] | Mapping[str, str]
"""What a layer is called on: a name, a list of names, or names by the call's arguments."""


class Link(NamedTuple):
    """One layer of a chain."""

    layer: str
    args: Mapping[str, Any]
    source: Source

    @property
    def sources(self) -> tuple[str, ...]:
        if isinstance(self.source, str):
            return (self.source,)
        return tuple(self.source.values()) if isinstance(self.source, Mapping) else self.source


@dataclass(frozen=True)
class Chain:
    """Layers `n0`, `n1`, …, each called on inputs and on layers before it."""

    given: Mapping[str, Input]
    links: tuple[Link, ...]
    ones: bool = False
    again: None = None

    @property
    def items(self) -> Sequence[Item]:
        return tuple(Item(link.layer, link.args) for link in self.links)

    @property
    def inputs(self) -> dict[str, Input]:
        """Those that some layer is called on."""
        used = {name for link in self.links for name in link.sources}
        return {name: tensor for name, tensor in self.given.items() if name in used}

    @property
    def tensors(self) -> list[Input]:
        return list(self.inputs.values())

    @property
    def outputs(self) -> list[str]:
        """The layers that no other is called on."""
        used = {name for link in self.links for name in link.sources}
        return [name for name in map("n{}".format, range(len(self.links))) if name not in used]

    def with_link(self, link: Link) -> Chain:
        return Chain(self.given, (*self.links, link))

    def text(self) -> str:
        """The chain as a spec, a layer in each line."""
        lines = ["inputs: " + flow({name: written(tensor) for name, tensor in self.inputs.items()}), "layers:"]
        for number, link in enumerate(self.links):
            lines.append("- " + flow({link.layer: link.args or None, "name": f"n{number}", "inputs": link.source}))
        return "\n".join([*lines, "outputs: " + flow(self.outputs)]) + "\n"


class Drawn(NamedTuple):
    """A chain and what layerctl says: of one that it accepts, the compiled spec; of a refused one, why its last layer is."""

    chain: Chain
    compiled: Compiled | None
    refusal: str = ""


@cache
def single() -> tuple[str, ...]:
    """The layers that can be called on one tensor."""
    found = []
    for name in TABLE:
        cls = CATALOGS["layers"].find(name)
        assert cls is not None
        assert issubclass(cls, Layer)
        if cls.input_kind in ("tensor", "each") and not cls.required_arguments:
            found.append(name)
    return tuple(found)


def draw(rng: Random) -> Drawn:
    """A chain of accepted layers, or of such and a last one that is refused."""
    given = {name: rng.choice(FEEDS)(rng) for name in ("a", "b")[: rng.choice((1, 1, 2))]}
    pool = {name: (each.batch, *each.shape) for name, each in given.items()}
    dtypes = {name: each.dtype for name, each in given.items()}
    chain = Drawn(Chain(given, ()), None)
    length, bad = rng.randint(LEAST, MOST), rng.random() < 0.35
    while len(chain.chain.links) < length:
        refuse = bad and len(chain.chain.links) == length - 1
        found = grown(rng, chain.chain, pool, dtypes, refuse=refuse)
        if found is None:
            break
        chain = found
        if found.compiled is None:
            break
        out = output(found.compiled)
        assert out is not None
        pool[f"n{len(found.chain.links) - 1}"], dtypes[f"n{len(found.chain.links) - 1}"] = out
    return chain


def grown(rng: Random, chain: Chain, pool: Mapping[str, Any], dtypes: Mapping[str, str], *, refuse: bool) -> Drawn | None:
    """The chain with one more layer."""
    for _ in range(TRIES):
        longer = chain.with_link(link(rng, pool, dtypes, wrong=0.5 if refuse else 0.02))
        try:
            compiled = compile_text(longer.text())
        except Exception as error:  # whatever it is, it is the finding
            return Drawn(longer, None, f"{CRASH} {type(error).__name__}: {error}")
        if refuse and not compiled.ok:
            errors = [d for d in compiled.diagnostics if d.is_error]
            return Drawn(longer, None, "; ".join(f"{d.code.id} {d.message}" for d in errors))
        if not refuse and compiled.ok and output(compiled) is not None:
            return Drawn(longer, compiled)
    return None


def output(compiled: Compiled) -> tuple[tuple[int | None, ...], str] | None:
    """Shape and dtype of the last layer, if it gives one tensor that is not too large."""
    assert compiled.model is not None
    last = compiled.model.nodes[-1].output
    if not isinstance(last, Tensor) or prod(dim or 13 for dim in last.shape[1:]) > LARGEST:
        return None
    return tuple(last.shape), last.dtype


def link(rng: Random, pool: Mapping[str, Any], dtypes: Mapping[str, str], *, wrong: float) -> Link:
    """A further layer: on the last tensor mostly, at times on one before it, or on several."""
    names = list(pool)
    name = names[-1] if rng.random() < 0.7 else rng.choice(names)
    kind = rng.random()
    layer = rng.choice(JOINING if kind < 0.3 else FORMING if kind < 0.4 else single())
    source: Source = name
    fed: Fed = plain(pool[name], dtypes[name])
    if layer in JOINING:
        partners = [other for other in names if len(pool[other]) == len(pool[name]) and dtypes[other] == dtypes[name]]
        alike = [other for other in partners if pool[other] == pool[name] and other != name]
        others = tuple(rng.choice(alike or partners) for _ in range(rng.choice((1, 1, 1, 2)) if layer in MERGES else 1))
        source, fed = (name, *others), tuple(plain(pool[each], dtypes[each]) for each in (name, *others))
    if layer == "MultiHeadAttention":
        source = {"query": source[0], "value": source[1]}
    cls = CATALOGS["layers"].find(layer)
    assert cls is not None
    row = TABLE[layer]
    made = arguments(rng, cls, fed, row.args, wrong=wrong, common=0.02)
    return Link(layer, row.finish(rng, made), source)


def plain(shape: tuple[int | None, ...], dtype: str) -> Input:
    return Input(shape[1:], dtype, shape[0])


def functional(chain: Chain) -> tuple[Any, list[Any]]:
    """The model from the chain's own parts, layer by layer."""
    k = keras_side.keras()
    values = {name: k.Input(each.shape, dtype=each.dtype, batch_size=each.batch) for name, each in chain.inputs.items()}
    entries = list(values.values())
    made = []
    for number, step in enumerate(chain.links):
        made.append(keras_side.construct(step.layer, step.args))
        if isinstance(step.source, Mapping):
            values[f"n{number}"] = made[-1](**{key: values[name] for key, name in step.source.items()})
        elif isinstance(step.source, str):
            values[f"n{number}"] = made[-1](values[step.source])
        else:
            values[f"n{number}"] = made[-1]([values[name] for name in step.source])
    return k.Model(entries, k.tree.flatten([values[name] for name in chain.outputs])), made


def open_sizes(chain: Chain, compiled: Compiled) -> bool:
    """Whether a size is unknown other than the batch that all have."""
    assert compiled.model is not None
    mixed = any(link.layer == "Concatenate" for link in chain.links)
    outputs = (tensor for node in compiled.model.nodes if node.output is not None for tensor in leaves(node.output))
    return mixed or any(None in tensor.shape[1:] for tensor in outputs)


class Finding(NamedTuple):
    """What a chain came to.

    Attributes:
        accepted: whether Keras accepts it; None where this machine cannot tell.
        says: the disagreement, or nothing.
        excused: whether it is a refusal on purpose.
    """

    accepted: bool | None
    says: str = ""
    excused: bool = False


def judge(drawn: Drawn) -> Finding:
    """Holds a chain against Keras; of a refused one, that the layers before the last are accepted, and the last is not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return found(drawn)


def found(drawn: Drawn) -> Finding:
    chain = drawn.chain
    if drawn.refusal.startswith(CRASH):
        return Finding(True, described(chain, "layerctl fails", drawn.refusal, Verdict(False, "not asked")))
    if drawn.compiled is not None:
        return accepted(chain, drawn.compiled)
    before = Chain(chain.given, chain.links[:-1])
    if before.links:
        compiled = compile_text(before.text())
        earlier = accepted(before, compiled)
        if earlier.says or earlier.excused or earlier.accepted is None:
            return earlier
    keras = keras_side.verdict(chain, lambda: functional(chain))
    if keras.unable:
        return Finding(None)
    if not keras.accepted:
        return Finding(False)
    if excused(chain.items, drawn.refusal):
        return Finding(True, excused=True)
    return Finding(True, described(chain, "Keras accepts, layerctl does not", drawn.refusal, keras))


def accepted(chain: Chain, compiled: Compiled) -> Finding:
    """Of a chain that layerctl accepts: that Keras does, with the same shapes, dtypes and weights of every layer."""
    verified: list[str] = []
    keras = keras_side.verdict(chain, lambda: keras_side.by_builder(compiled, verified))
    if keras.unable:
        return Finding(None)
    if keras.accepted and not verified:
        return Finding(True)
    if keras.accepted:
        return Finding(True, described(chain, "; ".join(verified), "accepts", keras))
    if re.search(VALUES, keras.says):
        return Finding(None)
    if any(link.args.get("sparse") for link in chain.links) and re.search(r"(?i)sparse", keras.says):
        return Finding(False, excused=True)  # the page of each such layer says that this is not checked
    if open_sizes(chain, compiled) and re.search(UNLIKE_SIZES, keras.says):
        return Finding(False, excused=True)
    return Finding(False, described(chain, "layerctl accepts, Keras does not", "accepts", keras))


def described(chain: Chain, what: str, static: str, keras: Verdict) -> str:
    spec = "\n".join(f"    {line}" for line in chain.text().splitlines())
    return f"a chain: {what}\n{spec}\n    layerctl {static}\n    Keras    {keras}"


def chains(count: int, seed: int | str) -> Iterator[Drawn]:
    """So many different chains."""
    seen: set[str] = set()
    for number in range(count * 3):
        drawn = draw(Random(f"{seed}:chain:{number}"))
        if len(drawn.chain.links) >= 2 and (text := drawn.chain.text()) not in seen:
            seen.add(text)
            yield drawn
            if len(seen) == count:
                return
