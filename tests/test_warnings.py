"""What the help of a warning offers makes the warning go away, and brings no other."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from layerctl.compiler.pipeline import compile_text


class Offer(NamedTuple):
    """A spec with one kind of warning, and a change that its help names.

    Attributes:
        code: of the warning.
        text: the spec.
        named: the words of the help.
        edits: what they mean, as texts and what takes their place.
    """

    code: str
    text: str
    named: str
    edits: tuple[tuple[str, str], ...]


def trained(layers: str, train: str, inputs: str = "{x: [8]}") -> str:
    items = "\n".join(f"  - {layer}" for layer in layers.split("; "))
    return f"inputs: {inputs}\nlayers:\n{items}\ntrain:\n  data: synthetic\n  {train}\n"


FIRST = "Conv2D: {filters: 8, kernel_size: 3, data_format: channels_first, activation: relu}"
CLASSES = "Dense: {units: 5, activation: softmax}"
LOGITS = "loss: {BinaryCrossentropy: {from_logits: true}}\n  metrics: "
SPARSE = "loss: sparse_categorical_crossentropy"
TEN = CLASSES.replace("5", "10")
DIGITS = f"inputs: {{image: [8, 8, 1]}}\nlayers: [Flatten, {{{TEN}}}]\ntrain:\n  data: digits\n  {SPARSE}\n"
SCALED = DIGITS.replace("[Flatten,", "[{Rescaling: $(1 / 255)}, Flatten,")


def behind_first(layer: str) -> str:
    return f"inputs: {{x: [3, 32, 32]}}\nlayers:\n  - {FIRST}\n  - {layer}\n"


OFFERS = (
    Offer("LC518", behind_first("LayerNormalization"), "`axis: 1`", (("LayerNormalization", "LayerNormalization: {axis: 1}"),)),
    Offer(
        "LC518",
        behind_first("AveragePooling2D: {pool_size: 2}"),
        "`data_format: channels_first`",
        (("pool_size: 2", "pool_size: 2, data_format: channels_first"),),
    ),
    Offer(
        "LC518",
        f"inputs: {{x: [3, 32, 32]}}\nlayers:\n  - BatchNormalization\n  - {FIRST}\n",
        "`axis: 1` in `batch_normalization`",
        (("BatchNormalization", "BatchNormalization: {axis: 1}"),),
    ),
    Offer(
        "LC518",
        f"inputs: {{x: [3, 32, 32]}}\nlayers:\n  - BatchNormalization\n  - {FIRST}\n",
        "`data_format: channels_last` here",
        (("channels_first", "channels_last"),),
    ),
    Offer(
        "LC519",
        "inputs:\n  x: [3, 32, 32]\nlayers: [{Conv2D: {filters: 8, kernel_size: 3, padding: same}}]",
        "give `x` the shape [32, 32, 3]",
        (("[3, 32, 32]", "[32, 32, 3]"),),
    ),
    Offer(
        "LC519",
        "inputs:\n  x: [3, 32, 32]\nlayers: [{Conv2D: {filters: 8, kernel_size: 3, padding: same}}]",
        "`data_format: channels_first`",
        (("padding: same", "padding: same, data_format: channels_first"),),
    ),
    Offer("LC520", trained(CLASSES, "loss: binary_crossentropy"), "`categorical_crossentropy`", (("binary", "categorical"),)),
    Offer("LC520", trained(CLASSES, "loss: binary_crossentropy"), "`activation: sigmoid`", (("softmax", "sigmoid"),)),
    Offer(
        "LC521",
        trained("Dense: 1", f"{LOGITS}[AUC]"),
        "`{AUC: {from_logits: true}}`",
        (("[AUC]", "[{AUC: {from_logits: true}}]"),),
    ),
    Offer(
        "LC521",
        trained("Dense: 1", f"{LOGITS}[Recall]"),
        "`{Recall: {thresholds: 0}}`",
        (("[Recall]", "[{Recall: {thresholds: 0}}]"),),
    ),
    Offer(
        "LC521",
        trained("Dense: 1", f"{LOGITS}[{{Recall: {{class_id: 0}}}}]"),
        "add `thresholds: 0` to it",
        (("class_id: 0", "class_id: 0, thresholds: 0"),),
    ),
    Offer(
        "LC521",
        trained("Dense: 1", f"{LOGITS}[accuracy]"),
        "end the model in a sigmoid, and leave `from_logits` out",
        (
            ("Dense: 1", "Dense: {units: 1, activation: sigmoid}"),
            ("{BinaryCrossentropy: {from_logits: true}}", "binary_crossentropy"),
        ),
    ),
    Offer(
        "LC522",
        trained("Dense: 1", "loss: mse\n  metrics: [accuracy]"),
        "`RootMeanSquaredError`",
        (("accuracy", "RootMeanSquaredError"),),
    ),
    Offer(
        "LC522",
        trained("Dense: {units: 1, activation: sigmoid}", "loss: bce\n  metrics: [{Accuracy: {}}]"),
        "`accuracy`",
        (("{Accuracy: {}}", "accuracy"),),
    ),
    Offer(
        "LC523",
        trained(CLASSES, f"{SPARSE}\n  checkpoint: {{monitor: loss, mode: max}}"),
        "leave `mode` out",
        ((", mode: max", ""),),
    ),
    Offer(
        "LC523",
        trained(CLASSES, f"{SPARSE}\n  checkpoint: {{monitor: loss, mode: max}}"),
        "`mode: min`",
        (("mode: max", "mode: min"),),
    ),
    Offer(
        "LC524",
        f"dtype: mixed_float16\ninputs: {{x: [8]}}\nlayers: [{{{CLASSES}}}]",
        "add `dtype: float32`",
        (("softmax", "softmax, dtype: float32"),),
    ),
    Offer(
        "LC524",
        "dtype: mixed_float16\ninputs: {x: [8]}\nlayers: [{Dense: 5}, ops.softmax]",
        "`Activation: {activation: linear, dtype: float32}`",
        (("ops.softmax", "ops.softmax, {Activation: {activation: linear, dtype: float32}}"),),
    ),
    Offer(
        "LC525",
        DIGITS + "  optimizer: {Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 5}}}}",
        "5 epochs are 600 steps",
        (("decay_steps: 5", "decay_steps: 600"),),
    ),
    Offer(
        "LC526",
        trained(CLASSES.replace("}", ", trainable: false}"), SPARSE),
        "leave `trainable: false` out",
        ((", trainable: false", ""),),
    ),
    Offer(
        "LC527",
        trained(CLASSES, f"{SPARSE}\n  optimizer: {{SGD: {{learning_rate: 50}}}}"),
        "`learning_rate: 0.01`",
        (("50", "0.01"),),
    ),
    Offer(
        "LC528",
        trained(
            CLASSES,
            SPARSE + "\n  optimizer: {Adam: {learning_rate: {CosineDecay: "
            "{initial_learning_rate: 1e-2, decay_steps: 900, warmup_target: 1e-4, warmup_steps: 100}}}}",
        ),
        "`initial_learning_rate: 0.0001` and `warmup_target: 0.01`",
        (("warmup_target: 1e-4", "warmup_target: 0.01"), ("initial_learning_rate: 1e-2", "initial_learning_rate: 0.0001")),
    ),
    Offer(
        "LC528",
        trained(
            CLASSES,
            SPARSE + "\n  optimizer: {Adam: {learning_rate: {CosineDecay: "
            "{initial_learning_rate: 1e-2, decay_steps: 900, warmup_steps: 100}}}}",
        ),
        "`warmup_target: 0.01`",
        (("warmup_steps", "warmup_target: 0.01, warmup_steps"), ("initial_learning_rate: 1e-2", "initial_learning_rate: 0")),
    ),
    Offer("LC529", SCALED, "`data: {name: digits, rescale: false}`", (("data: digits", "data: {name: digits, rescale: false}"),)),
    Offer("LC529", SCALED, "remove `rescaling`", (("{Rescaling: $(1 / 255)}, ", ""),)),
    Offer(
        "LC611",
        trained(f"LSTM: {{units: 4, return_sequences: true}}; {CLASSES}", "loss: CTC", "{x: [20, 8]}"),
        "remove the softmax",
        ((", activation: softmax", ""),),
    ),
)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.code} {offer.named}")
def test_what_the_help_offers_works(offer: Offer) -> None:
    (diagnostic,) = compile_text(offer.text).diagnostics
    assert diagnostic.code.id == offer.code
    assert offer.named in str(diagnostic.help)
    changed = offer.text
    for old, new in offer.edits:
        assert old in changed
        changed = changed.replace(old, new)
    assert [f"{left.code.id} {left.message}" for left in compile_text(changed).diagnostics] == []


def test_every_new_code_is_tried() -> None:
    assert {offer.code for offer in OFFERS} >= {f"LC{number}" for number in range(518, 530)}
