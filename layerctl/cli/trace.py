"""`layerctl trace`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from layerctl.cli._common import guarded, usage
from layerctl.cli._options import LARGEST_SEED, AllowCustomCode, DataDir, Debug, Overrides
from layerctl.cli._streams import put_result
from layerctl.diagnostics.text import Paint

if TYPE_CHECKING:
    from layerctl.api.trace import Trace

EXAMPLES = """
  layerctl trace cnn                             every layer's output and weights, on random input
  layerctl trace cnn --data digits --gradients   on 32 real samples, and what training would change
  layerctl trace runs/cnn-1 --input seven.png    a trained model on a picture
  layerctl trace values_conv2d --layer conv2d --at 0,3,5     one value, to check with a calculator
  layerctl trace cnn --data digits -o pictures/  histograms, feature maps, kernels
"""


@guarded
def command(
    spec: Annotated[str, typer.Argument(metavar="SPEC|RUN", help="A spec, or the directory of a run.", show_default=False)],
    data: Annotated[
        str | None, typer.Option("--data", metavar="NAME|PATH", help="Samples of a dataset, not random ones.")
    ] = None,
    input: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="An image, an .npy array or an .npz archive.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="How many: 1 at random or 32 of a dataset.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of fresh weights and random input; the spec's.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option("--layer", metavar="NAME", help="One layer in detail, and a value followed back.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="I,J,…", help="Which value of it; the largest.")] = None,
    gradients: Annotated[bool, typer.Option("--gradients", help="Add the gradient of each weight, for one batch.")] = False,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="DIR|FILE", help="A directory for pictures, .npz, or .json. Repeatable."),
    ] = None,
    data_dir: DataDir = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", help="How to print the result.")] = "table",
    allow_custom_code: AllowCustomCode = False,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Show what values flow through a model: each layer's outputs and weights, and how they are distributed.

    A spec has the weights that training with the same seed begins with; a run those that it ended with. Lines
    with ! point out dead units, scales that explode or vanish, in one layer or over several, activations where they are flat, and
    weights that get no gradient. What chance explains, as units that are 0 for a single sample, is not pointed out.

    --gradients computes the loss as training does, with the penalties and the weights of classes that the spec has.
    """
    from layerctl.api.trace import trace

    done = trace(
        spec,
        data=data,
        input=input,
        seed=seed,
        samples=samples,
        layer=layer,
        at=_indices(at),
        gradients=gradients,
        outputs=output or (),
        data_dir=data_dir,
        allow_custom_code=allow_custom_code,
        overrides=overrides or (),
    )
    put_result(done, format, lambda width, paint: _lines(done, layer, gradients, width, paint))


def _indices(text: str | None) -> list[int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 10 for part in parts):
        usage(f"`--at {text}` is no place: expected numbers from 0", "for example `--at 0,3,5`: row 0, column 3, filter 5")
    return [int(part) for part in parts]


def _lines(done: Trace, layer: str | None, gradients: bool, width: int, paint: Paint) -> Iterator[str]:
    from layerctl.report import flow

    if layer is not None:
        yield from flow.detail(done.record, layer, width, paint)
    else:
        yield from flow.table(done.record, width, paint, gradients=gradients)
    yield ""
    yield from flow.notes(done.record, done.files, width)
