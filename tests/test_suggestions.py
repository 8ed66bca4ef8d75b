"""Every name that a spec holds has a suggestion where it is misspelled."""

from __future__ import annotations

import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.spelling import did_you_mean

MODEL = "inputs: {image: [8]}\nlayers: [{Dense: {units: 3, activation: softmax}, name: first}]\n"
BLOCK = "inputs: {image: [8]}\nblocks: {tower: {params: {units: null}, inputs: [query], layers: [{Dense: $units}]}}\n"
MODELS = "inputs: {x: [8]}\nmodels: {encoder: {inputs: {query: [8]}, layers: [{Dense: 3}]}}\n"


def item(text: str) -> str:
    return f"vars: {{width: 8}}\ninputs: {{image: [8]}}\nlayers: [{text}]\n"


def train(text: str) -> str:
    return f"{MODEL}train: {{loss: mse, {text}}}\n"


MISSPELLED = [
    ("top-level key", f"{MODEL}descripton: x", "description"),
    ("key of an input", "inputs: {x: {shpae: [8]}}\nlayers: [Flatten]", "shape"),
    ("dtype", "inputs: {x: {shape: [8], dtype: flot32}}\nlayers: [Flatten]", "float32"),
    ("dtype policy", f"{MODEL}dtype: mixed_bfloat", "mixed_bfloat16"),
    ("layer", item("Flaten"), "Flatten"),
    ("layer in a wrapper", item("{Bidirectional: {layer: {LSTMM: 8}}}"), "LSTM"),
    ("merge layer", item("{branches: [[], []], merge: Addd}"), "Add"),
    ("keyword", item("{resue: dense}"), "reuse"),
    ("wiring key", item("{Dense: 8, nmae: x}"), "name"),
    ("key of branches", item("{branches: [[]], mrege: Add}"), "merge"),
    ("key of a loop", item("{for: {i: 2}, layer: [Flatten]}"), "layers"),
    ("argument", item("{Dense: {units: 8, activaton: relu}}"), "activation"),
    ("activation", item("{Dense: {units: 8, activation: rellu}}"), "relu"),
    ("layer as activation", item("{Dense: {units: 8, activation: {LeakyReLu: {}}}}"), "leaky_relu"),
    ("initializer", item("{Dense: {units: 8, kernel_initializer: he_normall}}"), "he_normal"),
    ("initializer's class", item("{Dense: {units: 8, kernel_initializer: {HeNormall: {}}}}"), "HeNormal"),
    ("initializer's argument", item("{Dense: {units: 8, kernel_initializer: {HeNormal: {sede: 1}}}}"), "seed"),
    ("regularizer", item("{Dense: {units: 8, kernel_regularizer: l22}}"), "l2"),
    ("constraint", item("{Dense: {units: 8, kernel_constraint: maxnorm}}"), "max_norm"),
    ("choice", item("{Conv2D: {filters: 8, kernel_size: 3, padding: smae}}"), "same"),
    ("variable", item("{Dense: $widht}"), "width"),
    ("variable in an expression", item("{Dense: $(2 * widht)}"), "width"),
    ("function", item("{Dense: '$(mni(2, 3))'}"), "min"),
    ("reference", item("{Dense: 8, inputs: imgae}"), "image"),
    ("layer to reuse", item("{Dense: 8}, {reuse: desne}"), "dense"),
    ("output", f"{MODEL}outputs: {{a: frist}}", "first"),
    ("call's input", item("{LSTM: 8, inputs: {sequence: image}}"), "sequences"),
    ("call's argument", item("{LSTM: 8, call_args: {trainin: true}}"), "training"),
    ("block", BLOCK + "layers: [{towr: {units: 3}}]", "tower"),
    ("parameter", BLOCK + "layers: [{tower: {unts: 3}}]", "units"),
    ("block's input", BLOCK + "layers: [{tower: {units: 3}, inputs: {qurey: image}}]", "query"),
    ("item of a block", BLOCK + "layers: [{tower: {units: 3}}, {Dense: 3, inputs: tower.desne}]", "tower.dense"),
    ("model", MODELS + "layers: [encoedr]", "encoder"),
    ("model in a wrapper", MODELS + "layers: [{TimeDistributed: {layer: encoedr}}]", "encoder"),
    ("input of a model", MODELS + "layers: [{encoder: , inputs: {qurey: x}}]", "query"),
    ("key of a block", "inputs: {x: [8]}\nblocks: {b: {parms: {}, layers: [Flatten]}}\nlayers: [b]", "params"),
    ("key of expect", f"{MODEL}expect: {{parms: 3}}", "params"),
    ("limit", f"{MODEL}expect: {{macs: {{maxx: 3}}}}", "max"),
    ("name in expect.shapes", f"{MODEL}expect: {{shapes: {{frist: [3]}}}}", "first"),
    ("key of train", train("epcohs: 3"), "epochs"),
    ("dataset", train("data: mnits"), "mnist"),
    ("key of data", train("data: {name: mnist, rescle: true}"), "rescale"),
    ("loss", f"{MODEL}train: {{loss: mena_squared_error}}", "mean_squared_error"),
    ("loss's class", f"{MODEL}train: {{loss: {{MeanSqaredError: {{}}}}}}", "MeanSquaredError"),
    ("output of a loss", f"{MODEL}train: {{loss: {{frist: mse}}}}", "first"),
    ("metric", train("metrics: [acuracy]"), "accuracy"),
    ("metric's argument", train("metrics: [{AUC: {crve: PR}}]"), "curve"),
    ("optimizer", train("optimizer: adamm"), "adam"),
    ("optimizer's class", train("optimizer: {Adamm: {}}"), "Adam"),
    ("optimizer's argument", train("optimizer: {Adam: {learning_rat: 1}}"), "learning_rate"),
    ("schedule", train("optimizer: {Adam: {learning_rate: {CosineDcay: {}}}}"), "CosineDecay"),
    ("monitor", train("checkpoint: {monitor: los}"), "loss"),
    ("key of early_stopping", train("early_stopping: {monitr: loss}"), "monitor"),
    ("mode", train("checkpoint: {monitor: loss, mode: mni}"), "min"),
    ("alias", item("{Dense: &wide 8}, {Dense: *wdie}"), "*wide"),
]


@pytest.mark.parametrize(("text", "meant"), [pytest.param(text, meant, id=what) for what, text, meant in MISSPELLED])
def test_a_misspelled_name(text: str, meant: str) -> None:
    helps = [diagnostic.help for diagnostic in compile_text(text).diagnostics]
    assert f"did you mean `{meant}`?" in helps, helps


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ad", "add"),  # as near: pad
        ("an", "any"),  # tan
        ("mi", "min"),
        ("ma", "max"),
        ("pa", "pad"),
        ("pd", "pad"),
        ("og", "log"),
        ("mea", "mean"),
        ("sbtract", "subtract"),
        ("argma", "argmax"),
    ],
)
def test_a_missing_letter(name: str, meant: str) -> None:
    """Of equally near names the one with the longest common beginning is suggested."""
    text = f"inputs: {{x: [8]}}\nlayers: [{{ops.{name}: }}]\n"
    helps = [diagnostic.help for diagnostic in compile_text(text).diagnostics]
    assert helps == [f"did you mean `ops.{meant}`?"]


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("tower", ["flower", "towers", "power"], "towers"),
        ("bloc", ["clock", "block", "blob"], "block"),
        ("ad", ["pad", "bad", "add", "had"], "add"),
        ("lin1", ["line_2", "line_1", "lin_11"], "line_1"),
        ("x", ["y", "zz"], None),
    ],
)
def test_the_nearest(name: str, known: list[str], meant: str | None) -> None:
    assert did_you_mean(name, known) == did_you_mean(name, known[::-1]) == meant


@pytest.mark.parametrize(
    ("key", "meant"), [("vars.widht", "vars.width"), ("trian.epochs", "train"), ("train.epcohs", "epochs"), ("nmae", "name")]
)
def test_a_misspelled_override(key: str, meant: str) -> None:
    text = f"{item('{Dense: $width}')}train: {{loss: mse}}\n"
    helps = [diagnostic.help for diagnostic in compile_text(text, overrides=(f"{key}=8",)).diagnostics]
    assert helps == [f"did you mean `{meant}`?"]
