"""The memory of training: the budget, and the batch that fits in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics import Diagnostic
from layerctl.language.expand.settings import Settings
from tests.command_line import CommandLine

SPEC = "inputs: {image: [28, 28]}\nlayers:\n  - Flatten\n  - Dense: {units: 10, activation: relu}\n  - Dense: 3\n"


def warned(budget: int, batch_size: int | None = None, spec: str = SPEC) -> Diagnostic | None:
    diagnostics = compile_text(spec, settings=Settings(memory_budget=budget, batch_size=batch_size)).diagnostics
    assert {diagnostic.code.id for diagnostic in diagnostics} <= {"LC515"}
    return diagnostics[0] if diagnostics else None


@given(st.integers(140_000, 10_000_000))
def test_the_batch_that_fits_is_exact(budget: int) -> None:
    warning = warned(budget, 1_000_000)
    assert warning is not None
    fits = re.match(r"a batch size of (\d+) fits", warning.help or "")
    assert fits is not None
    assert warned(budget, int(fits[1])) is None
    assert warned(budget, int(fits[1]) + 1) is not None


@pytest.mark.parametrize(
    ("optimizer", "copies"),
    [
        ("adam", 4),
        ("sgd", 2),
        ("{SGD: {momentum: 0.9}}", 3),
        ("{RMSprop: {momentum: 0.9, centered: true}}", 5),
        ("{Adam: {amsgrad: true, use_ema: true}}", 6),
        ("{Lion: {gradient_accumulation_steps: 4}}", 4),
        ("{LossScaleOptimizer: {inner_optimizer: sgd}}", 2),
    ],
)
def test_the_optimizer_counts(optimizer: str, copies: int) -> None:
    spec = f"inputs: {{x: [9]}}\nlayers: [{{Dense: 10}}]\ntrain: {{data: synthetic, loss: mse, optimizer: {optimizer}}}\n"
    exact = 4 * (copies * (9 * 10 + 10) + 32 * 10)
    assert warned(exact, spec=spec) is None
    assert warned(exact - 1, spec=spec) is not None


def test_amounts_that_look_alike_are_given_exactly() -> None:
    spec = "inputs: {x: [9]}\nlayers: [{Dense: 1001}]\n"
    exact = 4 * (4 * 10_010 + 32 * 1001)
    warning = warned(exact - 1, spec=spec)
    assert warning is not None
    assert f"{exact:,} bytes" in warning.message
    assert f"{exact - 1:,} bytes" in warning.message


def test_the_command_line(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    assert cli("check", "a.yaml").out == "1 spec checked, no mistakes\n"
    result = cli("check", "a.yaml", "--memory-budget", "100KiB", "--format", "concise")
    assert result.status == 0
    assert "LC515" in result.out
    assert cli("check", "a.yaml", "--memory-budget", "100KiB", "--strict").status == 1
    assert cli("check", "a.yaml", "--memory-budget", "250KiB").out == "1 spec checked, no mistakes\n"
    assert "batch size 64" in cli("check", "a.yaml", "--memory-budget", "250KiB", "--batch-size", "64").out


@pytest.mark.parametrize("size", ["8GB", "much", "-1", ""])
def test_what_is_no_size(cli: CommandLine, size: str) -> None:
    cli.write("a.yaml", SPEC)
    result = cli("check", "a.yaml", "--memory-budget", size)
    assert result.status == 2
    assert "8GiB" in result.err
