"""The masks that Keras attaches to tensors: where they begin, which layers pass them on, which are called with them.

A mask says which steps of a sequence count. It begins at `Embedding: {mask_zero: true}` or `Masking`, or where a spec names one
among the inputs of a call. Layers that support masks pass it on; Keras adds it to each call that has an argument for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from layerctl.catalog.layers._base import Call, Layer, MaskTree, Refusal, Tree
from layerctl.catalog.layers._masks import arranged, flat_masks
from layerctl.graph.graph import Graph, Input, Op, Ref, RefTree
from layerctl.graph.typed import Typed, pick


class Masks:
    """The masks of a graph's nodes, inferred in order.

    Attributes:
        of: by node, a mask for each of its output tensors; nodes without masks are left out.
        begins: by node, the node where its mask begins.
        lost: the nodes that get a mask and neither use it nor pass it on, each with the node where the mask begins.
    """

    def __init__(self, of_inputs: tuple[MaskTree, ...] = ()) -> None:
        self.of: dict[int, MaskTree] = {index: mask for index, mask in enumerate(of_inputs) if mask is not None}
        self.begins = {index: index for index in self.of}
        self.lost: dict[int, int] = {}

    def origin(self, op: Op) -> int | None:
        """The node where the mask of an item's inputs begins; None where they have none."""
        return next((self.begins[ref.node] for ref in op.refs() if self.tree(ref) is not None), None)

    def tree(self, refs: RefTree | None) -> MaskTree:
        """The masks of the tensors that references stand for, in the same structure; None where there are none."""
        if isinstance(refs, Ref):
            return pick(self.of.get(refs.node), refs.path)
        if refs is None:
            return None
        if isinstance(refs, Mapping):
            masks: MaskTree = {key: self.tree(part) for key, part in refs.items()}
        else:
            masks = tuple(self.tree(part) for part in refs)
        return masks if any(flat_masks(masks)) else None

    def implied(self, op: Op, layer: Layer) -> dict[str, Any]:
        """The mask arguments that Keras adds to a call: `mask` for a single tensor, else `NAME_mask` for each tensor."""
        if not any(ref.node in self.of for ref in op.refs()):
            return {}
        if not op.arguments:
            wanted: dict[str, RefTree | None] = {"mask": op.inputs}
        else:
            first = {layer.call_arguments[0]: op.inputs} if layer.call_arguments else {}
            wanted = {f"{name}_mask": refs for name, refs in {**first, **op.arguments}.items()}
        named = {*op.arguments, *(name for name, value in op.literals.items() if value is not None)}
        free = {name: refs for name, refs in wanted.items() if name in layer.call_arguments and name not in named}
        return {name: mask for name, refs in free.items() if (mask := self.tree(refs)) is not None}

    def judged(self, graph: Graph, op: Op, call: Call, judge: Callable[[Op, Call], Typed]) -> Call:
        """The call with the masks of its inputs.

        Args:
            graph: the model.
            op: the item.
            call: its call without masks, which the layer accepts.
            judge: infers a call, or raises Refusal.

        Raises:
            Refusal: the layer does not accept the masks.
        """
        assert op.layer is not None
        implied = self.implied(op, op.layer)
        if not implied:
            return call
        masked = call._replace(arguments={**call.arguments, **implied}, implied=implied.keys())
        try:
            judge(op, masked)
        except Refusal as refusal:
            begins = self.origin(op)
            assert begins is not None
            node = graph.nodes[begins]
            name = node.name.partition("@")[0]
            message = f"with the mask that comes along from `{name}`: {refusal.message}"
            comes = isinstance(node, Input)
            begin = f"call the model on what has no mask as `{name}`" if comes else f"let no mask begin at `{name}`"
            help = f"{begin}, or take it away on the way, with `ops.copy`"
            raise Refusal(refusal.code, message, label=refusal.label, help=help) from None
        return masked

    def follow(self, index: int, op: Op, call: Call, output: Tree | None) -> None:
        """Records the mask that a call passes on, begins or loses."""
        layer = op.layer
        assert layer is not None
        given: MaskTree = call.arguments.get("mask")
        if given is None:
            given = self.tree(op.inputs)
        if layer.masks == "drops":
            begins = self.origin(op)
            if given is not None and begins is not None:
                self.lost[index] = begins
            return
        if output is None:
            return
        mask = arranged(flat_masks(layer.mask(call, given)), output)  # as Keras does: the first mask for the first tensor
        if any(flat_masks(mask)):
            self.of[index] = mask
            begins = self.origin(op)
            self.begins[index] = index if layer.masks == "makes" or begins is None else begins
