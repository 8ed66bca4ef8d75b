"""Generates graphs of several layers with branches, merges and reshapes, and compares them with Keras."""

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
"""The lowest and the highest number of layers in a chain."""
TRIES = 25
"""How often the next layer is redrawn until it is accepted, or, as the last of a chain to be refused, refused."""
VALUES = r"indices\[.* (is not in \[0|out of range \[0)|Negative input value found"
"""Errors about values that are no valid index: layers turn the zeros of the input into other numbers."""
CRASH = "CRASH"
LARGEST = 20_000
"""The largest number of values of a sample between two layers."""
UNLIKE_SIZES = (
    r"^\(run, \? = .*\) promises |"
    r"^\(run, .*(Incompatible shapes|Dimensions must be equal|Dimension \d+ in both shapes|Dimension must be \d+ but is"
    r"|Cannot do batch_dot|Invalid channel size|must be (broadcastable|equal|unchanged)|compatible batch|doesn't match"
    r"|Dimension .*concat)"
)
"""Errors of a running model about different sizes that were unknown when it was built: both sides then know only `?`. After a
Concatenate along axis 0 the batch is such a size, too."""
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
"""The inputs of a layer: a name, a list of names, or names by call arguments."""


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

    available: Mapping[str, Input]
    links: tuple[Link, ...]
    ones: bool = False
    again: None = None

    @property
    def items(self) -> Sequence[Item]:
        return tuple(Item(link.layer, link.args) for link in self.links)

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs that some layer uses."""
        used = {name for link in self.links for name in link.sources}
        return {name: tensor for name, tensor in self.available.items() if name in used}

    @property
    def tensors(self) -> list[Input]:
        return list(self.inputs.values())

    @property
    def outputs(self) -> list[str]:
        """The layers whose outputs no other layer uses."""
        used = {name for link in self.links for name in link.sources}
        return [name for name in map("n{}".format, range(len(self.links))) if name not in used]

    def with_link(self, link: Link) -> Chain:
        return Chain(self.available, (*self.links, link))

    def text(self) -> str:
        """The chain as a spec, a layer in each line."""
        lines = ["inputs: " + flow({name: written(tensor) for name, tensor in self.inputs.items()}), "layers:"]
        for number, link in enumerate(self.links):
            lines.append("- " + flow({link.layer: link.args or None, "name": f"n{number}", "inputs": link.source}))
        return "\n".join([*lines, "outputs: " + flow(self.outputs)]) + "\n"


class Drawn(NamedTuple):
    """A chain and layerctl's verdict: the compiled spec, or why its last layer is refused."""

    chain: Chain
    compiled: Compiled | None
    refusal: str = ""


@cache
def single() -> tuple[str, ...]:
    """The layers that can be called on one tensor."""
    names = []
    for name in TABLE:
        cls = CATALOGS["layers"].find(name)
        assert cls is not None
        assert issubclass(cls, Layer)
        if cls.input_kind in ("tensor", "each") and not cls.required_arguments:
            names.append(name)
    return tuple(names)


def draw(rng: Random) -> Drawn:
    """A chain of accepted layers, sometimes with a last one that is refused."""
    inputs = {name: rng.choice(FEEDS)(rng) for name in ("a", "b")[: rng.choice((1, 1, 2))]}
    pool = {name: (each.batch, *each.shape) for name, each in inputs.items()}
    dtypes = {name: each.dtype for name, each in inputs.items()}
    chain = Drawn(Chain(inputs, ()), None)
    length, bad = rng.randint(LEAST, MOST), rng.random() < 0.35
    while len(chain.chain.links) < length:
        refuse = bad and len(chain.chain.links) == length - 1
        longer = with_next_layer(rng, chain.chain, pool, dtypes, refuse=refuse)
        if longer is None:
            break
        chain = longer
        if longer.compiled is None:
            break
        out = output(longer.compiled)
        assert out is not None
        pool[f"n{len(longer.chain.links) - 1}"], dtypes[f"n{len(longer.chain.links) - 1}"] = out
    return chain


def with_next_layer(
    rng: Random, chain: Chain, pool: Mapping[str, Any], dtypes: Mapping[str, str], *, refuse: bool
) -> Drawn | None:
    """The chain with one more layer, or None if no suitable one was drawn."""
    for _ in range(TRIES):
        longer = chain.with_link(link(rng, pool, dtypes, wrong=0.5 if refuse else 0.02))
        try:
            compiled = compile_text(longer.text())
        except Exception as error:  # any exception is a finding
            return Drawn(longer, None, f"{CRASH} {type(error).__name__}: {error}")
        if refuse and not compiled.ok:
            errors = [d for d in compiled.diagnostics if d.is_error]
            return Drawn(longer, None, "; ".join(f"{d.code.id} {d.message}" for d in errors))
        if not refuse and compiled.ok and output(compiled) is not None:
            return Drawn(longer, compiled)
    return None


def output(compiled: Compiled) -> tuple[tuple[int | None, ...], str] | None:
    """Shape and dtype of the last layer's output; None if it is not a single tensor, or too large."""
    assert compiled.model is not None
    last = compiled.model.nodes[-1].output
    if not isinstance(last, Tensor) or prod(dim or 13 for dim in last.shape[1:]) > LARGEST:
        return None
    return tuple(last.shape), last.dtype


def link(rng: Random, pool: Mapping[str, Any], dtypes: Mapping[str, str], *, wrong: float) -> Link:
    """A further layer: mostly on the last tensor, sometimes on an earlier one, or on several."""
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
    drawn = arguments(rng, cls, fed, row.args, wrong=wrong, common=0.02)
    return Link(layer, row.finish(rng, drawn), source)


def plain(shape: tuple[int | None, ...], dtype: str) -> Input:
    return Input(shape[1:], dtype, shape[0])


def functional(chain: Chain) -> tuple[Any, list[Any]]:
    """The chain built directly with Keras, layer by layer."""
    k = keras_side.keras()
    values = {name: k.Input(each.shape, dtype=each.dtype, batch_size=each.batch) for name, each in chain.inputs.items()}
    entries = list(values.values())
    layers = []
    for number, step in enumerate(chain.links):
        layers.append(keras_side.construct(step.layer, step.args))
        if isinstance(step.source, Mapping):
            values[f"n{number}"] = layers[-1](**{key: values[name] for key, name in step.source.items()})
        elif isinstance(step.source, str):
            values[f"n{number}"] = layers[-1](values[step.source])
        else:
            values[f"n{number}"] = layers[-1]([values[name] for name in step.source])
    return k.Model(entries, k.tree.flatten([values[name] for name in chain.outputs])), layers


def open_sizes(chain: Chain, compiled: Compiled) -> bool:
    """Whether a size other than the common batch is unknown."""
    assert compiled.model is not None
    mixed = any(link.layer == "Concatenate" for link in chain.links)
    outputs = (tensor for node in compiled.model.nodes if node.output is not None for tensor in leaves(node.output))
    return mixed or any(None in tensor.shape[1:] for tensor in outputs)


class Finding(NamedTuple):
    """The comparison of a chain with Keras.

    Attributes:
        accepted: whether Keras accepts it; None if this machine cannot judge it.
        says: the disagreement, or empty.
        excused: whether it is a deliberate refusal.
    """

    accepted: bool | None
    says: str = ""
    excused: bool = False


def judge(drawn: Drawn) -> Finding:
    """Compares a chain with Keras; of a refused one, Keras must accept the layers before the last, and refuse the last."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _judge(drawn)


def _judge(drawn: Drawn) -> Finding:
    chain = drawn.chain
    if drawn.refusal.startswith(CRASH):
        return Finding(True, described(chain, "layerctl fails", drawn.refusal, Verdict(False, "not asked")))
    if drawn.compiled is not None:
        return accepted(chain, drawn.compiled)
    before = Chain(chain.available, chain.links[:-1])
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
    """Compares a chain that layerctl accepts: Keras must give every layer the same shapes, dtypes and weights."""
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
    if open_sizes(chain, compiled) and re.search(UNLIKE_SIZES, keras.says):
        return Finding(False, excused=True)
    return Finding(False, described(chain, "layerctl accepts, Keras does not", "accepts", keras))


def described(chain: Chain, what: str, static: str, keras: Verdict) -> str:
    spec = "\n".join(f"    {line}" for line in chain.text().splitlines())
    return f"a chain: {what}\n{spec}\n    layerctl {static}\n    Keras    {keras}"


def chains(count: int, seed: int | str) -> Iterator[Drawn]:
    """`count` different chains."""
    seen: set[str] = set()
    for number in range(count * 3):
        drawn = draw(Random(f"{seed}:chain:{number}"))
        if len(drawn.chain.links) >= 2 and (text := drawn.chain.text()) not in seen:
            seen.add(text)
            yield drawn
            if len(seen) == count:
                return
