"""The top level of a spec."""

from typing import Annotated, Any, Literal

from pydantic import Field

from layerctl.base.model import Model
from layerctl.catalog import Says
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.language.bind import Binder, Section
from layerctl.language.spec.expect import bind_expect
from layerctl.language.spec.inputs import bind_inputs
from layerctl.language.syntax import Mapping, Node

Kept = Annotated[Any, Section(lambda binder, node: node)]
"""A section that stays a node, for a later stage to read."""


def _bind_train(binder: Binder, node: Node) -> Any:
    from layerctl.language.spec.train import bind_train

    return bind_train(binder, node)


class Document(Model):
    """A spec: one Keras model, and optionally how to train it and what must hold of it."""

    version: Literal[1] = Field(1, description="of the spec language.")
    name: str | None = Field(None, description="the model's name; the file's stem by default.")
    description: str | None = Field(None, description="text for readers.")
    dtype: DtypePolicy = Field("float32", description="the dtype policy of all layers that set none.")
    vars: Kept = Field(None, description="names and values that `$name` stands for.")
    include: Kept = Field(None, description="files whose blocks and models can be used here.")
    inputs: Annotated[Any, Section(bind_inputs), Says("a mapping of names to shapes, such as `{image: [28, 28, 1]}`")] = Field(
        description="the model's inputs: name → shape, or → `{shape, dtype, batch_size}`."
    )
    blocks: Kept = Field(None, description="reusable pieces that expand in place.")
    models: Kept = Field(None, description="nested models, each one layer.")
    layers: Annotated[Kept, Says("a list of layers, such as `- Dense: 10`")] = Field(description="the list of items.")
    outputs: Kept = Field(None, description="what the model returns; the last item's output by default.")
    expect: Annotated[Any, Section(bind_expect)] = Field(None, description="assertions that `check` enforces.")
    train: Annotated[Any, Section(_bind_train)] = Field(None, description="how to train.")

    @classmethod
    def elsewhere(cls, key: str) -> str | None:
        from layerctl.language.spec.train import Train

        return "train" if key in Train.model_fields else None

    @property
    def optimizer(self) -> Any:
        """The optimizer that the section `train` names, with its arguments; None for Keras's default."""
        return self.train.rule if self.train is not None else None


SECTIONS = tuple(Document.model_fields)


def bind_document(binder: Binder, root: Mapping) -> Document:
    """The spec's sections; one with a mistake, which is reported, is None or its default."""
    first = next(iter(root.entries.values()), None)
    place = first.key.span if first is not None else root.span
    bound, _ = binder.partial(Document, root.entries, place, what="a spec")
    assert isinstance(bound, Document)
    return bound
