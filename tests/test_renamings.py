"""The table of renamings: each row leads to something that exists, and is read only after a mistake."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from layerctl.base.source import Source
from layerctl.catalog import CATALOGS, Functions, Kind
from layerctl.catalog.activations import ACTIVATIONS
from layerctl.catalog.renamings import _FILES, Table, key
from layerctl.diagnostics import Sink
from layerctl.language.bind.fields import known_keys
from layerctl.language.bind.words import literal_choices
from layerctl.language.spec.callbacks import Checkpoint, EarlyStopping
from layerctl.language.spec.chosen import TrainBinder
from layerctl.language.spec.data import Data
from layerctl.language.spec.document import Document
from layerctl.language.spec.expect import Expect
from layerctl.language.spec.inputs import InputSpec
from layerctl.language.spec.train import Train
from layerctl.language.syntax import parse

SECTIONS = {cls.__name__.lower(): cls for cls in (Document, Train, Data, InputSpec, EarlyStopping, Checkpoint, Expect)}
CLASSES = [cls for catalog in CATALOGS.values() for name in catalog.names() if (cls := catalog.find(name)) is not None]
POLICIES = {"mixed_float16", "mixed_bfloat16"}


def table(kind: str) -> Table:
    found = getattr(import_module(f"layerctl.catalog.renamings.{_FILES[kind]}"), kind.upper())
    assert isinstance(found, dict)
    return found


def known(kind: str) -> set[str]:
    """The names that a table of this kind may lead to."""
    if kind in SECTIONS:
        return set(SECTIONS[kind].model_fields)
    if kind in ("arguments", "settings"):
        return {name for cls in CLASSES for name in known_keys(cls)}
    if kind == "values":
        every = [info.annotation for cls in (*CLASSES, *SECTIONS.values()) for info in cls.model_fields.values()]
        return {str(choice) for annotation in every for choice in literal_choices(annotation)} | POLICIES | {
            "one_hot", "most_frequent", "drop", "mean", "sum",
        }  # fmt: skip
    if kind == "definition":
        return {"params", "inputs", "layers", "outputs", "description"}
    if kind == "beside":
        return {"name", "inputs", "call_args", "if", "repeat"}
    return set(ACTIVATIONS)


@pytest.mark.parametrize("kind", _FILES)
def test_rows_lead_somewhere(kind: str) -> None:
    catalog = CATALOGS.get(kind)
    names = catalog if catalog is not None else known(kind)
    lost = {old: new for old, row in table(kind).items() for new in row.to if new not in names}
    assert not lost


@pytest.mark.parametrize("kind", _FILES)
def test_rows_can_be_found_and_say_why(kind: str) -> None:
    for old, row in table(kind).items():
        assert old == key(old)
        assert row.words or row.why, old
        assert row.to or row.form or row.words or row.leave_out, old


@pytest.mark.parametrize("kind", ["losses", "metrics", "optimizers", "schedules"])
def test_forms_of_objects_are_valid(kind: str) -> None:
    for old, row in table(kind).items():
        if row.form and "{value}" not in row.form:
            sink = Sink()
            node = parse(Source("", row.form), sink)
            assert node is not None
            TrainBinder(sink, {}).object(Kind(kind), node)
            assert not len(sink), f"{old}: {row.form}: {[each.message for each in sink.sorted()]}"


def test_functions_have_a_table_too() -> None:
    assert isinstance(CATALOGS["ops"], Functions)
    assert table("ops")


@pytest.mark.parametrize(("layer", "read"), [("Dense: 10", False), ("Linear: 10", True)])
def test_the_table_is_read_only_after_a_mistake(layer: str, read: bool) -> None:
    code = (
        "import sys; from layerctl.compiler.pipeline import compile_text; "
        f"compile_text('inputs: {{x: [8]}}\\nlayers: [{{{layer}}}]\\ntrain: {{loss: mse, data: synthetic}}'); "
        "print(any('renamings' in name or 'advice' in name or 'causes' in name for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == str(read)
