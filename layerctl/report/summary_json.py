"""A model's summary as JSON data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from layerctl.analysis.costs import Row, Summary
from layerctl.base.json_text import plain
from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Tree

if TYPE_CHECKING:
    from layerctl.analysis.receptive_field import Further


def summary_data(summary: Summary, *, expand_nested: bool = False, further: Further | None = None) -> dict[str, Any]:
    """The output of `summary --format json`; with `expand_nested` the row of a nested model has its rows as `layers`."""
    more = further.data if further is not None else lambda name, number: {}
    return {
        "version": 1,
        "model": summary.model,
        "inputs": [_tensor_data(name, tensor) for name, tensor in summary.inputs],
        "outputs": [_tensor_data(name, tensor) for name, tensor in summary.outputs],
        "layers": [_row_data(row, more, "", expand_nested=expand_nested) for row in summary.rows],
        "totals": plain(summary.totals),
    }


def _tensor_data(name: str, tensor: Tensor | None) -> dict[str, Any]:
    if tensor is None:
        return {"name": name, "shape": None, "dtype": None}
    return {"name": name, "shape": list(tensor.shape), "dtype": tensor.dtype}


def _row_data(row: Row, more: Callable[[str, int], dict[str, Any]], within: str, *, expand_nested: bool) -> dict[str, Any]:
    name = within + row.name
    data: dict[str, Any] = {
        "name": row.name,
        "type": row.type,
        "inputs": list(row.calls[0].inputs),
        "output_shape": shape_data(row.calls[0].output),
        "dtype": row.dtype,
        "params": row.params,
        "trainable_params": row.trainable_params,
        "macs": row.macs,
        "weights": plain(row.weights),
    } | more(name, 0)
    if len(row.calls) > 1:
        data["calls"] = [
            {"inputs": list(call.inputs), "output_shape": shape_data(call.output), **more(name, number)}
            for number, call in enumerate(row.calls)
        ]
    if expand_nested and row.inner:
        data["layers"] = [_row_data(inner, more, f"{name}/", expand_nested=True) for inner in row.inner]
    return data


def shape_data(tree: Tree | None) -> Any:
    """A shape as a list; several outputs as a list or a mapping of shapes."""
    if tree is None:
        return None
    if isinstance(tree, Tensor):
        return list(tree.shape)
    if isinstance(tree, dict):
        return {key: shape_data(part) for key, part in tree.items()}
    return [shape_data(part) for part in tree]  # type: ignore[arg-type]
