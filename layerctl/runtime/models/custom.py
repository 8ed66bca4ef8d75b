"""Custom layers: imports their classes, and compares the spec's declarations with their behaviour."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from layerctl.analysis.trainability import check_training
from layerctl.base.machine import ran_out
from layerctl.base.shapes import Tensor
from layerctl.base.source import Span
from layerctl.catalog.layers._base import Tree, Weight, leaves
from layerctl.catalog.layers._construction import Declaration, Result
from layerctl.catalog.layers._custom import Custom, custom, customs
from layerctl.codegen.plan import Plan, Step
from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Code, Sink
from layerctl.diagnostics.errors import LayerctlError, SpecError
from layerctl.diagnostics.spelling import did_you_mean
from layerctl.graph.graph import Op, Ref, uses
from layerctl.graph.infer import infer
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.runtime.backends import backend
from layerctl.runtime.codes import CustomLayerNotFound, DeclarationDiffers, RefusedByKeras
from layerctl.runtime.models.assembled import Assembled
from layerctl.runtime.models.verify import Variable, fits, variables

BOLD = re.compile(r"\x1b\[1m((?:(?!\x1b\[1m).)*?)\x1b\[0m", re.DOTALL)
"""The text that Keras prints in bold for an error within a layer; of nested ones the innermost."""


def own_classes(compiled: Accepted) -> dict[str, Any]:
    """Imports the custom classes of a spec; returns them by the names under which Keras registers them.

    Raises:
        SpecError: one cannot be imported, or is not a layer.
    """
    keras = backend.keras()
    sink, classes = Sink(), {}
    for op, layer in own_layers(compiled):
        cls = _imported(layer, op, sink)
        if cls is not None:
            classes[keras.saving.get_registered_name(cls)] = cls
    if sink.has_errors:
        raise SpecError(sink.sorted(compiled.path))
    return classes


def _imported(layer: Custom, op: Op, sink: Sink) -> Any:
    """The class of a layer; None after a diagnostic."""
    module, name = layer.declaration.module, layer.keras_name()

    def refused(message: str, help: str, trace: tuple[str, ...] = ()) -> None:
        place = layer.declaration.places[""]
        sink.add(CustomLayerNotFound, place, message, help=help, uses=uses(op.frames), trace=trace, once=True)

    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())  # where `python -m` looks first
    try:
        imported = import_module(module)
    except (Exception, SystemExit) as error:
        absent = error.name if isinstance(error, ModuleNotFoundError) else None
        missing = absent is not None and f"{module}.".startswith(f"{absent}.")
        help = f"run from the directory that holds `{module.split('.')[0]}`, or add that to `PYTHONPATH`"
        words = f"there is no module `{absent}`" if missing else f"importing `{module}` fails: {_error_line(error)}"
        refused(words, help if missing else "correct the module", () if missing else _where(error, module))
        return None
    base = backend.keras().layers.Layer
    layers = [key for key, value in vars(imported).items() if isinstance(value, type) and issubclass(value, base)]
    cls = getattr(imported, name, None)
    if cls is None:
        near = did_you_mean(name, layers)
        refused(f"`{module}` has no class `{name}`", f"did you mean `{near}`?" if near else "name a class that is there")
    elif name not in layers:
        refused(f"`{name}` of `{module}` is no Keras layer", "derive it from `keras.layers.Layer`")
    else:
        return cls
    return None


class Watch:
    """Watches Keras build a model: an error at a custom layer, or after one, is the user's and is reported at its item.

    Attributes:
        reached: the nodes that are custom layers or depend on one.
    """

    def __init__(self, typed: TypedGraph, path: str) -> None:
        self.path = path
        self.typed = typed
        self.sink = Sink()
        self.reached: set[int] = set()
        for index, node in enumerate(self.typed.graph.nodes):
            if isinstance(node, Op) and (any(customs(node.layer)) or any(ref.node in self.reached for ref in node.refs())):
                self.reached.add(index)

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """The context of one layer's construction and call."""
        try:
            yield
        except Exception as error:
            own = next(customs(step.op.layer), None)
            if isinstance(error, LayerctlError) or ran_out(error):
                raise
            self.finish()
            if step.node not in self.reached:
                raise
            message = f"Keras refuses `{step.layer}`: {_error_line(error)}"
            help = (
                _help(error) if own is not None else "what is before it is known to Keras only; `output_shape` there declares it"
            )
            self.add(RefusedByKeras, step.op.place, step.op, message, help, _where(error, own.declaration.module) if own else ())
            self.finish()

    @contextmanager
    def outputs(self) -> Iterator[None]:
        """The context in which the model's outputs are collected."""
        try:
            yield
        except LookupError as error:
            for output in self.typed.graph.outputs:
                if output.ref.path and self.typed.tensor(output.ref) is None:
                    message = f"Keras does not find the output `{output.name}`: {error}"
                    self.sink.add(RefusedByKeras, output.place, message, help="name an output that is there")
            self.finish()
            raise

    def add(self, code: type[Code], place: Span, op: Op, message: str, help: str, trace: tuple[str, ...] = ()) -> None:
        self.sink.add(code, place, message, help=help, uses=uses(op.frames), trace=trace, once=bool(op.frames))

    def finish(self) -> None:
        """Raises SpecError if mistakes were reported."""
        if self.sink.has_errors:
            raise SpecError(self.sink.sorted(self.path))

    def declared(self, step: Step, layer: Any, value: Any) -> None:
        """Compares the declarations of a custom layer, or of those that a layer wraps, with its Keras layer and output."""
        if isinstance(step.op.layer, Functional):
            return  # the layers of a nested model were compared when it was built
        name, static = step.op.name.partition("@")[0], self.typed.nodes[step.node]
        for own in customs(step.op.layer):
            place = own.declaration.places.get("output_shape")
            if place is not None and static.output is not None and not fits(static.output, value, loose=True):
                exact = own is step.op.layer
                actual = form(value, self.typed.policies[step.op.layer.own_policy or self.typed.graph.dtype].compute)  # type: ignore[union-attr]
                help = f"write `output_shape: {actual}`" if exact else f"correct the `output_shape` of `{own.keras_name()}`"
                self.add(DeclarationDiffers, place, step.op, f"Keras finds that `{name}` gives {actual}", help)
            place = own.declaration.places.get("weights")
            if place is not None and step.construct is not None and static.weights is not None:
                declared_variables, real = variables(self.typed, step, layer)
                if not _same_variables(declared_variables, real):
                    words = weights_form(layer, real)
                    help = (
                        f"write `weights: {words}`" if own is step.op.layer else f"correct the `weights` of `{own.keras_name()}`"
                    )
                    self.add(DeclarationDiffers, place, step.op, f"Keras finds that `{name}` has the weights {words}", help)


@contextmanager
def blamed(compiled: Accepted) -> Iterator[None]:
    """A context that runs a model, and reports an error in the code of a custom layer at the layer's item.

    Raises:
        SpecError: such an error.
    """
    try:
        yield
    except LayerctlError:
        raise
    except Exception as error:
        for op, layer in own_layers(compiled):
            trace = _where(error, layer.declaration.module)
            if trace:
                sink = Sink()
                message = f"`{op.name}` fails as the model runs: {_error_line(error)}"
                sink.add(RefusedByKeras, layer.declaration.places[""], message, help="correct the class", trace=trace)
                raise SpecError(sink.sorted(compiled.path)) from error
        raise


def refused(compiled: Accepted, op: Op, message: str, help: str) -> SpecError:
    """The error for an operation that Keras refuses, at the item that asks for it."""
    sink = Sink()
    sink.add(RefusedByKeras, op.place, message, help=help)
    return SpecError(sink.sorted(compiled.path))


def sources(compiled: Accepted) -> list[str]:
    """The source files of a spec's custom classes and of their base classes, without Keras's."""
    classes = {base: None for cls in own_classes(compiled).values() for base in cls.__mro__}
    modules = {base.__module__ for base in classes if base.__module__.partition(".")[0] not in ("keras", "builtins")}
    files = (getattr(sys.modules.get(module), "__file__", None) for module in sorted(modules))
    return [Path(file).read_text(encoding="utf-8", errors="replace") for file in files if file and file.endswith(".py")]


def form(value: Any, dtype: str) -> str:
    """The output of a layer, written as for `output_shape`; `dtype` is the layer's compute dtype."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {form(part, dtype)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(form(part, dtype) for part in value)}]"
    dims = f"[{', '.join('null' if dim is None else str(dim) for dim in value.shape[1:])}]"
    return dims if str(value.dtype) == dtype else f"{{shape: {dims}, dtype: {value.dtype}}}"


def weights_form(layer: Any, real: list[Variable]) -> str:
    """A layer's variables, written as for `weights`; variables of the same name get their path within the layer."""
    names = [name for name, *_ in real]
    entries = []
    for variable, (name, shape, dtype, trainable) in zip(layer.weights, real, strict=True):
        key = name if names.count(name) == 1 else variable.path.partition("/")[2]
        beside = ([] if trainable or not layer.trainable else ["trainable: false"]) + (
            [f"dtype: {dtype}"] if dtype != layer.variable_dtype else []
        )
        dims = f"[{', '.join(map(str, shape))}]"
        entries.append(f"{key}: " + (f"{{{', '.join([f'shape: {dims}', *beside])}}}" if beside else dims))
    return f"{{{', '.join(entries)}}}"


def _same_variables(declared: list[Variable], real: list[Variable]) -> bool:
    """Whether these are the same variables, in any order; of a declared name the part after the last slash is compared."""
    return sorted((name.rpartition("/")[2], *rest) for name, *rest in declared) == sorted((name, *rest) for name, *rest in real)


def part(value: Any, ref: Ref) -> Any:
    """The output of a layer that a reference selects.

    Raises:
        LookupError: the layer has no such output, or only a single one.
    """
    for step in ref.path:
        several = isinstance(value, Mapping) if isinstance(step, str) else isinstance(value, list | tuple)
        if not several or (step not in value if isinstance(step, str) else step >= len(value)):
            raise LookupError(f"there is no output [{step}] of what it is given")
        value = value[step]
    return value


def completed(compiled: Accepted, made: Assembled) -> Accepted:
    """The spec, completed with the outputs and weights that Keras found for undeclared custom layers, and inferred again.

    Raises:
        SpecError: the completed spec has a mistake.
    """
    if not _open(made.planned):
        return compiled
    sink = Sink()
    known = _known(made, sink)
    train = compiled.document.train
    if train is not None and not sink.has_errors:
        check_training(train, compiled.root, known, sink)
    if sink.has_errors:
        raise SpecError(sink.sorted(compiled.path))
    return compiled._replace(model=known)


def _open(planned: Plan) -> bool:
    """Whether the plan has unknown outputs or weights that Keras has found."""
    nodes = planned.typed.nodes
    return any(nodes[step.node].output is None or (step.op.layer and step.op.layer.undeclared) for step in planned.steps)


def _known(made: Assembled, sink: Sink) -> TypedGraph:
    """The typed graph of a built model, completed with Keras's outputs and weights, in nested models too."""
    typed, values = made.planned.typed, made.values
    nodes = list(typed.graph.nodes)
    models = {name: _known(inner, sink) for name, inner in made.nested.items() if _open(inner.planned)}
    for step in made.planned.steps:
        layer, output = step.op.layer, typed.nodes[step.node].output
        if step.layer in models:
            inner, output_tree = models[step.layer], _tree(values[step.node]) if output is None else None
            nodes[step.node] = step.op._replace(layer=Functional.of(inner.graph.name, inner, output_tree))
        elif layer is not None and (declaration := layer.declaration) is not None and (layer.undeclared or output is None):
            learnt = _learnt(declaration, made.layers[step.layer], values[step.node] if output is None else None)
            nodes[step.node] = step.op._replace(layer=custom(layer.keras_name(), learnt))
    known = infer(typed.graph._replace(nodes=tuple(nodes)), sink)
    completed_nodes = tuple(
        node if node.output is not None or index not in values else node._replace(output=_tree(values[index]))
        for index, node in enumerate(known.nodes)
    )
    return known._replace(nodes=completed_nodes, complete=known.sound)


def _learnt(declaration: Declaration, made: Any, value: Any) -> Declaration:
    """The declaration, completed with Keras's weights and output; an output without a batch dimension cannot be declared.

    Args:
        declaration: that of the spec.
        made: the Keras layer.
        value: the output of its call; None if the output is declared.
    """
    if declaration.weights is None:
        weights = tuple(Weight(v.name, tuple(v.shape), bool(v.trainable), str(v.dtype)) for v in made.weights)
        declaration = declaration._replace(weights=weights)
    if value is not None and all(tensor.rank for tensor in leaves(_tree(value))):
        declaration = declaration._replace(output=_results(_tree(value)))
    return declaration


def _results(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {key: _results(part) for key, part in tree.items()}
    return Result(tree.shape[1:], tree.dtype) if isinstance(tree, Tensor) else tuple(_results(part) for part in tree)


def _tree(value: Any) -> Tree:
    """Keras's tensors as the tensors of a typed graph."""
    if isinstance(value, Mapping):
        return {key: _tree(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_tree(part) for part in value)
    return Tensor(tuple(value.shape), str(value.dtype))


def _error_line(error: BaseException) -> str:
    """An error as one line: the cause that Keras quotes, if it does."""
    quoted = BOLD.search(str(error))
    text = (quoted[1] if quoted else str(error)).rpartition("Error encountered:")[2]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _help(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, TypeError) and re.search(r"unexpected keyword argument '(name|dtype|trainable)'", text):
        return "let its `__init__` take `**kwargs`, and hand them to `super().__init__(**kwargs)`"
    return "correct the arguments, the input, or the class"


def _where(error: BaseException, module: str) -> tuple[str, ...]:
    """The innermost line of the package's code in the traceback of an error; empty if there is none."""
    package = module.partition(".")[0]
    location: tuple[str, ...] = ()
    for frame, line in traceback.walk_tb(error.__traceback__):
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] == package:
            path = Path(frame.f_code.co_filename)
            shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
            location = (f"{shown}:{line} in {frame.f_code.co_name}",)
    return location
