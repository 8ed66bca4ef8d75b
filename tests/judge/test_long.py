"""Chains of layers and the long run over all layers: they agree with Keras, and mistakes are detected."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from layerctl.catalog.layers.add import Add
from layerctl.catalog.layers.flatten import Flatten
from layerctl.catalog.layers.repeat_vector import RepeatVector
from tests.judge import long
from tests.judge.chains import Chain, Drawn, Finding, chains, functional, judge
from tests.judge.long import CHAINS, PORTION, portions, report
from tests.judge.table import TABLE

COUNT = 12


def test_portions_are_of_every_layer_and_of_chains() -> None:
    all_portions = portions(52_000)
    assert {name for name, _ in all_portions} == {*TABLE, CHAINS}
    assert len(set(all_portions)) == len(all_portions)
    assert sum(PORTION[name == CHAINS] for name, _ in all_portions) >= 52_000
    assert {name for name, _ in all_portions[::97]} > {CHAINS}, "a shard has some of both"


def test_chains_branch_and_merge_and_some_are_refused() -> None:
    drawn_chains = list(chains(60, "0"))
    assert len({drawn.chain.text() for drawn in drawn_chains}) == 60
    assert 10 < sum(drawn.compiled is None for drawn in drawn_chains) < 40
    assert any(
        isinstance(link.source, tuple) and len(set(link.source)) > 1 for drawn in drawn_chains for link in drawn.chain.links
    )
    assert any(None in tensor.shape for drawn in drawn_chains for tensor in drawn.chain.tensors)
    assert max(len(drawn.chain.links) for drawn in drawn_chains) == 8


def test_the_same_seed_gives_the_same_chains() -> None:
    def texts(seed: str) -> list[str]:
        return [drawn.chain.text() for drawn in chains(8, seed)]

    assert texts("a") == texts("a") != texts("b")


def tally(**changed: int) -> dict[str, Any]:
    good = {"cases": 40, "excused": 2, "valid": 20, "valid_agreed": 20, "verdict_agreed": 38, "crashes": 0}
    return good | {"texts": ["a", "b"], "shown": []} | changed


@pytest.mark.parametrize(
    ("changed", "status"),
    [({}, 0), ({"valid_agreed": 19}, 1), ({"verdict_agreed": 36}, 1), ({"crashes": 1}, 1), ({"valid": 0, "valid_agreed": 0}, 0)],
)
def test_the_last_line_and_the_status(changed: dict[str, int], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert report({("Dense", 0): tally(**changed), ("Dense", 1): tally()}, complete=True) == status
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("80 cases (2 different): valid agreed ")
    assert "accept/reject agreed " in last


def test_a_share_is_100_percent_only_if_all_agree() -> None:
    assert long.share(99_999, 100_000) == "99.999 %"
    assert long.share(999_999, 1_000_000) == "99.999 %"
    assert long.share(7, 7) == "100.000 %"


@pytest.mark.keras
@pytest.mark.usefixtures("keras")
class TestAgainstKeras:
    def test_chains_agree(self) -> None:
        findings = [judge(drawn) for drawn in chains(COUNT, "quick")]
        assert not [each.says for each in findings if each.says]
        verdicts = Counter(each.accepted for each in findings)
        assert verdicts[True]
        assert verdicts[False]

    def of(self, *names: str) -> list[Finding]:
        """The findings of chains with one of these layers."""
        matching = (each for each in chains(400, "planted") if {link.layer for link in each.chain.links} & set(names))
        return [judge(drawn) for drawn, _ in zip(matching, range(8), strict=False)]

    def test_finds_a_wrong_shape(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Flatten, "compute_output_shape", lambda self, shape: (shape[0], 7))
        assert any(each.says for each in self.of("Flatten"))

    def test_finds_a_missing_refusal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(RepeatVector, "compute_output_shape", lambda self, shape: (shape[0], self.n, *shape[1:]))
        assert any("layerctl accepts, Keras does not" in each.says for each in self.of("RepeatVector"))

    def test_finds_a_dtype_that_differs_when_the_model_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Keras promises that Add returns floats, but it returns integers: a Softmax after it is built, and cannot run."""
        from layerctl.compiler.pipeline import compile_text
        from tests.judge.case import Input
        from tests.judge.chains import Link

        links = (Link("Add", {}, ("a", "a")), Link("Softmax", {}, "n0"))
        chain = Chain({"a": Input((4,), "int32")}, links)
        refused = compile_text(chain.text())
        assert [each.code.id for each in refused.diagnostics] == ["LC407"]
        assert judge(Drawn(chain, None, "LC407")) == Finding(False)
        monkeypatch.setattr(Add, "keeps_dtype_when_run", False)
        assert "layerctl accepts, Keras does not" in judge(Drawn(chain, compile_text(chain.text()))).says

    def test_a_chain_built_directly_has_all_layers_and_outputs(self) -> None:
        drawn = next(each for each in chains(20, "parts") if each.compiled is not None)
        model, layers = functional(drawn.chain)
        assert len(layers) == len(drawn.chain.links)
        assert len(model.outputs) == len(drawn.chain.outputs)
