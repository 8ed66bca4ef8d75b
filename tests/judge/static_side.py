"""The verdict of layerctl, without Keras."""

from __future__ import annotations

from dataclasses import dataclass

from layerctl.catalog.layers._base import leaves
from layerctl.compiler.pipeline import Compiled, compile_text
from layerctl.graph.graph import Op
from tests.judge.case import Case
from tests.judge.verdict import Out, Variable, Verdict


@dataclass(frozen=True)
class Static:
    """Attributes:
    verdict: layerctl's verdict.
    compiled: the compiled case if it was accepted, for the builder.
    """

    verdict: Verdict
    compiled: Compiled | None = None


def judge(case: Case) -> Static:
    try:
        return _judge(case)
    except Exception as error:  # any exception is a finding
        return Static(Verdict(False, f"CRASH {type(error).__name__}: {error}", crashed=True))


def _judge(case: Case) -> Static:
    compiled = compile_text(case.text())
    if not compiled.ok or compiled.model is None:
        errors = [f"{d.code.id} {d.message}" for d in compiled.diagnostics if d.is_error]
        return Static(Verdict(False, "; ".join(errors)))
    ops = [(i, node) for i, node in enumerate(compiled.model.graph.nodes) if isinstance(node, Op)]
    weights: list[Variable] = []
    for index, op in ops:
        assert op.layer is not None
        policy = compiled.model.policies[op.layer.own_policy or compiled.model.graph.dtype]
        for weight in compiled.model.nodes[index].weights:
            trainable = weight.trainable and op.layer.trains_weights
            weights.append(Variable(weight.name, tuple(weight.shape), trainable, weight.dtype or policy.variable))
    called = ops if case.again is not None else ops[-1:]
    trees = [compiled.model.nodes[index].output for index, _ in called]
    if any(tree is None for tree in trees):
        return Static(Verdict(False, "accepts, but does not know the output", crashed=True))
    outputs = tuple(Out(tuple(leaf.shape), leaf.dtype) for tree in trees if tree is not None for leaf in leaves(tree))
    return Static(Verdict(True, outputs=outputs, weights=tuple(weights)), compiled)
