"""Training that takes more memory than the user allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.base.numbers import size
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Graph, Op
from layerctl.lint._rule import Training, TrainingRule

if TYPE_CHECKING:
    from layerctl.analysis.costs import Optimizer, Summary

SHOWN = 3
"""How many of the largest layers are pointed at."""


class OverMemoryBudget(Code):
    """Training takes more memory than the budget that is set.

    Counted are weights, a gradient for each trainable weight, what the optimizer keeps for it, and the outputs of all layers at
    the batch size that the inputs declare, else that of `--batch-size`, of `train`, or 32. It is an estimate from below: buffers
    of the framework come on top. Without a budget there is no warning.

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

    id = "LC515"
    severity = "warning"


def check(training: Training, sink: Sink) -> None:
    if training.settings.memory_budget is not None and not sink.has_errors:
        _judge(training, training.settings.memory_budget, sink)


RULE = TrainingRule(check)


def _judge(training: Training, budget: int, sink: Sink) -> None:
    """Warns at the layer that takes most; silent where a size is unknown."""
    from layerctl.analysis.costs import summarize
    from layerctl.language.spec.train import Train

    model, train = training.model, training.train
    asked = training.settings.batch_size or (train.batch_size if train is not None else Train.model_fields["batch_size"].default)
    batch = next((node.shape[0] for node in model.graph.inputs if node.shape[0]), asked)
    optimizer = train.rule if train is not None else None
    summary = summarize(model, batch, optimizer)
    found = summary.totals.training_bytes
    if found is None or found <= budget or not summary.rows:
        return
    (op, most), *others = _largest(model.graph, summary, batch, optimizer)
    amounts = (size(found), size(budget)) if size(found) != size(budget) else (f"{found:,} bytes", f"{budget:,} bytes")
    message = f"training takes about {amounts[0]} at batch size {batch}, over the memory budget of {amounts[1]}"
    related = [Related(other.place, f"`{other.name}` takes {size(taken)}") for other, taken in others]
    related += [Related(frame.place, frame.what) for frame in op.frames]
    related = [place for place in related if place.span != op.place]
    help = _help(summary, budget, optimizer)
    sink.add(OverMemoryBudget, op.place, message, label=f"takes {size(most)}", help=help, related=dict.fromkeys(related))


def _largest(graph: Graph, summary: Summary, batch: int, optimizer: Optimizer | None) -> list[tuple[Op, int]]:
    """The layers that take most, the largest first."""
    from layerctl.analysis.costs import training_bytes

    ops = {node.name: node for node in graph.nodes if isinstance(node, Op) and node.shared is None}
    taken = [(training_bytes((row,), batch, optimizer) or 0, -number) for number, row in enumerate(summary.rows)]
    return [(ops[summary.rows[-number].name], most) for most, number in sorted(taken, reverse=True)[:SHOWN]]


def _help(summary: Summary, budget: int, optimizer: Optimizer | None) -> str:
    """The largest batch that fits, which is exact: memory is a part for the model, and one for each sample."""
    from layerctl.analysis.costs import training_bytes

    fixed = training_bytes(summary.rows, 0, optimizer) or 0
    each = (training_bytes(summary.rows, 1, optimizer) or 0) - fixed
    if each and (fits := (budget - fixed) // each) > 0:
        return f"a batch size of {fits} fits; or make the model smaller, or raise the budget"
    least = f"one sample takes {size(fixed + each)}" if each else "the batch size is declared by the inputs"
    return f"make the model smaller, or raise the budget: {least}"
