"""The masks that Keras attaches to tensors, as the static check infers them."""

from __future__ import annotations

import warnings

import pytest

from layerctl.compiler.pipeline import compile_text

HEAD = """
inputs: {words: {shape: [20], dtype: int32}, x: [20, 24]}
layers:
  - Embedding: {input_dim: 100, output_dim: 24, mask_zero: true}
    name: emb
    inputs: words
"""


def messages(items: str, code: str = "") -> list[str]:
    diagnostics = compile_text(HEAD + items).diagnostics
    shown = [each for each in diagnostics if each.code.id not in ("LC502", "LC503", "LC508")]
    return [each.message for each in shown if each.code.id.startswith(code)]


class TestLost:
    @pytest.mark.parametrize(
        "layer",
        [
            "Conv1D: {filters: 4, kernel_size: 3}",
            "Flatten",
            "MaxPooling1D",
            "Permute: [2, 1]",
            'EinsumDense: {equation: "abc,cd->abd", output_shape: [null, 4]}',
        ],
    )
    def test_by_layers_without_support_for_masks(self, layer: str) -> None:
        (message,) = messages(f"  - {layer}\n", "LC517")
        assert message.endswith("drops the mask of `emb`: from here on padding counts as content")

    @pytest.mark.parametrize(
        "way",
        [
            "  - LSTM: 8\n  - Dense: 1\n",
            "  - GlobalAveragePooling1D\n  - Dense: 1\n",
            "  - ops.copy:\n  - Conv1D: {filters: 4, kernel_size: 3}\n",
            "  - LSTM: 8\n  - Reshape: [2, 4]\n",
            "  - Dot: {axes: 2}\n    inputs: [emb, emb]\n  - Flatten\n",
            "  - Add:\n    inputs: [emb, x]\n  - Flatten\n",
            "  - Attention:\n    inputs: [x, emb]\n  - Flatten\n",
        ],
    )
    def test_not_by_layers_that_use_it_up(self, way: str) -> None:
        assert messages(way, "LC517") == []

    @pytest.mark.parametrize(
        "way",
        [
            "  - Dropout: 0.5\n  - LayerNormalization\n  - Dense: 4\n",
            "  - GRU: {units: 4, return_sequences: true}\n",
            "  - Bidirectional: {layer: {LSTM: {units: 4, return_sequences: true}}}\n",
            "  - TimeDistributed: {layer: {Dense: 4}}\n",
            "  - Add:\n    inputs: [emb, emb]\n",
            "  - Concatenate:\n    inputs: [emb, x]\n",
            "  - Attention:\n    inputs: [emb, x]\n",
            "  - MultiHeadAttention: {num_heads: 2, key_dim: 4}\n    inputs: {query: emb, value: x}\n",
            "  - GRU: {units: 4, return_sequences: true, return_state: true}\n    name: gru\n  - Identity:\n    inputs: gru[0]\n",
        ],
    )
    def test_after_layers_that_pass_it_on(self, way: str) -> None:
        assert len(messages(way + "  - Flatten\n", "LC517")) == 1

    def test_a_masking_layer_begins_one(self) -> None:
        (message,) = messages("  - Masking:\n    name: marked\n    inputs: x\n  - Flatten\n", "LC517")
        assert "`marked`" in message

    def test_without_mask_zero_there_is_none(self) -> None:
        text = HEAD.replace(", mask_zero: true", "") + "  - Flatten\n"
        assert "LC517" not in {each.code.id for each in compile_text(text).diagnostics}

    def test_one_that_a_spec_names(self) -> None:
        way = "  - ops.not_equal: 0\n    inputs: words\n    name: marks\n"
        way += "  - GRU: {units: 4, return_sequences: true}\n    inputs: {sequences: x, mask: marks}\n"
        (message,) = messages(way + "  - Flatten\n", "LC517")
        assert "`gru`" in message

    def test_beside_an_output_without_one(self) -> None:
        way = "  - GRU: {units: 24, return_sequences: true, return_state: true}\n    name: gru\n"
        way += "  - GlobalAveragePooling1D:\n    inputs: x\n  - Masking:\n    name: marked\n"
        (message,) = messages(way + "  - Concatenate:\n    inputs: ['gru[1]', marked]\n  - Flatten\n", "LC517")
        assert "`marked`" in message

    def test_the_call_of_a_layer_without_a_name_is_called_as_its_first(self) -> None:
        (message,) = messages("  - reuse: emb\n    inputs: words\n  - Flatten\n", "LC517")
        assert "`emb`" in message


class TestNested:
    """When a model runs, masks pass into and out of nested models, although Keras warns that they do not."""

    @staticmethod
    def messages(layers: str, items: str, code: str) -> list[str]:
        inner = f"models:\n  inner:\n    inputs: {{y: [20, 24]}}\n    layers: [{layers}]\n"
        return messages(items + inner, code)

    @pytest.mark.parametrize("layers", ["GlobalAveragePooling1D", "LSTM: 3", "Dropout: 0.5, LSTM: 3"])
    def test_layers_in_it_use_a_mask(self, layers: str) -> None:
        layers = ", ".join(f"{{{layer}}}" if ":" in layer else layer for layer in layers.split(", "))
        assert self.messages(layers, "  - inner\n", "LC") == []

    def test_a_mask_that_is_lost_in_it(self) -> None:
        (message,) = self.messages("Flatten", "  - inner\n", "LC517")
        assert message == "Flatten drops the mask of `y`: from here on padding counts as content"
        assert self.messages("Flatten", "  - inner:\n    inputs: x\n", "LC517") == []

    def test_a_mask_that_does_not_suit_a_layer_in_it(self) -> None:
        (message,) = self.messages("Softmax", "  - inner\n", "LC4")
        assert message.startswith("with the mask that comes along from `y`: ")
        assert self.messages("Softmax", "  - inner:\n    inputs: x\n", "LC4") == []

    def test_a_mask_goes_through_it(self) -> None:
        (message,) = self.messages("Dense: 4".join("{}"), "  - inner\n  - Flatten\n", "LC517")
        assert "`emb`" in message

    @pytest.mark.parametrize("masked", [0, 1])
    def test_a_mask_that_begins_in_one_of_its_outputs(self, masked: int) -> None:
        inner = "models:\n  inner:\n    inputs: {y: [20, 24]}\n    layers: [Masking, {Dense: 3, inputs: y}]\n"
        outputs = ["dense", "dense"]
        outputs[masked] = "masking"
        items = f"  - inner:\n    inputs: x\n    name: two\n  - Flatten:\n    inputs: two[{masked}]\n"
        (message,) = messages(f"{items}{inner}    outputs: [{', '.join(outputs)}]\n", "LC517")
        assert "`two`" in message
        other = items.replace(f"[{masked}]", f"[{1 - masked}]")
        assert messages(f"{other}{inner}    outputs: [{', '.join(outputs)}]\n", "LC517") == []

    KEYED = "models:\n  inner:\n    inputs: {y: [20, 24]}\n    layers: [{Dense: 4}, {LSTM: 3, inputs: y}]\n"
    KEYED += "    outputs: {b: lstm, a: dense}\n"

    @pytest.mark.parametrize("kind", ["models", "blocks"])
    def test_into_outputs_that_are_a_mapping(self, kind: str) -> None:
        inner = self.KEYED if kind == "models" else self.KEYED.replace("models", "blocks").replace("{y: [20, 24]}", "[y]")
        way = "  - inner:\n    name: both\n  - {}:\n    inputs: 'both[{}]'\n"
        assert messages(way.format("Softmax", "a") + inner, "LC4")[0].startswith("with the mask that comes along from `emb`: ")
        assert messages(way.format("Softmax", "b") + inner, "LC4") == []
        assert len(messages(way.format("Flatten", "a") + inner, "LC517")) == 1
        assert messages(way.format("Flatten", "b") + inner, "LC517") == []

    def test_beside_an_output_of_an_item_with_several(self) -> None:
        inner = "models:\n  inner:\n    inputs: {y: [20, 24]}\n    layers:\n      - Masking\n"
        inner += "      - GRU: {units: 4, return_state: true, return_sequences: true}\n"
        inner += "    outputs: {last: 'gru[1]', all: 'gru[0]', marked: masking}\n"
        way = "  - inner:\n    inputs: x\n    name: three\n  - Flatten:\n    inputs: 'three[{}]'\n"
        assert len(messages(way.format("all") + inner, "LC517")) == 1
        assert len(messages(way.format("marked") + inner, "LC517")) == 1
        assert messages(way.format("last") + inner, "LC517") == []


class TestWithinTimeDistributed:
    """Keras gives the wrapped model the mask of each step, and passes on the mask of the steps itself."""

    HEAD = HEAD.replace("words: {shape: [20]", "words: {shape: [6, 20]").replace("x: [20, 24]", "x: [6, 20, 24]")

    def messages(self, layers: str, code: str, *, head: str = HEAD, inputs: str = "[20, 24]", after: str = "") -> list[str]:
        text = f"{head}  - TimeDistributed: {{layer: inner}}\n{after}"
        text += f"models:\n  inner:\n    inputs: {{y: {inputs}}}\n    layers: [{layers}]\n"
        return [each.message for each in compile_text(text).diagnostics if each.code.id.startswith(code)]

    def test_layers_in_it_use_a_mask(self) -> None:
        assert self.messages("{LSTM: 3}", "LC4") == self.messages("{LSTM: 3}", "LC517") == []

    def test_a_mask_that_is_lost_in_it(self) -> None:
        (message,) = self.messages("Flatten, {Dense: 3}", "LC517")
        assert message == "Flatten drops the mask of `y`: from here on padding counts as content"
        unmasked = self.HEAD.replace(", mask_zero: true", "")
        assert self.messages("Flatten, {Dense: 3}", "LC517", head=unmasked) == []

    def test_a_mask_that_does_not_suit_a_layer_in_it(self) -> None:
        (message,) = self.messages("Softmax, {LSTM: 3}", "LC4")
        assert "with the mask that comes along from `emb`: " in message
        assert self.messages("{LSTM: 3}, Softmax", "LC4") == []

    def test_a_mask_of_whole_steps_is_not_lost_in_it(self) -> None:
        reshaped = "{Reshape: [4, 6]}, {Conv1D: {filters: 3, kernel_size: 2}}, Flatten"
        given = {"head": HEAD, "inputs": "[24]"}
        assert self.messages(reshaped, "LC517", **given) == []
        (message,) = self.messages(reshaped, "LC517", **given, after="  - Flatten\n")
        assert "`emb`" in message

    def test_within_another(self) -> None:
        head = self.HEAD.replace("[6, 20]", "[2, 3, 20]").replace("[6, 20, 24]", "[2, 3, 20, 24]")
        text = f"{head}  - TimeDistributed: {{layer: {{TimeDistributed: {{layer: inner}}}}}}\n"
        text += "models:\n  inner:\n    inputs: {y: [20, 24]}\n    layers: [LAYERS]\n"
        for layers, count in (("Flatten", 1), ("{LSTM: 3}", 0)):
            diagnostics = compile_text(text.replace("LAYERS", layers)).diagnostics
            assert [each.code.id for each in diagnostics if each.is_error] == []
            assert sum(each.code.id == "LC517" for each in diagnostics) == count


class TestLegality:
    """Keras builds each of these models, or begins to, and cannot run it."""

    @pytest.mark.parametrize(
        "way",
        [
            "  - Softmax\n",
            "  - Reshape: [20, 4, 6]\n  - Masking\n  - TimeDistributed: {layer: {LSTM: 3}}\n  - GlobalAveragePooling1D\n",
            "  - Reshape: [20, 4, 6]\n  - Masking\n  - Add:\n    inputs: [emb, masking]\n",
        ],
    )
    def test_a_mask_that_does_not_suit(self, way: str) -> None:
        assert messages(way, "LC4")

    def test_masks_of_unlike_ranks_do_not_merge(self) -> None:
        way = "  - GlobalAveragePooling1D:\n    inputs: x\n  - Masking\n  - Add:\n    inputs: [emb, masking]\n"
        (message,) = messages(way, "LC4")
        assert message == "Add joins the masks of its inputs too, (batch, 20) and (batch,)"

    def test_says_where_it_begins(self) -> None:
        (message,) = messages("  - Softmax\n", "LC4")
        assert message.startswith("with the mask that comes along from `emb`: ")

    def test_an_initial_state_keeps_it_from_the_call(self) -> None:
        way = "  - ops.expand_dims: {axis: -1}\n    inputs: x\n  - Masking\n  - Reshape: [20, 24]\n    name: plain\n"
        way += "  - LSTM: 8\n    name: state\n    inputs: plain\n  - LSTM: {units: 8, return_sequences: true}\n"
        way += "    inputs: {sequences: emb, initial_state: [state, state]}\n"
        assert messages(way, "LC4") == []

    def test_a_mask_that_a_spec_names_keeps_it_from_the_call(self) -> None:
        way = "  - Reshape: [20, 4, 6]\n    inputs: x\n    name: wide\n  - Masking:\n    name: marked\n"
        way += "  - ops.not_equal: 0\n    inputs: words\n    name: marks\n"
        way += "  - MultiHeadAttention: {num_heads: 2, key_dim: 3, attention_axes: [1]}\n"
        assert messages(way + "    inputs: {query: wide, value: marked, value_mask: marks}\n", "LC4") == []
        assert messages(way + "    inputs: {query: wide, value: marked}\n", "LC4")

    def test_null_does_not_keep_it_from_the_call(self) -> None:
        assert messages("  - Softmax:\n    call_args: {mask: null}\n", "LC4")

    def test_an_embedding_in_reverse_begins_none(self) -> None:
        way = "  - ReversibleEmbedding: {input_dim: 100, output_dim: 24, mask_zero: true}\n    name: table\n    inputs: words\n"
        assert messages(way + "  - reuse: table\n    call_args: {reverse: true}\n  - Softmax\n", "LC4") == []

    def test_a_custom_class_inside_a_wrapper_is_not_judged(self) -> None:
        assert messages("  - Bidirectional: {layer: {'my.own:Loop': {}}}\n", "LC4") == []


@pytest.mark.keras
def test_layers_support_masks_as_in_keras() -> None:
    """For each class: whether Keras's `supports_masking` says the same, with the arguments of a generated valid case."""
    from layerctl.catalog import CATALOGS
    from layerctl.catalog.layers._base import Layer
    from tests.judge import keras_side
    from tests.judge.judge import cases
    from tests.judge.table import TABLE

    unlike, seen = [], 0
    for name, row in TABLE.items():
        cls = CATALOGS["layers"].find(name)
        assert cls is not None
        assert issubclass(cls, Layer)
        case = next((case for case, static in cases(name, row, 30, 0) if static.verdict.accepted), None)
        if case is None:
            continue
        seen += 1
        item = case.items[-1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd arguments
            layer = keras_side.construct(item.layer, item.args)
        masks = cls.masks if isinstance(cls.masks, str) else ("makes" if item.args.get("mask_zero") else "drops")
        if layer.supports_masking != (masks != "drops"):
            unlike.append(name)
    assert unlike == []
    assert seen > 100
