"""Every layer and function on sparse vectors, against Keras."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from layerctl.compiler.pipeline import compile_text
from tests.judge.case import Fed, Input
from tests.judge.chains import Chain, Drawn, Link, judge, single
from tests.judge.table import MERGES, TABLE
from tests.judge.values import arguments

MAKERS = {
    "floats": Link("Hashing", {"num_bins": 4, "output_mode": "multi_hot", "sparse": True}, "a"),
    "integers": Link("IntegerLookup", {"vocabulary": (1, 2, 3), "output_mode": "multi_hot", "sparse": True}, "a"),
}
"""Layers that make sparse vectors: of the floats that Keras promises, and of integers in their place."""
INPUTS = {"a": Input((3,), "int32"), "b": Input((4,))}
JOINING = (*sorted(MERGES), "Concatenate", "Dot")
DRAWS = 30


def drawn(name: str, maker: Link, source: str | tuple[str, ...]) -> Iterator[Drawn]:
    """Up to two chains of that layer on sparse vectors, of those that would be accepted on dense ones."""
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    assert issubclass(cls, Layer)
    fed: Fed = Input((4,)) if isinstance(source, str) else tuple(Input((4,)) for _ in source)
    seen: set[str] = set()
    for seed in range(DRAWS):
        rng = Random(seed)
        args = TABLE[name].finish(rng, arguments(rng, cls, fed, TABLE[name].args, wrong=0))
        if {"dtype", "autocast"} & set(args):
            continue
        dense = Chain(INPUTS, (Link(maker.layer, {**maker.args, "sparse": False}, "a"), Link(name, args, source)))
        if dense.text() in seen or not compile_text(dense.text()).ok:
            continue
        seen.add(dense.text())
        chain = Chain(INPUTS, (maker, Link(name, args, source)), ones=True)
        compiled = compile_text(chain.text())
        says = "; ".join(each.message for each in compiled.diagnostics if each.is_error)
        yield Drawn(chain, compiled if compiled.ok else None, says)
        if len(seen) == 2:
            return


@pytest.mark.keras
@pytest.mark.usefixtures("keras")
class TestAgainstKeras:
    @pytest.mark.parametrize("maker", MAKERS)
    @pytest.mark.parametrize("name", single())
    def test_a_layer(self, name: str, maker: str) -> None:
        findings = [judge(case) for case in drawn(name, MAKERS[maker], "n0")]
        assert not [finding.says for finding in findings if finding.says]

    @pytest.mark.parametrize("maker", MAKERS)
    @pytest.mark.parametrize("source", [("n0", "n0"), ("n0", "b"), ("b", "n0")], ids="+".join)
    @pytest.mark.parametrize("name", JOINING)
    def test_a_layer_that_joins(self, name: str, source: tuple[str, ...], maker: str) -> None:
        findings = [judge(case) for case in drawn(name, MAKERS[maker], source)]
        assert findings
        assert not [finding.says for finding in findings if finding.says]


def test_layers_that_take_sparse_vectors_are_among_them() -> None:
    accepted = {name for name in single() for case in drawn(name, MAKERS["floats"], "n0") if case.compiled is not None}
    refused = {name for name in single() for case in drawn(name, MAKERS["floats"], "n0") if case.compiled is None}
    assert {"Dense", "Embedding", "Flatten", "Reshape"} <= accepted
    assert {"ReLU", "BatchNormalization", "Dropout"} <= refused
