"""Runs in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from layerctl.compiler.runs import StoredRun
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.curves import chart
from layerctl.report.layout import Column
from layerctl.report.numbers import number

BESIDES = ("epoch", "seconds", "samples")
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
    """`loss 0.1234  accuracy 0.9612`: the loss first, as a reader looks for it."""
    names = sorted(
        (name for name in metrics if name not in BESIDES), key=lambda name: (name.startswith("val_"), not name.endswith("loss"))
    )
    return between.join(f"{name} {number(metrics[name])}" for name in names)


def opening(record: Mapping[str, Any]) -> str:
    """What a run is about to do, in one line."""
    data = record["data"]
    parts = (("train", "training"), ("validation", "validation"), ("test", "test"))
    counts = ", ".join(f"{data[part]:,} {words}" for part, words in parts if data[part])
    what = f"training {record['model']} ({record['params']:,} parameters) on {data['name']}"
    return f"{what}: {counts} samples → {record['run']}"


def closing(record: Mapping[str, Any]) -> str:
    """How a run ended, in one line."""
    return f"{record['run']}: {record['status']} after {record['epochs']} epoch{'' if record['epochs'] == 1 else 's'}"


def metrics_table(record: Mapping[str, Any], width: int, paint: Paint = plain) -> Iterator[str]:
    """The metrics of a run: a row for each, with training, validation and test side by side."""
    metrics = record["metrics"]
    parts = [
        (head, prefix) for head, prefix in (("training", ""), ("validation", "val_"), ("test", "test_")) if _has(metrics, prefix)
    ]
    names = dict.fromkeys(name.removeprefix("val_").removeprefix("test_") for name in metrics)
    lines = [
        (name, *(number(metrics[prefix + name]) if prefix + name in metrics else "" for _, prefix in parts))
        for name in sorted(names, key=lambda name: not name.endswith("loss"))
    ]
    return layout.table([Column("metric"), *(Column(head, "figure") for head, _ in parts)], lines, width, paint=paint)


def _has(metrics: Mapping[str, Any], prefix: str) -> bool:
    return any(name.startswith(prefix) if prefix else not name.startswith(("val_", "test_")) for name in metrics)


def runs_table(found: Sequence[StoredRun], width: int, paint: Paint = plain) -> Iterator[str]:
    """A row for each run, and below them what is wrong with those that are broken."""
    yield from layout.table(COLUMNS, [_row(run) for run in found], width, paint=paint)
    broken = [run for run in found if run.problem is not None]
    for line in ("", *(f"{run.path.name} is {run.status}: {run.problem}" for run in broken)) if broken else ():
        yield from layout.sentences(line, width)


def _row(run: StoredRun) -> layout.Line:
    record = run.record
    if run.problem is not None:
        return (run.path.name, "", "", "", run.status, "", "", "", "")
    times = record["times"]
    return (
        run.path.name, record["model"], str(record.get("spec", "")), str(record["data"].get("name", "")), run.status,
        f"{record['epochs']}/{record['epochs_planned']}", best(record), duration(times.get("seconds")),
        moment(times.get("started")),
    )  # fmt: skip


def run_lines(run: StoredRun, epochs: Sequence[Mapping[str, Any]], width: int, paint: Paint = plain) -> Iterator[str]:
    """One run: its facts, metrics and curves; `epochs` are the lines of its `metrics.jsonl`."""
    for name, text in facts(run):
        yield from layout.sentences(f"{name:<9} {text}", width)
    if run.record["metrics"]:
        yield from ("", *metrics_table(run.record, width, paint))
    yield from curves(epochs, min(width, WIDEST_CHART))


def best(record: Mapping[str, Any]) -> str:
    """`val_accuracy 0.9812 (epoch 4)`."""
    found = record.get("best")
    if not isinstance(found, Mapping) or not {"monitor", "value", "epoch"} <= found.keys():
        return ""
    return f"{found['monitor']} {number(found['value'])} (epoch {found['epoch']})"


def duration(seconds: Any) -> str:
    """`0:07`, `1:02:03`; nothing where it is not known."""
    if not isinstance(seconds, int | float) or not seconds >= 0:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(text: Any) -> str:
    """A time of the record to the minute, where the reader is."""
    try:
        return datetime.fromisoformat(str(text)).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""


def facts(run: StoredRun) -> list[tuple[str, str]]:
    """What is known of one run, in the order in which it is read."""
    record, times, data = run.record, run.record["times"], run.record["data"]
    planned = "" if record["epochs"] == record["epochs_planned"] else f" of {record['epochs_planned']}"
    resumed = record.get("resumed") or []
    counts = ", ".join(f"{data[part]:,} {part}" for part in ("train", "validation", "test") if data.get(part))
    found = (
        ("model", f"{record['model']}, {record['params']:,} parameters" if "params" in record else record["model"]),
        ("spec", record.get("spec")),
        ("data", f"{data.get('name', '')}: {counts}"),
        ("status", run.status + (f": {record['error']}" if record.get("error") else "")),
        ("epochs", f"{record['epochs']}{planned}"),
        ("best", best(record)),
        ("seed", record.get("seed")),
        ("started", moment(times.get("started"))),
        ("time", f"{duration(times.get('seconds'))}, {duration(times.get('training_seconds'))} of it training"),
        ("resumed", f"{len(resumed)} time{'s' if len(resumed) > 1 else ''}" if resumed else None),
        ("command", record.get("command")),
        ("versions", ", ".join(f"{name} {version}" for name, version in record["versions"].items() if name != "backend")),
        ("files", ", ".join(sorted(entry.name for entry in run.path.iterdir() if not entry.name.startswith(".")))),
    )
    return [(name, str(text)) for name, text in found if text not in (None, "")]


def curves(lines: Sequence[Mapping[str, Any]], width: int) -> list[str]:
    """A chart for each metric, training and validation together."""
    names = dict.fromkeys(name.removeprefix("val_") for line in lines for name in line if name not in BESIDES)
    out: list[str] = []
    for name in sorted(names, key=lambda name: not name.endswith("loss")):
        parts = {"training": [line.get(name) for line in lines], "validation": [line.get(f"val_{name}") for line in lines]}
        drawn = chart(name, {part: values for part, values in parts.items() if any(v is not None for v in values)}, width)
        out += ["", *drawn] if drawn else []
    return out
