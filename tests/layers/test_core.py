"""EinsumDense, Embedding, Identity, Masking, ReversibleEmbedding, and what a spec cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.compiler.pipeline import compile_text
from tests.layers.single import accepted, refused


def einsum(equation: str, output_shape: str, **more: str) -> str:
    arguments = {"equation": f'"{equation}"', "output_shape": output_shape} | more
    return f"EinsumDense: {{{', '.join(f'{key}: {value}' for key, value in arguments.items())}}}"


@pytest.mark.parametrize(
    ("item", "shape", "result", "weights", "macs"),
    [
        (einsum("ab,bc->ac", "4", bias_axes="c"), [3], (4,), "kernel(3, 4) bias(4,)", 12),
        (einsum("abc,cd->abd", "[null, 4]", bias_axes="d"), [5, 3], (None, 4), "kernel(3, 4) bias(4,)", 60),
        (einsum("abc,cd->abd", "[5, 4]", bias_axes="bd"), [5, 3], (5, 4), "kernel(3, 4) bias(5, 4)", 60),
        (einsum("abc,cd->abd", "[null, 4]"), [None, 3], (None, 4), "kernel(3, 4)", None),
        (einsum("...a,ab->...b", "4", bias_axes="b"), [5, 3], (5, 4), "kernel(3, 4) bias(4,)", 60),
        (einsum("...a,ab->...b", "4"), [5, 5, 3], (5, 5, 4), "kernel(3, 4)", 300),
        (einsum("ab...,bc->ac...", "4", bias_axes="c"), [3, 5, 6], (4, 5, 6), "kernel(3, 4) bias(4, 1, 1)", 360),
        (einsum("abc,cde->abde", "[null, 2, 4]", bias_axes="de"), [5, 3], (None, 2, 4), "kernel(3, 2, 4) bias(2, 4)", 120),
        (einsum("abc,bd->ad", "4"), [5, 3], (4,), "kernel(5, 4)", 60),
        (einsum("ab,b->ab", "3"), [3], (3,), "kernel(3,)", 3),
        (
            einsum("ab,bc->ac", "4", bias_axes="c", lora_rank="2"),
            [3],
            (4,),
            "kernel(3, 4)* bias(4,) lora_kernel_a(3, 2) lora_kernel_b(2, 4)",
            12,
        ),
    ],
)
def test_einsum_dense(item: str, shape: list[Any], result: tuple[Any, ...], weights: str, macs: int | None) -> None:
    actual = accepted(item, shape)
    assert (actual.shape, actual.weights, actual.macs) == (result, weights, macs)


@pytest.mark.parametrize(
    ("item", "shape", "code", "words"),
    [
        (einsum("ab,bc", "4"), [3], "LC205", "an equation like"),
        (einsum("ab, bc->ac", "4"), [3], "LC205", "an equation like"),
        (einsum("a...,ac->c...", "4"), [3], "LC205", "an equation like"),
        (einsum("ab,bc->ad", "4"), [3], "LC209", "the output's `d`"),
        (einsum("ab,bcd->ac", "4"), [3], "LC209", "the kernel's `d`"),
        (einsum("ab,bc->acc", "[4, 4]"), [3], "LC209", "stands twice"),
        (einsum("ab,bc->ac", "4", bias_axes="b"), [3], "LC209", "`bias_axes` names `b`"),
        (einsum("ab,bc->ac", "4", bias_axes='""'), [3], "LC209", "no axis"),
        (einsum("ab,bc->ac", "0"), [3], "LC20", "a positive integer"),
        (einsum("ab,bc->ac", "4"), [3, 5], "LC401", "rank 2; got rank 3"),
        (einsum("abc,cd->abd", "[null, 4]"), [3], "LC401", "rank 3; got rank 2"),
        (einsum("ab,bc->ac", "[4, 3]"), [3], "LC409", "needs 1 of the sizes"),
        (einsum("abc,cd->abd", "[4, 4]"), [3, 5], "LC409", "axis `b` 4 values"),
        (einsum("abc,cd->abd", "[3, 4]"), [None, 5], "LC409", "axis `b` 3 values"),
        (einsum("abb,bc->ac", "4"), [3, 5], "LC409", "different sizes"),
        (einsum("ab,bc->ac", "[null]"), [3], "LC406", "kernel"),
        (einsum("ab,bc->ac", "4"), [None], "LC406", "kernel"),
        (einsum("abc,cd->abd", "[null, 4]", bias_axes="b"), [3, 5], "LC406", "bias"),
        (einsum("...a,ab->...b", "4"), [7, 5, 3], "LC409", "mixes up"),
        (einsum("ab,bc->ac", "4", lora_rank="2", kernel_constraint="NonNeg"), [3], "LC209", "exclude each other"),
    ],
)
def test_einsum_dense_refuses(item: str, shape: list[Any], code: str, words: str) -> None:
    diagnostic = refused(item, shape)
    assert diagnostic.code.id.startswith(code)
    assert words in diagnostic.message


def test_the_help_for_mixed_up_axes_gives_a_valid_equation() -> None:
    diagnostic = refused(einsum("...a,ab->...b", "4"), [7, 5, 3])
    assert diagnostic.help is not None
    assert "`equation: cdea,ab->cdeb` and `output_shape: [7, 5, 4]`" in diagnostic.help
    assert accepted(einsum("cdea,ab->cdeb", "[7, 5, 4]"), [7, 5, 3]).shape == (7, 5, 4)


TABLE = "{input_dim: 100, output_dim: 8}"


@pytest.mark.parametrize(
    ("item", "shape", "result", "weights"),
    [
        (f"Embedding: {TABLE}", [20], (20, 8), "embeddings(100, 8)"),
        (f"Embedding: {TABLE}", [], (8,), "embeddings(100, 8)"),
        (f"Embedding: {TABLE}", [None, 3], (None, 3, 8), "embeddings(100, 8)"),
        (
            "Embedding: {input_dim: 100, output_dim: 8, lora_rank: 2}",
            [20],
            (20, 8),
            "embeddings(100, 8)* lora_embeddings_a(100, 2) lora_embeddings_b(2, 8)",
        ),
        (f"ReversibleEmbedding: {TABLE}", [20], (20, 8), "embeddings(100, 8)"),
        (
            "ReversibleEmbedding: {input_dim: 100, output_dim: 8, tie_weights: false}",
            [20],
            (20, 8),
            "embeddings(100, 8) reverse_embeddings(8, 100)",
        ),
    ],
)
@pytest.mark.parametrize("dtype", ["int32", "float32", "bool"])
def test_embedding(item: str, shape: list[Any], result: tuple[Any, ...], weights: str, dtype: str) -> None:
    actual = accepted(item, {"x": {"shape": shape, "dtype": dtype}})
    assert (actual.shape, actual.dtypes, actual.weights, actual.macs) == (result, ("float32",), weights, 0)


def test_lora_weights_are_float32() -> None:
    spec = "dtype: float16\ninputs: {x: [4]}\nlayers: [{Embedding: {input_dim: 9, output_dim: 8, lora_rank: 2}}]"
    model = compile_text(spec).model
    assert model is not None
    assert [weight.dtype for weight in model.nodes[-1].weights] == [None, "float32", "float32"]


def test_reversed_embedding() -> None:
    item = f"{{ReversibleEmbedding: {TABLE}, call_args: {{reverse: true}}}}"
    actual = accepted(item, [20, 8])
    assert (actual.shape, actual.weights, actual.macs) == ((20, 100), "embeddings(100, 8)", 16_000)
    assert accepted(item, [None]).shape == (100,)
    assert refused(item, [20, 9]).code.id == "LC409"
    assert refused(item, []).code.id == "LC401"
    assert refused(f"{{ReversibleEmbedding: {TABLE}, call_args: {{reverse: 3}}}}", [20, 8]).code.id == "LC407"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("Embedding: {input_dim: 100}", "LC203"),
        ("Embedding: {input_dim: 0, output_dim: 8}", "LC205"),
        ("Embedding: {input_dim: 9, output_dim: 8, lora_rank: 2, embeddings_constraint: UnitNorm}", "LC209"),
        ("ReversibleEmbedding: {input_dim: 9, output_dim: 8, lora_rank: 2, tie_weights: false}", "LC209"),
        ("ReversibleEmbedding: {input_dim: 9, output_dim: 8, reverse_dtype: mixed_float16}", "LC205"),
    ],
)
def test_embedding_refuses(item: str, code: str) -> None:
    assert refused(item, [20]).code.id == code


def test_embedding_of_text() -> None:
    assert refused(f"Embedding: {TABLE}", {"x": {"shape": [20], "dtype": "string"}}).code.id == "LC407"


def test_reverse_by_reuse() -> None:
    spec = """
inputs: {ids: {shape: [20], dtype: int32}}
layers:
  - ReversibleEmbedding: {input_dim: 100, output_dim: 8}
    name: tokens
  - reuse: tokens
    call_args: {reverse: true}
"""
    model = compile_text(spec).model
    assert model is not None
    last = model.nodes[-1]
    assert (last.output.shape, last.weights, last.macs) == ((None, 20, 100), (), 16_000)  # type: ignore[union-attr]


@pytest.mark.parametrize("dtype", ["int32", "float32", "bool", "string"])
def test_identity(dtype: str) -> None:
    actual = accepted("Identity", {"x": {"shape": [4, None], "dtype": dtype}})
    assert (actual.shape, actual.dtypes) == ((4, None), (dtype,))


def test_identity_of_a_list() -> None:
    assert accepted("{Identity: null, inputs: [a, b]}", {"a": [4], "b": [5, 6]}).shapes == ((4,), (5, 6))


@pytest.mark.parametrize(("shape", "dtype"), [([4, 3], "float32"), ([4, 3], "int32"), ([], "bool")])
def test_masking(shape: list[int], dtype: str) -> None:
    actual = accepted("Masking: -1", {"x": {"shape": shape, "dtype": dtype}})
    assert (actual.shape, actual.dtypes, actual.macs) == (tuple(shape), ("float32",), 0)


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf"])
def test_masking_takes_values_that_are_no_numbers(value: str) -> None:
    accepted(f"Masking: {value}", [5, 3])


def test_masking_refuses() -> None:
    assert refused("Masking", {"x": {"shape": [3], "dtype": "string"}}).code.id == "LC407"
    assert refused("Masking: off", [3]).code.id == "LC204"


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("Lambda: {function: 3}", "package.module:Class"),
        ("InputLayer: {shape: [3]}", "inputs: {x: [784]}"),
        ("Input: [3]", "inputs: {x: [784]}"),
        ("Wrapper: Dense", "TimeDistributed"),
        ("JaxLayer", "package.module:Class"),
        ("FlaxLayer", "package.module:Class"),
        ("TorchModuleWrapper", "package.module:Class"),
        ("TFSMLayer: model", "package.module:Class"),
        ("TimeDistributed: {Lambda: 3}", "package.module:Class"),
        ("TimeDistributed: {layer: Lambda}", "package.module:Class"),
    ],
)
def test_what_a_spec_cannot_say(item: str, words: str) -> None:
    diagnostic = refused(item, [4, 3])
    assert diagnostic.code.id == "LC202"
    assert "cannot be written in a spec" in diagnostic.message
    assert diagnostic.help is not None
    assert words in diagnostic.help
