"""Building models: the functions behind the command `build`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from layerctl.base.files import replacing, write_whole
from layerctl.compiler.accepted import SpecLike, accepted
from layerctl.compiler.memory import building, enough
from layerctl.compiler.permission import own_layers, permitted
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics.errors import UsageError, check_output, writing
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph

if TYPE_CHECKING:
    from layerctl.runtime.backends.backend import KerasModel
    from layerctl.runtime.models.verified import Verified

Form = Literal[".keras", ".json", ".py"]
FORMS: dict[Form, str] = {
    ".keras": "the model, with its weights",
    ".json": "Keras config, for keras.models.model_from_json",
    ".py": "standalone Keras code",
}
"""The forms that a model can be saved in, by the suffix of the file; all but `.keras` are text, which needs no Keras."""


def build(
    spec: SpecLike,
    output: str | os.PathLike[str] | None = None,
    *,
    overrides: Iterable[str] = (),
    seed: int | None = None,
    allow_custom_code: bool = False,
) -> KerasModel:
    """Builds the Keras model of a spec, and compares every static shape, dtype and weight with it.

    Args:
        spec: a file, a bare name as on the command line (`cnn`), or the result of `check`.
        output: where to save it: `.keras` (the model), `.json` (Keras config) or `.py` (Keras code).
        overrides: `KEY=VALUE` texts, as for `--set`.
        seed: makes the initial weights repeatable.
        allow_custom_code: whether the classes of custom layers may be imported.

    Raises:
        SpecError: the spec or a custom layer has errors, or the model does not fit in memory.
        UsageError: `output` has another suffix, or cannot be written.
        MissingPackage: Keras is not installed.
        LayerctlBug: Keras refuses the model, or its model differs from the static check.
    """
    form = form_of(output) if output is not None else None
    compiled = accepted(spec, overrides=overrides)
    model, compiled = built(compiled, seed=seed, allow_custom_code=allow_custom_code)
    if output is not None:
        save(compiled, model if form == ".keras" else None, output)
    return model


def emit(spec: SpecLike, output: str | os.PathLike[str], *, overrides: Iterable[str] = ()) -> None:
    """Writes a spec's model as text, `.json` or `.py`, without loading Keras; arguments and errors as for `build`."""
    if form_of(output) == ".keras":
        raise UsageError("a .keras file holds weights; it takes a built model", "use `build`")
    save(accepted(spec, overrides=overrides), None, output)


def form_of(output: str | os.PathLike[str]) -> Form:
    """The form that a file's suffix asks for.

    Raises:
        UsageError: the suffix is unknown, or the file cannot be written.
    """
    path = os.fspath(output)
    suffix = os.path.splitext(path)[1]
    for form in FORMS:
        if suffix == form:
            break
    else:
        known = "; ".join(f"`{form}` is {meaning}" for form, meaning in FORMS.items())
        raise UsageError(f"cannot save a model as {path}: {f'unknown suffix `{suffix}`' if suffix else 'no suffix'}", known)
    check_output(output)
    return form


def built(compiled: Accepted, *, seed: int | None = None, allow_custom_code: bool = False) -> Verified:
    """The built model, once Keras agrees with every static result; and the spec, with what only Keras could find out.

    Arguments and errors as for `build`.
    """
    compiled = permitted(compiled, allow_custom_code=allow_custom_code)
    with enough(building(compiled)):
        from layerctl.runtime.models.verified import verified

        return verified(compiled, seed=seed)


def save(compiled: Accepted, model: KerasModel | None, output: str | os.PathLike[str]) -> None:
    """Saves a built model, or without one the text that the suffix asks for."""
    with writing(output):
        if model is not None:
            from layerctl.runtime.models.custom import blamed

            with enough(building(compiled)), blamed(compiled), replacing(output) as temporary:
                model.save(temporary)
        else:
            write_whole(output, text_of(compiled, form_of(output)))


def text_of(compiled: Accepted, form: Form) -> str:
    """The model as text: `.json` or `.py`."""
    if form == ".json":
        from layerctl.codegen.keras_json import to_json

        _all_named(compiled)
        return to_json(compiled.model)
    from layerctl.codegen.keras_python import to_python

    return to_python(compiled.model, compiled.document.description)


def _all_named(compiled: Accepted) -> None:
    """Checks that Keras's config can express a model: it names every argument, and numbers outputs.

    Raises:
        UsageError: a custom layer has an argument without a name, or a named output that is not declared.
    """
    other = "save the model as `.py` or `.keras`"
    for _, layer in own_layers(compiled):
        if layer.declaration.positional:
            message = f"Keras's config names each argument; `{layer.operation}` is given one without its name"
            raise UsageError(message, f"write `{layer.operation}: {{NAME: {layer.declaration.positional[0]}}}`, or {other}")
    _all_numbered(compiled.model, other)


def _all_numbered(typed: TypedGraph, other: str) -> None:
    """Checks that each referenced output has a known number, in nested models too."""
    nodes, graph = typed.nodes, typed.graph
    read = [ref for node in graph.nodes if isinstance(node, Op) for ref in node.refs()] + [output.ref for output in graph.outputs]
    for ref in read:
        if nodes[ref.node].output is None and ref.path and not (len(ref.path) == 1 and isinstance(ref.path[0], int)):
            message = f"Keras's config numbers outputs; those of `{graph.nodes[ref.node].name}` are not declared"
            raise UsageError(message, f"declare `output_shape`, or {other}")
    for node in graph.nodes:
        if isinstance(node, Op) and isinstance(node.layer, Functional):
            _all_numbered(node.layer.typed, other)
