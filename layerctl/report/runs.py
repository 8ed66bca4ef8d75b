"""Runs as text: tables, metrics and curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from layerctl.base.numbers import number
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.curves import chart
from layerctl.report.layout import Column
from layerctl.report.metrics import cell, grouped, mean, rows, shown
from layerctl.runs.record import Best, Epoch, RunRecord
from layerctl.runs.stored import BROKEN, BrokenRun, StoredRun

COLUMNS = (
    *(Column(head) for head in ("run", "model", "spec", "data")),
    Column("status", "mark"),
    Column("epochs", "figure"),
    Column("best", "text"),
    Column("time", "figure"),
    Column("started", "text"),
)
WIDEST_CHART = 100


def numbers(metrics: Mapping[str, Any], between: str = "  ") -> str:
    """`loss 0.1234  accuracy 0.9612`: the loss first, validation metrics last."""
    groups = grouped(metrics)
    names = sorted(groups, key=lambda name: (name.startswith("val_"), not name.endswith("loss")))
    return between.join(f"{name} {shown([metrics[key] for key in groups[name]])}" for name in names)


def opening(record: RunRecord) -> str:
    """The line printed when training begins: model, data and run directory."""
    data = record.data
    parts = ((data.train, "training"), (data.validation, "validation"), (data.test, "test"))
    counts = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    return f"training {record.model} ({record.params:,} parameters) on {data.name}: {counts} samples → {record.run}"


def closing(record: RunRecord) -> str:
    """The line printed when training ends: status and epochs, and which of them is kept."""
    ended = f"{record.run}: {record.status} after {record.epochs} epoch{'' if record.epochs == 1 else 's'}"
    return f"{ended}; {kept(record)}" if kept(record) else ended


def kept(record: RunRecord) -> str:
    """Which epoch the figures are of, if it is not the last; empty otherwise."""
    if record.kept_epoch in (None, record.epochs):
        return ""
    return f"weights and figures are those of epoch {record.kept_epoch}"


def found(record: RunRecord) -> str:
    """The line that says where the parts of data by path come from; empty for named data."""
    words = {"train": "training", "validation": "validation", "test": "test"}
    return ", ".join(f"{words.get(part, part)}: {origin}" for part, origin in record.data.parts.items())


def metrics_table(record: RunRecord, width: int, paint: Paint = plain) -> Iterator[str]:
    """The metrics of a run: a row for each, with columns for training, validation and test."""
    metrics = record.metrics
    parts = [
        (head, prefix) for head, prefix in (("training", ""), ("validation", "val_"), ("test", "test_")) if _has(metrics, prefix)
    ]
    names = dict.fromkeys(name.removeprefix("val_").removeprefix("test_") for name in metrics)
    lines = [
        (name, *(cell([metrics[prefix + key] for key in keys if prefix + key in metrics]) for _, prefix in parts))
        for name, keys in rows(names).items()
    ]
    return layout.table([Column("metric"), *(Column(head, "figure") for head, _ in parts)], lines, width, paint=paint)


def _has(metrics: Mapping[str, Any], prefix: str) -> bool:
    return any(name.startswith(prefix) if prefix else not name.startswith(("val_", "test_")) for name in metrics)


def runs_table(runs: Sequence[StoredRun | BrokenRun], width: int, paint: Paint = plain) -> Iterator[str]:
    """A row for each run, and below them the problems of broken runs."""
    yield from layout.table(COLUMNS, [_row(run) for run in runs], width, paint=paint)
    broken = [run for run in runs if isinstance(run, BrokenRun)]
    for line in ("", *(f"{run.path.name} is {BROKEN}: {run.problem}" for run in broken)) if broken else ():
        yield from layout.sentences(line, width)


def _row(run: StoredRun | BrokenRun) -> layout.Line:
    if isinstance(run, BrokenRun):
        return (run.path.name, "", "", "", BROKEN, "", "", "", "")
    record = run.record
    return (
        run.path.name, record.model, record.spec, record.data.name, run.status, f"{record.epochs}/{record.epochs_planned}",
        best(record.best), duration(record.times.seconds), moment(record.times.started),
    )  # fmt: skip


def run_lines(run: StoredRun, epochs: Sequence[Epoch], width: int, paint: Paint = plain) -> Iterator[str]:
    """One run: its facts, metrics and curves."""
    for name, text in facts(run):
        yield from layout.sentences(f"{name:<9} {text}", width)
    if run.record.metrics:
        yield from ("", *metrics_table(run.record, width, paint))
    yield from curves(epochs, min(width, WIDEST_CHART))


def best(epoch: Best | None) -> str:
    """`val_accuracy 0.9812 (epoch 4)`."""
    return "" if epoch is None else f"{epoch.monitor} {number(epoch.value)} (epoch {epoch.epoch})"


def duration(seconds: float | None) -> str:
    """`0:07`, `1:02:03`; empty if it is unknown."""
    if seconds is None or not seconds >= 0:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(text: str | None) -> str:
    """A time of the record, to the minute, in the local time zone."""
    try:
        return datetime.fromisoformat(text or "").astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return ""


def facts(run: StoredRun) -> list[tuple[str, str]]:
    """The facts about one run: names and texts, in the order to show them."""
    record, times, data = run.record, run.record.times, run.record.data
    planned = "" if record.epochs == record.epochs_planned else f" of {record.epochs_planned}"
    parts = ((data.train, "train"), (data.validation, "validation"), (data.test, "test"))
    counts = ", ".join(f"{count:,} {part}" for count, part in parts if count)
    again = len(record.resumed)
    rows = (
        ("model", record.model if record.params is None else f"{record.model}, {record.params:,} parameters"),
        ("spec", record.spec),
        ("data", f"{data.name}: {counts}"),
        ("parts", found(record)),
        ("status", run.status + (f": {record.error}" if record.error else "")),
        ("epochs", f"{record.epochs}{planned}{f'; {kept(record)}' if kept(record) else ''}"),
        ("best", best(record.best)),
        ("seed", "" if record.seed is None else str(record.seed)),
        ("started", moment(times.started)),
        ("time", f"{duration(times.seconds)}, {duration(times.training_seconds)} of it training"),
        ("resumed", f"{again} time{'s' if again > 1 else ''}" if again else ""),
        ("command", record.command or ""),
        ("versions", ", ".join(f"{name} {version}" for name, version in record.versions.items() if name != "backend")),
        ("files", ", ".join(sorted(entry.name for entry in run.path.iterdir() if not entry.name.startswith(".")))),
    )
    return [row for row in rows if row[1]]


def curves(epochs: Sequence[Epoch], width: int) -> list[str]:
    """A chart for each metric, training and validation together; of several figures their mean."""
    names = dict.fromkeys(name.removeprefix("val_") for epoch in epochs for name in epoch.metrics)
    out: list[str] = []
    for name, keys in sorted(grouped(names).items(), key=lambda item: not item[0].endswith("loss")):
        title = name if len(keys) == 1 else f"{name} (mean of {len(keys)})"
        parts = {
            label: [mean([epoch.metrics.get(prefix + key) for key in keys]) for epoch in epochs]
            for label, prefix in (("training", ""), ("validation", "val_"))
        }
        drawn = chart(title, {part: values for part, values in parts.items() if any(v is not None for v in values)}, width)
        out += ["", *drawn] if drawn else []
    return out


def run_data(run: StoredRun | BrokenRun) -> dict[str, Any]:
    """A run for `--format json`: its record, with the current status."""
    if isinstance(run, BrokenRun):
        return {"run": run.path.as_posix(), "status": BROKEN, "problem": run.problem}
    return {**run.record.to_json(), "run": run.path.as_posix(), "status": run.status}
