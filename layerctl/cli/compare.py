"""`layerctl compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._alone import standing_alone
from layerctl.cli._common import guarded, show
from layerctl.cli._options import AllowCustomCode, DataDir, Debug, IncludeRoot, MaxLayers, Overrides
from layerctl.cli._streams import put_result, say
from layerctl.compiler.configuration import settings as limits
from layerctl.compiler.variants import Variant
from layerctl.diagnostics.errors import UsageError
from layerctl.language.expand.settings import Settings

EXAMPLES = """
  layerctl compare dense conv2d                    which design is better, and at what cost
  layerctl compare dense conv2d --seeds 10         more seeds tell smaller differences apart
  layerctl compare dense conv2d --seeds auto       5, 10, 15 or 20 seeds, as many as it takes
  layerctl compare dense conv2d --seeds 5x4        what the weights and what the order of the data do
  layerctl compare conv2d conv2d@vars.width=8      a spec and a variant of it
  layerctl compare conv2d dense --match macs       both as wide as the MACs of the first allow
  layerctl compare dense conv2d --target 0.95      also how long each takes to an accuracy of 0.95
  layerctl compare dense conv2d --perturb permute,shift --report report.html
  layerctl compare dense conv2d --seeds 20 --ray   several trials at a time; needs layerctl[ray]
  layerctl compare dense conv2d --ray ray://head:10001         on the machines of a cluster
  layerctl compare dense conv2d --format json | jq .pairs
  layerctl compare a.yaml b.yaml --equivalence     whether both can be the same function
"""
ANYWHERE = ""
"""The value of `--ray` without an address."""
Command = standing_alone("--ray", ANYWHERE, lambda word: ":" in word or word in ("auto", "local"))


@guarded
def command(
    specs: Annotated[
        list[str],
        typer.Argument(metavar="SPEC", help="Two or more files or names, or variants: cnn@KEY=VALUE.", show_default=False),
    ],
    data: Annotated[str | None, typer.Option("--data", metavar="NAME|PATH", help="Train all on these data.")] = None,
    seeds: Annotated[
        str,
        typer.Option(
            "--seeds",
            metavar="N|auto|NxM",
            help="How many times each is trained; auto: until decided; 5x4: 5 seeds of weights with 4 of the data's order.",
        ),
    ] = "5",
    max_seeds: Annotated[
        int | None, typer.Option("--max-seeds", metavar="N", min=1, help="Where a plan of several looks ends; 20 for auto.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="The metric that decides; the others are described.")
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="How many times to go through the data.")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", min=1, help="Samples in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option("--learning-rate", help="The size of a step.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many training and test samples.")] = None,
    data_dir: DataDir = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where finished trials are kept.")] = Path("runs"),
    match: Annotated[
        Literal["params", "macs"] | None, typer.Option("--match", help="Bring all to this figure of the first, by their width.")
    ] = None,
    match_var: Annotated[
        str | None, typer.Option("--match-var", metavar="NAME", help="The variable that sets the width; width, units or filters.")
    ] = None,
    target: Annotated[
        float | None, typer.Option("--target", metavar="X", help="Say how long each takes to this value of the metric.")
    ] = None,
    perturb: Annotated[
        str | None,
        typer.Option(
            "--perturb",
            metavar="NAME,…",
            help="Test under these too: permute, shift, noise, occlude, rotate.",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a report with pictures, .html, or one in .md.")
    ] = None,
    equivalence: Annotated[
        bool,
        typer.Option(
            "--equivalence",
            help="Train nothing; say whether two specs are the same function: yes, no with a witness, or unknown.",
        ),
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="[ADDRESS]",
            help="Train several trials at a time with Ray: here, or on the cluster at ray://HOST:PORT.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", help="How to print the result.")] = "table",
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    allow_custom_code: AllowCustomCode = False,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Train variants alike over several seeds, and say with statistics which is better and at what cost.

    All get the same data in the same order from the same seeds. Finished trials are kept: after
    Ctrl-C the same call does the rest. A verdict allows for chance in training and in the test
    samples; looks with more and more seeds share one error probability of 5 %.

    --perturb tests under disturbances of the images, too, at several strengths. Noise is added in full, so that pixels
    may leave their range; a row says how much each disturbance changes a pixel.
    """
    from layerctl.api.compare import compare
    from layerctl.compiler.trainable import settings

    changes = [*(overrides or ()), *settings({"data": data, "epochs": epochs, "batch_size": batch_size})]
    variants = [_read(spec, changes, limits(max_layers, include_root)) for spec in specs]
    if equivalence:
        _equivalence(variants, format)
        return
    from layerctl.cli._progress import Trials

    with Trials() as trials:
        comparison = compare(
            variants,
            seeds=seeds,
            max_seeds=max_seeds,
            metric=metric,
            learning_rate=learning_rate,
            limit=limit,
            data_dir=data_dir,
            runs_dir=runs_dir,
            match=match,
            match_var=match_var,
            target=target,
            perturb=tuple(filter(None, (perturb or "").split(","))),
            report=report,
            allow_custom_code=allow_custom_code,
            ray=ray,
            listener=trials,
        )
    if report is not None:
        say(f"wrote {report}")
    from layerctl.report.comparison import lines

    put_result(comparison, format, lambda width, paint: lines(comparison, width, paint))


def _read(text: str, changes: list[str], limits: Settings) -> Variant:
    """A variant without errors; its warnings are shown."""
    from layerctl.compiler.variants import read

    variant = read(text, changes, limits)
    show(variant.warnings)
    return variant


def _equivalence(variants: list[Variant], format: str) -> None:
    from layerctl.api.equivalence import equivalence

    if len(variants) != 2:
        raise UsageError(
            f"`--equivalence` takes two specs, got {len(variants)}", "for example `layerctl compare a b --equivalence`"
        )
    answer = equivalence(*variants)
    from layerctl.report.equivalence import lines

    put_result(answer, format, lambda width, paint: lines(answer, width))
