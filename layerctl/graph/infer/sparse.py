"""Sparse vectors when the model runs, although Keras declares them dense: who takes them, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree, leaves
from layerctl.catalog.layers._calls import tensors_of
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.graph.graph import Op
from layerctl.graph.infer.inferred import Inferred


def gives_sparse(inferred: Inferred, op: Op, call: Call) -> bool:
    """Whether the output of a call is sparse because some of its inputs are.

    Raises:
        Refusal: the running model would fail.
    """
    layer = op.layer
    assert layer is not None
    if layer.declaration is not None or not any(tensor.sparse for tensor in tensors_of(call)):
        return False
    result = layer.gives_sparse(call)
    if result is None:
        raise _refusal(inferred, op, layer, "cannot work on sparse vectors")
    if result and layer.activity_regularizer is not None:
        raise _refusal(inferred, op, layer, "with an `activity_regularizer` cannot give sparse vectors")
    return result


def marked(output: Tree) -> Tree:
    """The output, sparse."""
    if isinstance(output, Tensor):
        return output._replace(sparse=True)
    return {key: marked(part) for key, part in output.items()} if isinstance(output, Mapping) else tuple(map(marked, output))


def _refusal(inferred: Inferred, op: Op, layer: Layer, what: str) -> Refusal:
    maker = _maker(inferred, op)
    message = f"{layer.spec_name()} {what}, which `{maker}` makes: the model would build, and not run"
    help = f"leave out `sparse` in `{maker}`, or put a Dense layer before this one"
    return Refusal(WrongDtype, message, label="got sparse vectors", help=help)


def _maker(inferred: Inferred, op: Op) -> str:
    """The name of the layer that makes the sparse vectors that reach a call."""
    while True:
        trees = ((ref, inferred.tree(ref, run=True)) for ref in op.refs())
        node = next((ref.node for ref, tree in trees if tree and any(tensor.sparse for tensor in leaves(tree))), None)
        before = inferred.graph.nodes[node] if node is not None else None
        if not isinstance(before, Op):
            return op.name
        op = before
