"""Independent mistakes of one spec are all reported in one run, each once, each at its place: blocks and includes too."""

from __future__ import annotations

import pytest

from tests.command_line import CommandLine

PARTS = """\
vars: {rate: 0.5}
blocks:
  head:
    params: {units: null}
    layers:
      - Dropout: $rate
      - Dense: {units: $units, kernel_initialiser: he_normal}
"""
MODEL = """\
include: [parts.yaml]
vars: {width: 16}
inputs:
  image: [28, 28, 1]
blocks:
  tower:
    params: {filters: null}
    layers:
      - Conv2D: {filters: $filters, kernel_size: 3, padding: smae}
      - MaxPooling2D: 2
layers:
  - tower: {filters: $width}
  - tower: {filters: 2.5}
    name: second
  - Flatten:
    inputs: imgae
  - head: {units: 10}
  - head: {units: 10}
train:
  loss: sparse_categorical_crossentropy
  optimizer: Adamm
"""
FULL = """\
error[LC204]: `filters` takes a positive integer; got `2.5`
  --> model.yaml:9:27
   |
 9 |       - Conv2D: {filters: $filters, kernel_size: 3, padding: smae}
   |                           ^^^^^^^^
13 |   - tower: {filters: 2.5}
   |     ----- in the block `tower`, used here as `second`
   |
   = help: correct what `$filters` stands for: write `filters: 2`

error[LC205]: `padding` takes one of `valid`, `same`; got the text "smae"
 --> model.yaml:9:62
  |
9 |       - Conv2D: {filters: $filters, kernel_size: 3, padding: smae}
  |                                                              ^^^^
  |
  = help: did you mean `same`?

error[LC302]: there is no input or item `imgae` before this one
  --> model.yaml:16:13
   |
16 |     inputs: imgae
   |             ^^^^^
   |
   = help: did you mean `image`?

error[LC603]: there is no optimizer `Adamm`
  --> model.yaml:21:14
   |
21 |   optimizer: Adamm
   |              ^^^^^
   |
   = help: did you mean `Adam`?

error[LC201]: Dense has no argument `kernel_initialiser`
 --> parts.yaml:7:32
  |
7 |       - Dense: {units: $units, kernel_initialiser: he_normal}
  |                                ^^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `kernel_initializer`?

1 spec checked: 5 errors
"""
CONCISE = """\
model.yaml:9:27: error[LC204] `filters` takes a positive integer; got `2.5`
model.yaml:9:62: error[LC205] `padding` takes one of `valid`, `same`; got the text "smae"
model.yaml:16:13: error[LC302] there is no input or item `imgae` before this one
model.yaml:21:14: error[LC603] there is no optimizer `Adamm`
parts.yaml:7:32: error[LC201] Dense has no argument `kernel_initialiser`
1 spec checked: 5 errors
"""
PLACES = [
    ("LC204", "model.yaml", (9, 27), (9, 35)),
    ("LC205", "model.yaml", (9, 62), (9, 66)),
    ("LC302", "model.yaml", (16, 13), (16, 18)),
    ("LC603", "model.yaml", (21, 14), (21, 19)),
    ("LC201", "parts.yaml", (7, 32), (7, 50)),
]


@pytest.fixture
def spec(cli: CommandLine) -> CommandLine:
    cli.write("model.yaml", MODEL)
    cli.write("parts.yaml", PARTS)
    return cli


@pytest.mark.parametrize(("format", "expected"), [("full", FULL), ("concise", CONCISE)])
def test_for_people(spec: CommandLine, format: str, expected: str) -> None:
    result = spec("check", "model.yaml", "--format", format)
    assert result.status == 1
    assert result.out == expected


def test_for_machines(spec: CommandLine) -> None:
    result = spec("check", "model.yaml", "--format", "json")
    (file,) = result.data["files"]
    places = [
        (
            diagnostic["code"],
            diagnostic.get("path", file["path"]),
            tuple(diagnostic["span"]["start"].values()),
            tuple(diagnostic["span"]["end"].values()),
        )
        for diagnostic in file["diagnostics"]
    ]
    assert places == PLACES
    assert result.data["summary"] == {"files": 1, "errors": 5, "warnings": 0}
    (use,) = file["diagnostics"][0]["related"]
    assert use["message"] == "in the block `tower`, used here as `second`"
    assert use["span"]["start"] == {"line": 13, "column": 5}


@pytest.mark.parametrize("removed", range(5))
def test_each_is_independent(spec: CommandLine, removed: int) -> None:
    """Without one of the mistakes the others are still reported."""
    right = [("2.5", "2"), ("smae", "same"), ("imgae", "image"), ("Adamm", "Adam"), ("initialiser", "initializer")]
    wrong, mended = right[removed]
    spec.write("model.yaml", MODEL.replace(wrong, mended))
    spec.write("parts.yaml", PARTS.replace(wrong, mended))
    codes = [d["code"] for d in spec("check", "model.yaml", "--format", "json").data["files"][0]["diagnostics"]]
    assert codes == [code for number, (code, *_) in enumerate(PLACES) if number != removed]
