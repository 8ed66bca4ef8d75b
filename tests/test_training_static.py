"""The section `train`, checked without a framework: specs and their mistakes, by code and line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from layerctl.catalog.datasets import find, names
from layerctl.catalog.datasets._base import Layout
from layerctl.compiler.pipeline import compile_text
from layerctl.language.spec.reported import losses_by_output, metrics_by_output, monitored, weights_by_output
from layerctl.language.spec.train import Train

IMAGE = "inputs: {image: [28, 28, 1]}\nlayers: [Flatten, {Dense: {units: 10, activation: softmax}}]\n"
FLAT = "inputs: {x: [8]}\nlayers: [{Dense: {units: 3, activation: softmax}}]\n"
NUMBER = "inputs: {x: [8]}\nlayers: [{Dense: 1}]\n"
TWO = """inputs: {x: [8]}
layers: [{Dense: {units: 3, activation: softmax}, name: a}, {Dense: 1, inputs: x, name: b}]
outputs: {digit: a, price: b}
"""
SPARSE = "sparse_categorical_crossentropy"
DIGIT = f"loss: {{digit: {SPARSE}, price: mse}}"
"""The models take two lines, `TWO` three; the section follows."""


def image(shape: str, units: int = 10) -> str:
    return f"inputs: {{image: {shape}}}\nlayers: [Flatten, {{Dense: {{units: {units}, activation: softmax}}}}]\n"


def flat(shape: str, units: int = 10) -> str:
    return f"inputs: {{image: {shape}}}\nlayers: [{{Dense: {{units: {units}, activation: softmax}}}}]\n"


def ending(layers: str) -> str:
    return f"inputs: {{x: [8]}}\nlayers: [{layers}]\n"


GOOD = [
    (IMAGE, f"{{data: mnist, loss: {SPARSE}}}"),
    (IMAGE, f"{{data: digits, loss: {SPARSE}, optimizer: {{Adam: {{learning_rate: 1e-3}}}}, metrics: [accuracy], epochs: 5}}"),
    (IMAGE, f"{{data: {{name: fashion_mnist, rescale: false}}, loss: {SPARSE}}}"),
    (image("[28, 28]"), f"{{data: mnist, loss: {SPARSE}}}"),
    (flat("[784]"), f"{{data: mnist, loss: {SPARSE}}}"),
    (flat("[784]"), f"{{data: digits, loss: {SPARSE}}}"),
    (flat("[64]"), f"{{data: digits, loss: {SPARSE}}}"),
    (image("[32, 32, 1]"), f"{{data: {{name: mnist, image_size: 32}}, loss: {SPARSE}}}"),
    (image("[32, 32, 3]"), f"{{data: digits, loss: {SPARSE}}}"),
    (image("{shape: [28, 28, 1], dtype: uint8}"), f"{{data: {{name: mnist, rescale: false}}, loss: {SPARSE}}}"),
    (IMAGE, "{data: ./mine.npz, loss: mse}"),
    (IMAGE, "{data: {path: mine}, loss: mse}"),
    (IMAGE, "{data: digits, loss: categorical_crossentropy}"),
    (IMAGE, "{data: digits, loss: crossentropy, metrics: [acc]}"),
    (image("[28, 28, 1]", 12), f"{{data: digits, loss: {SPARSE}}}"),
    (FLAT, f"{{loss: {SPARSE}}}"),
    (FLAT, f"{{loss: {SPARSE}, optimizer: rmsprop}}"),
    (FLAT, f"{{loss: {SPARSE}, optimizer: {{AdamW: 1e-3}}}}"),
    (FLAT, f"{{loss: {SPARSE}, optimizer: {{SGD: {{learning_rate: {{ExponentialDecay: {{initial_learning_rate: 0.1, "
     "decay_steps: 100, decay_rate: 0.5}}, momentum: 0.9, nesterov: true}}}"),
    (FLAT, f"{{loss: {SPARSE}, optimizer: {{LossScaleOptimizer: {{Adam: 1e-3}}}}}}"),
    (FLAT, f"{{loss: {SPARSE}, metrics: [acc], validation_split: 0.1, early_stopping: {{monitor: val_acc, mode: max}}}}"),
    (FLAT, f"{{loss: {SPARSE}, validation_split: 0.1, early_stopping: {{}}, checkpoint: {{}}}}"),
    (FLAT, f"{{loss: {SPARSE}, metrics: [{{SparseTopKCategoricalAccuracy: {{k: 2, name: t}}}}], checkpoint: {{monitor: t}}}}"),
    (FLAT, f"{{loss: {{dense: {SPARSE}}}, metrics: {{dense: [accuracy]}}, checkpoint: {{monitor: dense_accuracy}}}}"),
    (FLAT, f"{{loss: {SPARSE}, optimizer: null, metrics: null, early_stopping: null, loss_weights: 2}}"),
    (FLAT, "{loss: {CategoricalCrossentropy: {label_smoothing: 0.1}}, metrics: [Precision, AUC, mae]}"),
    (NUMBER, "{loss: {Huber: 2.0}, metrics: [r2_score]}"),
    (TWO, f"{{{DIGIT}, metrics: {{digit: [accuracy]}}, loss_weights: {{digit: 0.5}}, checkpoint: {{monitor: digit_accuracy}}}}"),
    (TWO, f"{{{DIGIT}, loss_weights: [1, 0.5], checkpoint: {{monitor: price_loss}}}}"),
    (TWO, f"{{{DIGIT}, metrics: {{price: [mae, mae]}}, checkpoint: {{monitor: price_mae_1}}}}"),
    (ending("{Dense: 3}, Softmax"), f"{{loss: {SPARSE}}}"),
    (ending("{Dense: {units: 3, activation: softmax}}, {Reshape: [3]}, {Activation: linear}"), f"{{loss: {SPARSE}}}"),
    (ending("{Dense: 3}"), "{loss: {SparseCategoricalCrossentropy: {from_logits: true}}}"),
    (ending("{Dense: {units: 1, activation: sigmoid}}"), "{loss: binary_crossentropy, metrics: [accuracy]}"),
    (ending("{Dense: {units: 3, use_bias: false}}, BatchNormalization"), f"{{loss: {SPARSE}}}"),
    ("vars: {rate: 0.1, n: 3, loss: mse, set: digits}\n" + image("[28, 28]"),
     "{loss: $loss, epochs: $n, data: {name: $set}, optimizer: {SGD: {learning_rate: $rate}}, metrics: [$loss]}"),
    (FLAT, f"{{loss: {SPARSE}, class_weight: {{0: 1, 2: 0.5}}, limit: 100}}"),
    (FLAT, f"{{loss: {SPARSE}, class_weight: {{dense: {{0: 2.0}}}}}}"),
    (FLAT, "{loss: categorical_crossentropy, class_weight: {2: 3.0}}"),
    (TWO, f"{{{DIGIT}, class_weight: {{digit: {{2: 2.0}}}}}}"),
    (ending("{Dense: {units: 1, activation: sigmoid}}"), "{loss: binary_crossentropy, class_weight: {1: 9.0}}"),
    ("vars: {w: 2.0}\n" + FLAT, f"{{loss: {SPARSE}, class_weight: {{0: $w}}}}"),
    (FLAT, "null"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "section"), GOOD, ids=[section for _, section in GOOD])
def test_a_correct_section_has_no_mistakes(model: str, section: str) -> None:
    assert compile_text(f"{model}train: {section}").diagnostics == ()


BAD = [
    # the form of the section
    (FLAT, "train: 3", ["LC204:3"]),
    (FLAT, "train: {data: synthetic}", ["LC203:3"]),
    (FLAT, "train:\n  data: synthetic\n  epochs: 3", ["LC203:3"]),
    (FLAT, "train: {lossy: mse}", ["LC201:3"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  epoch: 3", ["LC201:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  epochs: 0\n  batch_size: 8.0\n  validation_split: 1\n  seed: -1",
     ["LC205:5", "LC204:6", "LC205:7", "LC205:8"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  early_stopping: {{patiance: 3}}", ["LC201:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  early_stopping: true", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  checkpoint: {{mode: most, monitor: loss}}", ["LC205:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics: accuracy", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics: {{SparseCategoricalAccuracy: {{name: x}}}}", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  loss_weights: heavy", ["LC204:5"]),
    (FLAT, "train:\n  loss: 3", ["LC204:4"]),
    (FLAT, "train:\n  loss: null", ["LC204:4"]),
    (FLAT, "train:\n  loss: {SparseCategoricalCrossentropy: {from_logit: true}}", ["LC201:4"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  data: {{image_size: 3}}", ["LC203:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  data:\n    name: digits\n    path: x.npz", ["LC209:7"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  data: {{name: synthetic, image_sise: 3}}", ["LC201:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  data: 3", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  epochs: $n", ["LC207:5"]),
    (FLAT, "train: $n", ["LC207:3"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  checkpoint: $n\n  early_stopping: [$n]", ["LC207:5", "LC207:6"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: [$n]", ["LC207:5"]),
    # optimizers and schedules
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: {{Adam: {{learning_rate: -1}}}}", ["LC205:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: {{Adam: {{learning_rate: true}}}}", ["LC204:5"]),
    (FLAT, f'train:\n  loss: {SPARSE}\n  optimizer: {{Adam: {{learning_rate: "1e-3"}}}}', ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer:\n    Adam:\n      learning_rate: {{CosineDecai: 3}}", ["LC603:7"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer:\n    Adam:\n      learning_rate:\n        CosineDecay: {{decay_steps: 0}}",
     ["LC203:8", "LC205:8"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: {{Adam: {{clipnorm: 1, clipvalue: 1}}}}", ["LC209:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: {{Adam: {{lr: 1}}}}", ["LC201:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: adem", ["LC603:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: {{Adem: {{learning_rate: 1}}}}", ["LC603:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  optimizer: MultiOptimizer", ["LC603:5"]),
    # names
    (FLAT, f"train:\n  loss: {SPARSE}\n  data: minst", ["LC601:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  data:\n    name: minst", ["LC601:6"]),
    (FLAT, "train:\n  loss: sparse_crossentropy", ["LC602:4"]),
    (FLAT, "train:\n  loss: {SparseCategoricalCrossentropyy: {from_logits: true}}", ["LC602:4"]),
    (NUMBER, "train:\n  loss: {Hubber: 1.0}", ["LC602:4"]),
    (NUMBER, "train:\n  loss: Loss", ["LC602:4"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics:\n    - accuracy\n    - acuracy\n    - {{Prec: {{}}}}", ["LC604:7", "LC604:8"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics: [Mean]", ["LC604:5"]),
    (NUMBER, "train:\n  loss: mse\n  optimizer: {Adam: {learning_rate: $rate}}", ["LC207:5"]),
    ("vars: {a: 0}\n" + NUMBER, "train:\n  loss: mse\n  optimizer: {Adam: {learning_rate: $a}}", ["LC205:6"]),
    # outputs
    (TWO, "train:\n  loss:\n    digit: mse\n    prize: mse", ["LC605:7"]),
    (TWO, f"train:\n  loss:\n    digit: {SPARSE}", ["LC606:5"]),
    (TWO, f"train:\n  {DIGIT}\n  metrics: {{digt: [accuracy]}}\n  checkpoint: {{monitor: digit_accuracy}}", ["LC605:6"]),
    (TWO, f"train:\n  {DIGIT}\n  loss_weights: {{digit: 1, b: 2}}", ["LC605:6"]),
    (TWO, f"train:\n  {DIGIT}\n  loss_weights: [1, 2, 3]", ["LC606:6"]),
    (TWO, f"train:\n  loss:\n    digit: {SPARSE}\n    price: msee", ["LC602:7"]),
    # what is monitored
    (FLAT, f"train:\n  loss: {SPARSE}\n  early_stopping: {{monitor: val_loss, patience: 3}}", ["LC607:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  early_stopping:\n    patience: 3", ["LC607:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  early_stopping:\n    monitor: val_accuracy\n  validation_split: 0.1", ["LC607:6"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics: [accuracy]\n  checkpoint: {{monitor: acc}}", ["LC607:6"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics: [acc]\n  checkpoint: {{monitor: accuracy}}", ["LC607:6"]),
    (TWO, f"train:\n  {DIGIT}\n  metrics: {{digit: [accuracy]}}\n  checkpoint: {{monitor: accuracy}}", ["LC607:7"]),
    (NUMBER, "train:\n  loss: mse\n  metrics: [TruePositives]\n  checkpoint: {monitor: TruePositives}", ["LC608:6"]),
    (NUMBER, "train:\n  loss: mse\n  metrics: [msee]\n  checkpoint: {monitor: mse}", ["LC604:5"]),
    # data against inputs
    (image("[32, 32, 1]"), f"train:\n  loss: {SPARSE}\n  data: mnist", ["LC609:5"]),
    (image("[28, 28, 3]"), f"train:\n  loss: {SPARSE}\n  data: mnist", ["LC609:5"]),
    (image("[28, 28, 1, 1]"), f"train:\n  loss: {SPARSE}\n  data: mnist", ["LC609:5"]),
    (flat("[100]"), f"train:\n  loss: {SPARSE}\n  data: fashion_mnist", ["LC609:5"]),
    (flat("[5]"), f"train:\n  loss: {SPARSE}\n  data: digits", ["LC609:5"]),
    (image("[28, 28, 1]"), f"train:\n  loss: {SPARSE}\n  data: {{name: digits, image_size: 8}}", ["LC609:5"]),
    (image("{shape: [28, 28, 1], dtype: int32}"), f"train:\n  loss: {SPARSE}\n  data: mnist", ["LC609:5"]),
    ("inputs: {a: [784], b: [784]}\nlayers: [{Add: {}, inputs: [a, b]}, {Dense: {units: 10, activation: softmax}}]\n",
     f"train:\n  loss: {SPARSE}\n  data: mnist", ["LC609:5"]),
    (image("{shape: [28, 28, 1], batch_size: 8}"), f"train:\n  loss: {SPARSE}\n  batch_size: 16", ["LC613:5"]),
    (image("{shape: [28, 28, 1], batch_size: 8}"), f"train:\n  loss: {SPARSE}", ["LC613:1"]),
    # the loss against output and labels
    (image("[28, 28, 1]", 9), f"train:\n  data: digits\n  loss: {SPARSE}", ["LC610:5"]),
    (image("[28, 28, 1]", 12), "train:\n  data: digits\n  loss: categorical_crossentropy", ["LC610:5"]),
    (IMAGE.replace("units: 10, activation: softmax", "units: 1, activation: sigmoid"),
     "train:\n  data: digits\n  loss: binary_crossentropy", ["LC610:5"]),
    ("inputs: {image: [28, 28]}\nlayers: [{Dense: {units: 10, activation: softmax}}]\n",
     f"train:\n  data: digits\n  loss: {SPARSE}", ["LC610:5"]),
    (IMAGE, "train:\n  data: digits\n  loss: ctc", ["LC610:5"]),
    (FLAT, "train:\n  loss:\n    SparseCategoricalCrossentropy:\n      from_logits: true", ["LC611:6"]),
    (ending("{Dense: 3}, Softmax"), "train: {loss: {CategoricalCrossentropy: {from_logits: true}}}", ["LC611:3"]),
    (ending("{Dense: {units: 1, activation: sigmoid}}"), "train: {loss: {BinaryCrossentropy: {from_logits: true}}}", ["LC611:3"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  metrics: [Precision]", ["LC612:5"]),
    (FLAT, "train:\n  loss: categorical_crossentropy\n  metrics: [sparse_categorical_accuracy]", ["LC612:5"]),
    (ending("{Dense: 3}"), f"train: {{loss: {SPARSE}}}", ["LC510:2"]),
    (ending("{Dense: {units: 3, activation: relu}}"), "train: {loss: kld}", ["LC510:2"]),
    (ending("{Dense: 3}, ReLU"), f"train: {{loss: {SPARSE}}}", ["LC510:2"]),
    (ending("{Dense: 1}"), "train: {loss: bce}", ["LC510:2"]),
    # class weights
    (FLAT, f"train:\n  loss: {SPARSE}\n  class_weight: balanced", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  class_weight: {{0: -1}}", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  class_weight: {{0: 1, dense: {{0: 1}}}}", ["LC204:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  class_weight:\n    0: 1\n    3: 1", ["LC614:7"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  class_weight: {{dens: {{0: 1}}}}", ["LC605:5"]),
    (TWO, f"train:\n  {DIGIT}\n  class_weight: {{0: 1}}", ["LC614:6"]),
    (TWO, f"train:\n  {DIGIT}\n  class_weight:\n    digit: {{0: 1}}\n    price: {{0: 1}}", ["LC614:8"]),
    (NUMBER, "train:\n  loss: mse\n  class_weight: {0: 1}", ["LC614:5"]),
    (ending("{Dense: {units: 1, activation: sigmoid}}"), "train:\n  loss: bce\n  class_weight: {2: 1}", ["LC614:5"]),
    (FLAT, f"train:\n  loss: {SPARSE}\n  limit: 0", ["LC205:5"]),
    # beside mistakes elsewhere
    (TWO, "train:\n  loss: {digit: mse, prize: mse}\n  checkpoint: {monitor: val_loss}", ["LC605:5", "LC607:6"]),
    (TWO, f"train:\n  {DIGIT}\n  loss_weights: {{a: 1}}\n  checkpoint: {{monitor: accuracy}}", ["LC605:6", "LC607:7"]),
    (TWO, f"train:\n  {DIGIT}\n  metrics: {{a: [mae]}}\n  checkpoint: {{monitor: digit_mae}}", ["LC605:6"]),
    (TWO, f"train:\n  {DIGIT}\n  metrics: {{a: [mae]}}\n  checkpoint: {{monitor: digit_mse}}", ["LC605:6", "LC607:7"]),
    (TWO, "train:\n  loss: {digit: mse, prize: mse}\n  checkpoint: {monitor: price_loss}", ["LC605:5"]),
    (TWO, "train:\n  loss: {digit: mse}\n  checkpoint: {monitor: acc}", ["LC606:5", "LC607:6"]),
    (FLAT, "train:\n  loss: mse\n  metrics: [acuracy]\n  checkpoint: {monitor: val_accuracy}", ["LC604:5", "LC607:6"]),
    (FLAT, "train:\n  loss: msee\n  checkpoint: {monitor: val_loss}", ["LC602:4", "LC607:5"]),
    (FLAT, "train:\n  loss: msee\n  checkpoint: {monitor: foo}", ["LC602:4", "LC607:5"]),
    (TWO, "train:\n  loss: {digit: msee, price: mse}\n  checkpoint: {monitor: digit_loss}", ["LC602:5"]),
    (FLAT, "train:\n  loss:\n    MSEE: {reduction: sum}", ["LC602:5"]),
    (FLAT, "train:\n  loss: mse\n  validation_split: 2\n  checkpoint: {monitor: val_loss}", ["LC205:5"]),
    (ending("{Dense: 0}"), "train:\n  loss: mse\n  checkpoint: {monitor: val_loss}", ["LC205:2", "LC607:5"]),
    (ending("{Dens: 3}"), f"train:\n  loss: {SPARSE}\n  epochs: 0\n  checkpoint: {{monitor: nothing}}", ["LC202:2", "LC205:5"]),
    (ending("{Dense: 0}"), "train:\n  loss: msee", ["LC205:2", "LC602:4"]),
    (NUMBER.replace("{Dense: 1}", "{Dense: 1}, {Conv2D: {filters: 1, kernel_size: 3}}"), "train: {loss: bce}", ["LC401:2"]),
    (TWO.replace("price: b", "price: c"), "train: {loss: {digit: mse, price: mse}}", ["LC302:3"]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "section", "expected"), BAD, ids=[section for _, section, _ in BAD])
def test_a_mistake_is_reported_at_its_line(model: str, section: str, expected: list[str]) -> None:
    diagnostics = compile_text(model + section).diagnostics
    assert [f"{d.code.id}:{d.span.begin.line}" for d in diagnostics] == expected, [d.message for d in diagnostics]
    assert all(d.help for d in diagnostics if d.code.id.startswith(("LC6", "LC5")) and d.code.id != "LC605")


def messages(model: str, section: str) -> str:
    return "\n".join(f"{d.message} = {d.help}" for d in compile_text(f"{model}train: {section}").diagnostics)


@pytest.mark.parametrize(
    ("model", "section", "words"),
    [
        (FLAT, "{loss: sparse_categorical_crossentrop}", "did you mean `sparse_categorical_crossentropy`?"),
        (FLAT, f"{{loss: {SPARSE}, metrics: [acuracy]}}", "did you mean `accuracy`?"),
        (FLAT, f"{{loss: {SPARSE}, data: fashion}}", "did you mean `fashion_mnist`?"),
        (FLAT, f"{{loss: {SPARSE}, data: pets}}", "`{path: pets}`"),
        (FLAT, f"{{loss: {SPARSE}, metrics: [Mean]}}", "it averages plain values"),
        (FLAT, f"{{loss: {SPARSE}, metrics: accuracy}}", "write `metrics: [accuracy]`"),
        (FLAT, f"{{loss: {SPARSE}, metrics: [CategoricalAccuracy]}}", "take `SparseCategoricalAccuracy`"),
        (FLAT, f"{{loss: {SPARSE}, early_stopping: {{patience: 2}}}}", "add `validation_split: 0.1` to `train`"),
        (image("[64, 32, 1]"), f"{{loss: {SPARSE}, data: mnist}}", "image_size: [64, 32]"),
        (image("[28, 28, 1]", 9), f"{{loss: {SPARSE}, data: mnist}}", "needs at least 10 units for 10 classes"),
        (ending("{Dense: 3}"), f"{{loss: {SPARSE}}}", "`{SparseCategoricalCrossentropy: {from_logits: true}}`"),
        (ending("{Dense: 1}"), "{loss: bce}", "`activation: sigmoid`"),
    ],
)  # fmt: skip
def test_messages_say_what_to_do(model: str, section: str, words: str) -> None:
    assert words in messages(model, section)


def section(model: str, text: str) -> Train:
    document = compile_text(f"{model}train: {text}").document
    assert document is not None
    assert isinstance(document.train, Train)
    return document.train


def test_defaults() -> None:
    train = section(NUMBER, "{loss: mse}")
    assert (train.batch_size, train.epochs, train.validation_split, train.seed) == (32, 5, 0.0, 0)
    assert train.optimizer is None
    assert train.metrics == ()


def test_a_list_of_metrics_belongs_to_every_output() -> None:
    train = section(TWO, f"{{{DIGIT}, metrics: [mae], loss_weights: {{price: 2}}}}")
    outputs = ["digit", "price"]
    assert [loss.written for loss in losses_by_output(train, outputs).values()] == [SPARSE, "mse"]
    assert {name: [metric.written for metric in metrics] for name, metrics in metrics_by_output(train, outputs).items()} == {
        "digit": ["mae"],
        "price": ["mae"],
    }
    assert weights_by_output(train, outputs) == {"digit": 1.0, "price": 2}


def test_a_monitor_leads_to_kerass_name_and_its_direction() -> None:
    train = section(FLAT, f"{{loss: {{dense: {SPARSE}}}, metrics: {{dense: [accuracy]}}, validation_split: 0.5}}")
    assert monitored(train, "val_dense_accuracy", ["dense"]) == ("val_accuracy", "max")
    assert monitored(train, "val_loss", ["dense"]) == ("val_loss", "min")
    assert monitored(train, "val_mae", ["dense"]) is None


def test_datasets() -> None:
    assert set(names()) >= {"digits", "fashion_mnist", "mnist", "synthetic"}
    assert all(find(name) is not None for name in names())
    assert find("_base") is None
    digits, mnist = find("digits"), find("mnist")
    assert digits is not None
    assert mnist is not None
    assert digits.layout((28, 28, 3)) == Layout(28, 28, 3)
    assert digits.layout((16, 8)) == Layout(16, 8, None)
    assert digits.layout((49,)) == Layout(7, 7, None, flat=True)
    assert digits.layout((None, None, 1)) == Layout(8, 8, 1)
    assert digits.layout((50,)) is None
    assert mnist.layout((784,)) == Layout(28, 28, None, flat=True)
    assert mnist.layout((14, 14, 1), (14, 14)) == Layout(14, 14, 1)
    assert mnist.layout((14, 14, 1)) is None


def test_a_section_loads_only_what_it_names() -> None:
    """The start-up time does not grow with the catalogues."""
    text = f"{IMAGE}train: {{data: digits, loss: {SPARSE}, optimizer: {{Adam: {{learning_rate: 1e-3}}}}, metrics: [accuracy]}}"
    code = f"import sys; from layerctl.compiler.pipeline import compile_text; compile_text({text!r}); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = ("losses", "metrics", "optimizers", "schedules", "datasets")
    files = {name for name in loaded if name.startswith(tuple(f"layerctl.catalog.{room}." for room in rooms))}
    wanted = {"losses.sparse_categorical_crossentropy", "optimizers.adam", "datasets.digits"}
    assert {name.removeprefix("layerctl.catalog.") for name in files if "._" not in name} == wanted
