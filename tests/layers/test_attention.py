"""Attention, AdditiveAttention, MultiHeadAttention, GroupQueryAttention."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.catalog import CATALOGS
from layerctl.compiler.pipeline import compile_text
from tests.layers.single import accepted, refused

INPUTS: dict[str, Any] = {
    "q": [5, 4],
    "v": [6, 7],
    "k": [6, 4],
    "w": [6, 4],
    "n": [None, 4],
    "image": [2, 5, 4],
    "film": [2, 6, 4],
    "big": [3, 6, 4],
    "qm": {"shape": [5], "dtype": "bool"},
    "vm": {"shape": [6], "dtype": "bool"},
    "m": {"shape": [5, 6], "dtype": "bool"},
    "heads": {"shape": [2, 5, 6], "dtype": "bool"},
    "full": {"shape": [2, 5, 2, 6], "dtype": "bool"},
    "text": {"shape": [5, 6], "dtype": "string"},
    "ids": {"shape": [6, 4], "dtype": "int32"},
}


def item(layer: str, inputs: str, call: str = "") -> str:
    return f"{{{layer}, inputs: {inputs}{', call_args: {' + call + '}' if call else ''}}}"


SCORES = "return_attention_scores: true"
CAUSAL = "use_causal_mask: true"


@pytest.mark.parametrize(
    ("layer", "inputs", "call", "shapes", "weights", "macs"),
    [
        ("Attention: null", "[q, k]", "", [(5, 4)], "", 5 * 6 * 8),
        ("Attention: null", "[q, v, k]", "", [(5, 7)], "", 5 * 6 * 11),
        ("Attention: true", "[q, k]", "", [(5, 4)], "scale()", 240),
        ("Attention: {score_mode: concat}", "[q, k]", "", [(5, 4)], "concat_score_weight()", 240),
        (
            "Attention: {use_scale: true, score_mode: concat, dropout: 0.1}",
            "[q, k]",
            SCORES,
            [(5, 4), (5, 6)],
            "scale() concat_score_weight()",
            240,
        ),
        ("Attention: null", "{inputs: [q, k], mask: [qm, vm]}", CAUSAL, [(5, 4)], "", 240),
        ("Attention: null", "[image, film]", SCORES, [(2, 5, 4), (2, 5, 6)], "", 480),
        ("Attention: null", "[n, k]", SCORES, [(None, 4), (None, 6)], "", None),
        ("Attention: null", "[n, n]", "", [(None, 4)], "", None),
        ("AdditiveAttention: null", "[q, v, k]", "", [(5, 7)], "scale(4,)", 330),
        ("AdditiveAttention: {use_scale: false, seed: 3}", "[q, k]", SCORES, [(5, 4), (5, 6)], "", 240),
    ],
)
def test_attention_on_a_list(layer: str, inputs: str, call: str, shapes: list[Any], weights: str, macs: int | None) -> None:
    actual = accepted(item(layer, inputs, call), INPUTS)
    assert (list(actual.shapes), actual.weights, actual.macs) == (shapes, weights, macs)


def projections(query: int, key: int, value: int, *, heads: int, size: int, out: int) -> str:
    """Weights of heads of one size: kernels and biases of query, key, value and output."""
    three = " ".join(f"kernel({width}, {heads}, {size}) bias({heads}, {size})" for width in (query, key, value))
    return f"{three} kernel({heads}, {size}, {out}) bias({out},)"


MULTI = "MultiHeadAttention: {num_heads: 2, key_dim: 3}"
PLAIN = projections(4, 4, 4, heads=2, size=3, out=4)


@pytest.mark.parametrize(
    ("layer", "inputs", "call", "shapes", "weights", "macs"),
    [
        (MULTI, "{query: q, value: q}", "", [(5, 4)], PLAIN, 4 * 120 + 2 * 25 * 6),
        (MULTI, "{query: q, value: v}", "", [(5, 4)], projections(4, 7, 7, heads=2, size=3, out=4), 240 + 2 * 252 + 360),
        (
            MULTI,
            "{query: q, value: v, key: k}",
            "",
            [(5, 4)],
            projections(4, 4, 7, heads=2, size=3, out=4),
            240 + 144 + 252 + 360,
        ),
        (MULTI, "{query: q, value: q}", f"{SCORES}, {CAUSAL}", [(5, 4), (2, 5, 5)], PLAIN, 780),
        (MULTI, "{query: n, value: n}", SCORES, [(None, 4), (2, None, None)], PLAIN, None),
        (
            "MultiHeadAttention: {num_heads: 2, key_dim: 3, value_dim: 5, use_bias: false}",
            "{query: q, value: v}",
            "",
            [(5, 4)],
            "kernel(4, 2, 3) kernel(7, 2, 3) kernel(7, 2, 5) kernel(2, 5, 4)",
            120 + 252 + 420 + 200 + 5 * 6 * 2 * 8,
        ),
        (
            "MultiHeadAttention: {num_heads: 2, key_dim: 3, output_shape: [2, 9], use_gate: true}",
            "{query: q, value: q}",
            "",
            [(5, 2, 9)],
            " ".join(["kernel(4, 2, 3) bias(2, 3)"] * 4) + " kernel(2, 3, 2, 9) bias(2, 9)",
            4 * 120 + 5 * 6 * 18 + 300,
        ),
        ("MultiHeadAttention: {num_heads: 2, key_dim: 3, output_shape: 9}", "{query: q, value: q}", "", [(5, 9)], None, 930),
        (MULTI, "{query: image, value: film}", "", [(2, 5, 4)], PLAIN, 240 + 2 * 288 + 240 + 2 * 120 * 6),
        (
            "MultiHeadAttention: {num_heads: 2, key_dim: 3, attention_axes: 2}",
            "{query: image, value: film}",
            "",
            [(2, 5, 4)],
            PLAIN,
            240 + 2 * 288 + 240 + 2 * 2 * 30 * 6,
        ),
        (MULTI.replace("}", ", attention_axes: -2}"), "{query: image, value: film}", "", [(2, 5, 4)], PLAIN, 1776),
        (MULTI, "{query: q, value: k, attention_mask: m, value_mask: vm, query_mask: vm}", CAUSAL, [(5, 4)], PLAIN, None),
        (MULTI, "{query: q, value: k, attention_mask: heads}", "", [(5, 4)], PLAIN, None),
        (MULTI, "{query: image, value: film, attention_mask: full}", "", [(2, 5, 4)], PLAIN, None),
        (
            MULTI.replace("}", ", attention_axes: 1, sliding_window: 1}"),
            "{query: image, value: image}",
            CAUSAL,
            None,
            PLAIN,
            None,
        ),
        (
            "GroupQueryAttention: {head_dim: 3, num_query_heads: 4, num_key_value_heads: 2}",
            "{query: q, value: k, query_mask: qm, key_mask: vm}",
            SCORES,
            [(5, 4), (4, 5, 6)],
            "kernel(4, 4, 3) bias(4, 3) kernel(4, 2, 3) bias(2, 3) kernel(4, 2, 3) bias(2, 3) kernel(4, 3, 4) bias(4,)",
            240 + 2 * 144 + 240 + 4 * 30 * 6,
        ),
    ],
)
def test_attention_by_argument_names(
    layer: str, inputs: str, call: str, shapes: Any, weights: str | None, macs: int | None
) -> None:
    actual = accepted(item(layer, inputs, call), INPUTS)
    assert list(actual.shapes) == (shapes or [(2, 5, 4)])
    assert weights in (None, actual.weights)
    assert macs in (None, actual.macs)


def test_keras_promises_scores_of_queries_by_queries() -> None:
    """Keras promises this whatever the number of keys, and the static result must equal what the built model reports."""
    assert accepted(item(MULTI, "{query: q, value: v}", SCORES), INPUTS).shapes == ((5, 4), (2, 5, 5))


@pytest.mark.parametrize(
    ("layer", "inputs", "call", "code", "words"),
    [
        ("Attention: null", "q", "", "LC306", "a list of tensors"),
        ("Attention: null", "[q]", "", "LC409", "[query, value] or [query, value, key]; got 1 tensor"),
        ("Attention: null", "[q, v]", "", "LC409", "equally wide; the query (batch, 5, 4) has 4 features"),
        ("AdditiveAttention: null", "[q, k, v]", "", "LC409", "the key (batch, 6, 7) has 7"),
        ("Attention: null", "[q, q, k]", "", "LC409", "the value (batch, 5, 4) has 5 steps"),
        ("Attention: null", "[q, image]", "", "LC401", "value of rank 3, as the query has it"),
        ("Attention: null", "[qm, qm]", "", "LC401", "query of rank 3"),
        ("Attention: null", "[image, big]", "", "LC409", "differ in the axes before the steps"),
        ("Attention: null", "[ids, ids]", "", "LC407", "floats"),
        ("Attention: null", "{query: q}", "", "LC201", "not called with `query`"),
        ("Attention: null", "{inputs: [q, k], mask: qm}", "", "LC407", "a list [query mask, value mask]"),
        ("Attention: null", "{inputs: [q, k], mask: [vm, vm]}", "", "LC409", "mask of the query of shape (batch, 5)"),
        ("Attention: null", "{inputs: [q, k], mask: [qm, qm]}", CAUSAL, "LC409", "mask of the value of shape (batch, 6)"),
        ("Attention: {score_mode: product}", "[q, k]", "", "LC205", "`dot`"),
        ("AdditiveAttention: {score_mode: dot}", "[q, k]", "", "LC201", "no argument `score_mode`"),
        ("Attention: {dropout: 2.0}", "[q, k]", "", "LC205", "from 0 to 1"),
        ("Attention: null", "[q, k]", "return_attention_scores: 1", "LC204", "`true` or `false`"),
        (MULTI, "q", "", "LC305", "it is not given `value`"),
        (MULTI, "[q, v]", "", "LC305", "it is not given `value`"),
        (MULTI, "{query: q}", "", "LC305", "it is not given `value`"),
        (MULTI, "{value: q}", "", "LC305", "needs `query`"),
        (MULTI, "{query: q, values: v}", "", "LC201", "not called with `values`"),
        (MULTI, "{query: q, value: [v, k]}", "", "LC409", "`value` takes one tensor"),
        (MULTI, "{query: q, value: image}", "", "LC401", "value of rank 3, as the query has it"),
        (MULTI, "{query: qm, value: qm}", "", "LC401", "query of rank 3"),
        (MULTI, "{query: q, value: q, key: k}", "", "LC409", "each key needs its value"),
        (MULTI, "{query: q, value: n, key: k}", "", "LC409", "each key needs its value"),
        (MULTI, "{query: q, value: k, attention_mask: qm}", "", "LC409", "the shape (batch, 5, 6); got (batch, 5)"),
        (MULTI, "{query: q, value: k, attention_mask: text}", "", "LC407", "got text"),
        (MULTI, "{query: q, value: k, value_mask: qm}", "", "LC409", "the shape (batch, 6); got (batch, 5)"),
        (MULTI, "{query: image, value: image}", CAUSAL, "LC409", "`use_causal_mask` compares axis 1"),
        (MULTI, "{query: q, value: k, use_causal_mask: m}", "", "LC204", "on or off"),
        (MULTI.replace("}", ", attention_axes: 2}"), "{query: q, value: k}", "", "LC403", "between batch and features"),
        (MULTI.replace("}", ", attention_axes: [1, 1]}"), "{query: image, value: film}", "", "LC403", "between batch"),
        (MULTI.replace("}", ", attention_axes: 2}"), "{query: image, value: big}", "", "LC409", "differ along axis 1"),
        (MULTI.replace("}", ", flash_attention: true, dropout: 0.1}"), "{query: q, value: k}", "", "LC209", "cannot drop"),
        (MULTI.replace("}", ", flash_attention: true}"), "{query: q, value: k}", SCORES, "LC409", "does not compute the scores"),
        (MULTI.replace("}", ", bias_initializer: null}"), "{query: q, value: k}", "", "LC209", "cannot be null"),
        (MULTI.replace("3", "0"), "{query: q, value: k}", "", "LC205", "a positive integer"),
        ("MultiHeadAttention: 2", "{query: q, value: k}", "", "LC203", "needs `key_dim`"),
        (MULTI.replace("}", ", sliding_window: 0}"), "{query: q, value: k}", "", "LC205", "a positive integer"),
        (
            "GroupQueryAttention: {head_dim: 3, num_query_heads: 4, num_key_value_heads: 3}",
            "{query: q, value: k}",
            "",
            "LC209",
            "cannot share 3",
        ),
        (
            "GroupQueryAttention: {head_dim: 3, num_query_heads: 4, num_key_value_heads: 2}",
            "{query: q, value: v}",
            "",
            "LC409",
            "equally wide",
        ),
        (
            "GroupQueryAttention: {head_dim: 3, num_query_heads: 4, num_key_value_heads: 2}",
            "{query: image, value: image}",
            "",
            "LC401",
            "rank 3",
        ),
        ("{TimeDistributed: {MultiHeadAttention: {num_heads: 2, key_dim: 3}}}"[1:-1], "image", "", "LC209", "`query`, `value`"),
    ],
)
def test_refusals(layer: str, inputs: str, call: str, code: str, words: str) -> None:
    diagnostic = refused(item(layer, inputs, call), INPUTS)
    assert diagnostic.code.id == code
    assert words in diagnostic.message


def test_features_must_be_known() -> None:
    diagnostic = refused(item(MULTI, "{query: x, value: x}"), {"x": [5, None]})
    assert diagnostic.code.id == "LC406"
    assert "projection of the query" in diagnostic.message


def test_a_second_call_may_change_the_steps_but_not_the_rank() -> None:
    spec = "inputs: {a: [5, 4], b: %s}\nlayers:\n"
    spec += f"- {{{MULTI}, name: one, inputs: {{query: a, value: a}}}}\n"
    spec += "- {reuse: one, name: two, inputs: {query: b, value: b}}\noutputs: [one, two]\n"
    assert compile_text(spec % "[9, 4]").ok
    for shape, code in (("[9, 3]", "LC409"), ("[2, 9, 4]", "LC401")):
        (diagnostic,) = compile_text(spec % shape).diagnostics
        assert diagnostic.code.id == code


def test_scores_are_a_second_output() -> None:
    spec = "inputs: {q: [5, 4], v: [5, 4]}\nlayers:\n"
    spec += f"- {item(MULTI, '{query: q, value: v}', SCORES)}\n- {{Flatten: null, inputs: 'multi_head_attention[1]'}}\n"
    model = compile_text(spec).model
    assert model is not None
    assert model.nodes[-1].output.shape == (None, 50)  # type: ignore[union-attr]


def test_dtypes() -> None:
    actual = accepted(item(MULTI, "{query: q, value: ids}", SCORES), INPUTS, dtype="mixed_bfloat16")
    assert actual.dtypes == ("bfloat16", "bfloat16")
    assert accepted(item("Attention: {dtype: float64}", "[q, k]"), INPUTS).dtypes == ("float64",)


def test_default_name_is_that_of_keras() -> None:
    layer = "GroupQueryAttention: {head_dim: 3, num_query_heads: 4, num_key_value_heads: 2}"
    model = compile_text(f"inputs: {{q: [5, 4]}}\nlayers:\n- {item(layer, '{query: q, value: q}')}\n").model
    assert model is not None
    assert model.graph.nodes[-1].name == "grouped_query_attention"


ORDER = {
    "Attention": "use_scale score_mode dropout seed",
    "AdditiveAttention": "use_scale dropout seed",
    "MultiHeadAttention": "num_heads key_dim value_dim dropout use_bias output_shape attention_axes sliding_window "
    "flash_attention kernel_initializer use_gate seed",
    "GroupQueryAttention": "head_dim num_query_heads num_key_value_heads dropout use_bias sliding_window flash_attention "
    "kernel_initializer use_gate seed",
}


@pytest.mark.parametrize("name", ORDER)
def test_arguments_are_in_the_order_of_keras(name: str) -> None:
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    fields = cls.own_fields()
    names = ORDER[name].split()
    assert sorted(names, key=fields.index) == names
