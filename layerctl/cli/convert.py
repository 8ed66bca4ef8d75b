"""`layerctl convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import WRONG_SPEC, guarded
from layerctl.cli._options import LARGEST_SEED, AllowCustomCode, DataDir, Debug, Overrides
from layerctl.cli._streams import put_result, say
from layerctl.rewrite.as_dense import MAX_WEIGHTS

EXAMPLES = """
  layerctl convert dense --to conv2d                         are they the same function? the proof, and nothing written
  layerctl convert dense --to conv2d -o same.yaml            and the new spec
  layerctl convert dense --to conv2d --any-size -o any.yaml  one that takes larger images too
  layerctl convert runs/conv2d-1 --to dense -o matrix.keras  a trained model: its spec and its weights
  layerctl convert cnn --to dense --format json | jq .bound
"""


@guarded
def command(
    spec: Annotated[str, typer.Argument(metavar="SPEC|RUN", help="A spec, or the directory of a run.", show_default=False)],
    to: Annotated[Literal["conv2d", "dense"], typer.Option("--to", help="What to write layers as.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The new spec (.yaml), or model (.keras); a run gives both.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[str | None, typer.Option("--data", metavar="NAME|PATH", help="Compare on these data too.")] = None,
    data_dir: DataDir = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of fresh weights and random inputs.")] = 0,
    any_size: Annotated[bool, typer.Option("--any-size", help="With conv2d: take images of any size.")] = False,
    max_weights: Annotated[
        int, typer.Option("--max-weights", metavar="N", min=1, help="With dense: values that a matrix may have.")
    ] = MAX_WEIGHTS,
    format: Annotated[Literal["table", "json"], typer.Option("--format", help="How to print the certificate.")] = "table",
    allow_custom_code: AllowCustomCode = False,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Write Dense as Conv2D or Conv2D as Dense, move the weights, and prove the outputs equal.

    A Dense on a flattened image is a convolution whose kernel covers the image; a convolution is a
    Dense with a matrix that repeats the kernel. Both models are run on random, padded and real
    inputs, as they are and in float64, and each value of each output may differ by rounding alone.
    Exit status 1 where one differs by more, where rounding alone changes the outputs beyond
    recognition, or where a layer cannot be converted.
    """
    from layerctl.api.convert import convert

    done = convert(
        spec,
        to,
        output,
        data=data,
        data_dir=data_dir,
        seed=seed,
        any_size=any_size,
        max_weights=max_weights,
        allow_custom_code=allow_custom_code,
        overrides=overrides or (),
    )
    from layerctl.report.certificate import lines

    put_result(done, format, lambda width, paint: lines(done, width, paint))
    if not done.equivalent:
        undecided = "undecided: rounding alone changes the outputs beyond recognition; nothing is written"
        differ = "not equivalent: the outputs differ by more than rounding explains; nothing is written"
        say(undecided if done.equivalent is None else differ)
        raise SystemExit(WRONG_SPEC)
