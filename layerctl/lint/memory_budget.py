"""Training that takes more memory than the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.base.numbers import size
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Graph, Op
from layerctl.lint._rule import Training, TrainingRule

if TYPE_CHECKING:
    from layerctl.analysis.costs import Optimizer, Summary

SHOWN = 3
"""How many of the largest layers a warning names."""


class OverMemoryBudget(Code, id="LC515", severity="warning"):
    """Training takes more memory than the budget.

    Counted are weights, a gradient for each trainable weight, the optimizer's values for it, and the outputs of all layers. The
    batch size is that of the inputs, else of `--batch-size`, of `train`, or 32. The estimate is a lower bound, as buffers of the
    framework are not counted. Without a budget there is no warning.

    Why:
        A model that does not fit into the memory of the device fails in its first step, often after long preparations.

    Example:
        With `memory-budget = "1GiB"` in `[tool.layerctl]` of pyproject.toml, or `--memory-budget 1GiB`:

        ```yaml
        inputs: {image: [512, 512, 3]}
        layers:
          - Conv2D: {filters: 64, kernel_size: 3, activation: relu}
        ```

    Fix:
        Use a smaller batch, smaller layers, or an optimizer that keeps less; or raise the budget.
    """


def check(training: Training, sink: Sink) -> None:
    if training.settings.memory_budget is not None and not sink.has_errors:
        _judge(training, training.settings.memory_budget, sink)


RULE = TrainingRule(check)


def _judge(training: Training, budget: int, sink: Sink) -> None:
    """Warns at the layer that takes most memory; does not warn where a size is unknown."""
    from layerctl.analysis.costs import summarize
    from layerctl.language.spec.train import Train

    model, train = training.model, training.train
    usual = training.settings.batch_size or (train.batch_size if train is not None else Train.model_fields["batch_size"].default)
    batch = next((node.shape[0] for node in model.graph.inputs if node.shape[0]), usual)
    optimizer = train.rule if train is not None else None
    summary = summarize(model, batch, optimizer)
    total = summary.totals.training_bytes
    if total is None or total <= budget or not summary.rows:
        return
    (op, most), *others = _largest(model.graph, summary, batch, optimizer)
    amounts = (size(total), size(budget)) if size(total) != size(budget) else (f"{total:,} bytes", f"{budget:,} bytes")
    message = f"training takes about {amounts[0]} at batch size {batch}, over the memory budget of {amounts[1]}"
    related = [Related(other.place, f"`{other.name}` takes {size(taken)}") for other, taken in others]
    related += [Related(frame.place, frame.what) for frame in op.frames]
    related = [place for place in related if place.span != op.place]
    help = _help(summary, budget, optimizer)
    sink.add(OverMemoryBudget, op.place, message, label=f"takes {size(most)}", help=help, related=dict.fromkeys(related))


def _largest(graph: Graph, summary: Summary, batch: int, optimizer: Optimizer | None) -> list[tuple[Op, int]]:
    """The layers that take most memory, the largest first."""
    from layerctl.analysis.costs import training_bytes

    ops = {node.name: node for node in graph.nodes if isinstance(node, Op) and node.shared is None}
    taken = [(training_bytes((row,), batch, optimizer) or 0, -number) for number, row in enumerate(summary.rows)]
    return [(ops[summary.rows[-number].name], most) for most, number in sorted(taken, reverse=True)[:SHOWN]]


def _help(summary: Summary, budget: int, optimizer: Optimizer | None) -> str:
    """Help with the largest batch that fits; memory is a fixed part plus a part for each sample."""
    from layerctl.analysis.costs import training_bytes

    fixed = training_bytes(summary.rows, 0, optimizer) or 0
    each = (training_bytes(summary.rows, 1, optimizer) or 0) - fixed
    if each and (fits := (budget - fixed) // each) > 0:
        return f"a batch size of {fits} fits; or make the model smaller, or raise the budget"
    least = f"one sample takes {size(fixed + each)}" if each else "the batch size is declared by the inputs"
    return f"make the model smaller, or raise the budget: {least}"
