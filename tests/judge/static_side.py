"""The verdict of layerctl, without Keras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from layerctl.compiler import Compiled, compile_text
from layerctl.graph import Op
from layerctl.layers._base import Tree
from layerctl.shapes import Tensor
from tests.judge.case import Case
from tests.judge.verdict import Out, Variable, Verdict


@dataclass(frozen=True)
class Static:
    """Attributes:
    verdict: what layerctl says.
    compiled: an accepted case, for the builder.
    """

    verdict: Verdict
    compiled: Compiled | None = None


def judge(case: Case) -> Static:
    try:
        return _judge(case)
    except Exception as error:  # whatever it is, it is the finding
        return Static(Verdict(False, f"CRASH {type(error).__name__}: {error}", crashed=True))


def _judge(case: Case) -> Static:
    compiled = compile_text(case.text())
    if not compiled.ok or compiled.model is None:
        found = [f"{d.code.id} {d.message}" for d in compiled.diagnostics if d.is_error]
        return Static(Verdict(False, "; ".join(found)))
    ops = [(i, node) for i, node in enumerate(compiled.model.graph.nodes) if isinstance(node, Op)]
    weights: list[Variable] = []
    for index, op in ops:
        assert op.layer is not None
        policy = compiled.model.policies[op.layer.dtype or compiled.model.graph.dtype]
        for weight in compiled.model.nodes[index].weights:
            trainable = weight.trainable and op.layer.trainable
            weights.append(Variable(weight.name, tuple(weight.shape), trainable, weight.dtype or policy.variable))
    output = compiled.model.nodes[ops[-1][0]].output
    if output is None:
        return Static(Verdict(False, "accepts, but does not know the output", crashed=True))
    outputs = tuple(Out(tuple(leaf.shape), leaf.dtype) for leaf in leaves(output))
    return Static(Verdict(True, outputs=outputs, weights=tuple(weights)), compiled)


def leaves(tree: Tree) -> Iterator[Tensor]:
    if isinstance(tree, Tensor):
        yield tree
    else:
        for part in tree.values() if isinstance(tree, Mapping) else tree:
            yield from leaves(part)
