"""`claims`, as the command and Python users call it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from layerctl.diagnostics.errors import UsageError
from layerctl.report.results.claims import Claim, JudgedClaims

if TYPE_CHECKING:
    from layerctl.runs.listener import Listener

SEEDS = 20
"""With 20 seeds a difference of half a point of accuracy is found with a probability of 80 %, if differences have a standard
deviation of 0.7 points, as those of permuted digits do; with five seeds it takes 1.2 points."""


def claims(
    *,
    data: str = "digits",
    seeds: int | Sequence[int] = SEEDS,
    epochs: int | None = None,
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
    only: Iterable[int] = (),
    tested: Sequence[Claim] | None = None,
    listener: Listener | None = None,
) -> JudgedClaims:
    """Puts the claims about Dense and Conv2D to the test.

    Args:
        data: images of 28×28 pixels or any other size, by name.
        seeds: how many, or which.
        epochs: instead of the specs' five.
        limit: at most this many training samples, and test samples.
        data_dir: where files of named sets are looked for first.
        runs_dir: finished trials are kept in its folder `compare`, as those of comparisons.
        only: numbers of the claims to test; all by default.
        tested: other claims than layerctl's.
        listener: is informed of the progress.

    Returns:
        Each claim with its hypotheses, their figures and intervals, and `CONFIRMED`, `REFUTED` or `UNDECIDED`.

    Raises:
        SpecError: the data do not fit.
        UsageError: fewer than two seeds, or no such claim.
        MissingPackage: Keras is not installed.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    chosen = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
    if len(set(chosen)) < 2:
        raise UsageError("claims are tested with at least two seeds", "for example `--seeds 5`")
    from layerctl.runtime.study.claim_table import CLAIMS

    tested = CLAIMS if tested is None else tested
    wanted = tuple(only) or tuple(claim.number for claim in tested)
    if unknown := set(wanted) - {claim.number for claim in tested}:
        raise UsageError(f"there is no claim {min(unknown)}", f"claims are numbered 1 to {len(tested)}")
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runs.listener import Listener
    from layerctl.runtime.study.candidate import Options
    from layerctl.runtime.study.figures import Figures
    from layerctl.runtime.study.judgement import judged

    figures = Figures(data, chosen, epochs, Options(runs_dir, data_dir, limit), listener or Listener())
    return JudgedClaims(data, chosen, tuple(judged(claim, figures) for claim in tested if claim.number in wanted))
