"""Judges whether a command's use of a spec fits in memory, before a framework is loaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from layerctl.analysis import memory
from layerctl.analysis.data.held import held
from layerctl.analysis.data.wanted import place, requirements
from layerctl.analysis.memory import Needs, Use
from layerctl.base.machine import NotLoaded, RanOut, accelerators
from layerctl.base.machine import ran_out as is_of_memory
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Mapping


@dataclass(frozen=True, slots=True)
class Judged:
    """A spec with what a command needs of memory."""

    compiled: Accepted
    needs: Needs


def building(compiled: Accepted) -> Judged:
    """What building a model needs: its weights."""
    return Judged(compiled, memory.needs(compiled.model, Use("the model")))


def training(
    compiled: Accepted,
    train: Train,
    *,
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    elsewhere: bool = False,
) -> Judged:
    """What training a model needs: its weights, what the optimizer keeps, the data, and the largest tensor of a batch.

    Args:
        compiled: the spec.
        train: its section, perhaps changed by options.
        limit: the largest number of training samples, and of test samples; that of the section by default.
        data_dir: where files of named sets are looked for first.
        elsewhere: whether other machines train, of which nothing is known; then only the data count.
    """
    if not compiled.model.complete:  # what a custom layer makes is known only when it runs
        return Judged(compiled, memory.needs(compiled.model, Use("training", trains=True, optimizer=train.rule)))
    limit = train.limit if limit is None else limit
    wanted = requirements(compiled.model, compiled.root, compiled.path, train, data_dir=data_dir)
    data = held(wanted, limit)
    section = compiled.root.get("train") if isinstance(compiled.root, Mapping) else None
    said = isinstance(section, Mapping) and "batch_size" in section.entries
    if elsewhere:
        return Judged(compiled, memory.needs(compiled.model, Use("training", copies=0, data=data, data_place=wanted.place)))
    use = Use(
        "training",
        trains=True,
        optimizer=train.rule,
        batch=min(train.batch_size, data.samples),
        compiled=fused(),
        batch_place=place(compiled.root, "train", "batch_size") if said else None,
        batch_option="--batch-size",
        data=data,
        data_place=wanted.place,
    )
    return Judged(compiled, memory.needs(compiled.model, use))


def running(
    compiled: Accepted,
    doing: str,
    *,
    samples: int = 1,
    copies: int = 1,
    option: str = "",
    eager: bool = True,
    beside: Accepted | None = None,
) -> Judged:
    """What running a model on so many samples at once needs: its weights, and the largest tensor.

    Args:
        compiled: the spec.
        doing: in words.
        samples: at once, at least.
        copies: how many models there are with these weights.
        option: sets the number of samples on the command line.
        eager: whether each layer is run by itself.
        beside: a model that is held at the same time.
    """
    compiled_by = fused() and not eager
    use = Use(doing, copies, batch=samples, compiled=compiled_by, batch_option=option)
    needed = memory.needs(compiled.model, use)
    if beside is not None:
        needed = needed._replace(weights=needed.weights + building(beside).needs.weights)
    return Judged(compiled, needed)


def fused() -> bool:
    """Whether XLA compiles training, so that layers may be fused: always on JAX, and where there are accelerators."""
    return os.environ.get("KERAS_BACKEND") == "jax" or bool(accelerators())


@contextmanager
def enough(*judged: Judged) -> Iterator[None]:
    """A context in which a command loads a framework and uses models, one after another.

    Raises:
        SpecError: a model needs more memory than there is; or memory runs out all the same.
    """
    for one in judged:
        if (refusal := memory.judge(one.compiled.model, one.needs)) is not None:
            raise SpecError((refusal,))
    try:
        yield
    except Exception as error:
        if not is_of_memory(error):
            raise
        if isinstance(error, NotLoaded):
            raise SpecError((memory.not_loaded(judged[0].compiled.path, str(error)),)) from error
        most = max(judged, key=lambda one: one.needs.total)
        when = str(error) if isinstance(error, RanOut) else None
        raise SpecError((memory.ran_out(most.compiled.model, most.needs, when),)) from error
