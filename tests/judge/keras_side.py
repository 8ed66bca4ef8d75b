"""The verdict of Keras: whether the model builds, and runs with the promised output shapes."""

from __future__ import annotations

import gc
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice, product
from typing import Any

import numpy as np

from layerctl.catalog import CATALOGS, Arguments, Kind
from layerctl.catalog.ops._base import Operation
from layerctl.compiler.pipeline import Compiled
from layerctl.graph.graph import Op
from layerctl.language.bind import object_fields
from layerctl.runtime.backends import backend
from layerctl.runtime.models import verify
from layerctl.runtime.models.build import build_model
from tests.judge.case import Case, Input, Raw, Runnable, mapped
from tests.judge.verdict import Out, Variable, Verdict

BATCH = 13
"""The batch size: equal to no other size, so that they cannot be confused."""
SIZES, LARGE, APART = (12, 5, 1, 3), 140, 60
"""Sizes for unknown dimensions when the model runs. A case is accepted if it runs with one of SIZES, LARGE or a number that
occurs in it for all of them, or with one of APART combinations of different numbers."""

CPU_ONLY = (
    r"only supports (the )?ND?HWC",
    r"Current CPU implementations? do(es)? not yet support",
    r"cuDNN is not supported for this layer",
    r"Flash attention is not supported in",
    r"Input dims must be <= 5",
    r"Broadcast between .* is not supported yet",
)
"""Errors of operations that run only on other devices; such a case cannot be judged here."""


def keras() -> Any:
    return backend.keras()


def clear() -> None:
    """Clears all models. The frameworks' millions of objects are excluded from later garbage collections."""
    keras().backend.clear_session(free_memory=False)
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()


@contextmanager
def unoptimized() -> Iterator[None]:
    """Switches graph optimization off: each graph runs once, and optimizing would take longer than running."""
    import tensorflow as tf

    known = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False, **known})


def judge(case: Case, compiled: Compiled | None = None) -> Verdict:
    """Builds and runs the case, by layerctl's builder if layerctl accepts it; if only that fails, it is a bug of layerctl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if compiled is None:
            return verdict(case, lambda: functional(case))
        verified: list[str] = []
        result = verdict(case, lambda: by_builder(compiled, verified))
        if not result.accepted and verdict(case, lambda: functional(case)).accepted:
            return replace(result, says=f"layerctl's builder, not Keras: {result.says}", crashed=True)
        return replace(result, verified=tuple(verified))


def verdict(case: Runnable, make: Callable[[], tuple[Any, list[Any]]]) -> Verdict:
    """The verdict on a model: `make` builds it and returns the layers whose weights count; then it is run."""
    stage = "build"
    try:
        model, layers = make()
        promised = tuple(Out(tuple(out.shape), str(out.dtype)) for out in model.outputs)
        weights = tuple(variable for layer in layers for variable in variables(layer))
        stage = "run"
        problem = run(case, model, promised)
    except Exception as error:  # Keras refuses by any exception
        keras().backend.clear_session(free_memory=False)  # else half-made variables would affect later models
        return Verdict(False, f"({stage}) {short(error)}", unable=lacks_kernel(error))
    if problem is not None:
        return Verdict(False, problem)
    return Verdict(True, outputs=promised, weights=weights)


def by_builder(compiled: Compiled, verified: list[str]) -> tuple[Any, list[Any]]:
    """The model as `layerctl build` makes it; differences that `build` would report are added to `verified`."""
    spec = compiled.accepted()
    model = build_model(spec)
    verified += verify.differences(spec, model)
    return model, [
        model.get_layer(node.name)
        for node in spec.model.graph.nodes
        if isinstance(node, Op) and node.shared is None and node.layer is not None and not node.layer.is_function
    ]


def lacks_kernel(error: Exception) -> bool:
    """Whether only the CPU lacks the operation for this dtype, and an accelerator has it."""
    text = str(error)
    if re.search("|".join(CPU_ONLY), text):
        return True
    dtype = re.search(r"No OpKernel was registered.*\bT=(DT_\w+)", text, re.DOTALL)
    return dtype is not None and any("device='GPU'" in line and dtype[1] in line for line in text.splitlines())


def functional(case: Case) -> tuple[Any, list[Any]]:
    """The model built directly with Keras, for cases that layerctl refuses."""
    k = keras()
    policy = k.config.dtype_policy()
    k.config.set_dtype_policy(case.dtype)
    try:
        layers = [construct(item.layer, item.args) for item in case.items]
    finally:
        k.config.set_dtype_policy(policy)
    tensors: list[Any] = []

    def entry(tensor: Input) -> Any:
        tensors.append(k.Input(tensor.shape, dtype=tensor.dtype, batch_size=tensor.batch))
        return tensors[-1]

    value = mapped(case.fed, entry)
    for index, layer in enumerate(layers):
        call = case.call if index == len(layers) - 1 else {}
        if index == 0 and isinstance(value, Mapping):
            first, *others = value.items()
            value = layer(first[1], **dict(others), **call)
        else:
            value = layer(value, **call)
    outputs = [value] if case.again is None else [value, layers[-1](entry(case.again))]
    return k.Model(tensors, k.tree.flatten(outputs)), layers


def variables(layer: Any) -> list[Variable]:
    return [Variable(w.name, tuple(w.shape), w.trainable, str(w.dtype)) for w in layer.weights]


def run(case: Runnable, model: Any, promised: tuple[Out, ...]) -> str | None:
    """Why the model does not run, or None."""
    problem = None
    for unknown in assignments(case):
        try:
            problem = run_once(case, model, promised, unknown)
        except Exception as error:  # the next sizes may work
            if lacks_kernel(error):
                raise
            problem = f"(run, ? = {', '.join(map(str, unknown))}) {short(error)}"
        if problem is None:
            return None
    return problem


def run_once(case: Runnable, model: Any, promised: tuple[Out, ...], unknown: tuple[int, ...]) -> str | None:
    """Runs the model as `fit` and `predict` would: in a graph that knows all sizes but the batch."""
    import tensorflow as tf

    batch = next((tensor.batch for tensor in case.tensors if tensor.batch is not None), BATCH)
    values = []
    specs = []
    sizes = iter(unknown)
    for tensor in case.tensors:
        shape = [next(sizes) if dim is None else dim for dim in tensor.shape]
        fill = tf.ones if case.ones and tensor.dtype != "string" else tf.zeros
        values.append(fill([tensor.batch or batch, *shape], tensor.dtype))
        specs.append(tf.TensorSpec([tensor.batch, *shape], tensor.dtype))

    learns = any(layer._call_has_training_arg for layer in model._flatten_layers(include_self=False))

    def both(*inputs: Any) -> tuple[Any, Any, Any]:
        predicted = model(list(inputs), training=False)
        trained = model(list(inputs), training=True) if learns else predicted
        return predicted, trained, sum(tf.cast(loss, "float32") for loss in model.losses)

    with unoptimized():
        predicted, trained, _ = tf.function(both, autograph=False).get_concrete_function(*specs)(*values)
    for result in (predicted, trained):
        for number, (out, expected) in enumerate(zip(keras().tree.flatten(result), promised, strict=True)):
            if not fits(tuple(out.shape), expected.shape):
                return f"(run, ? = {', '.join(map(str, unknown))}) promises {expected}, output {number} is {tuple(out.shape)}"
    return None


def fits(shape: tuple[int, ...], promised: tuple[int | None, ...]) -> bool:
    return len(shape) == len(promised) and all(wanted in (None, dim) for wanted, dim in zip(promised, shape, strict=True))


def assignments(case: Runnable) -> Iterator[tuple[int, ...]]:
    """Sizes for the unknown dimensions: first one for all, then combinations of different ones."""
    count = sum(dim is None for tensor in case.tensors for dim in tensor.shape)
    if not count:
        yield ()
        return
    named = [dim for tensor in case.tensors for dim in tensor.shape if dim]
    for item in case.items:
        named += [int(number) for number in re.findall(r"(?<![\w.-])\d+(?![\w.])", str(item.args))]
    sizes = list(dict.fromkeys((*SIZES, *(number for number in named if 0 < number <= 64), LARGE)))
    yield from ((size,) * count for size in sizes)
    if count > 1:
        yield from islice(product(dict.fromkeys((1, *named)), repeat=count), APART)


class Function:
    """A function of `keras.ops` with literal arguments, which can be called like a layer."""

    weights: tuple[Any, ...] = ()
    trainable_weights: tuple[Any, ...] = ()

    def __init__(self, name: str, args: Mapping[str, Raw]) -> None:
        self.name = name
        self.args = args
        cls = CATALOGS["ops"].find(name)
        assert cls is not None
        assert issubclass(cls, Operation)
        self.cls = cls

    def __call__(self, value: Any) -> Any:
        free = [tensor for tensor in self.cls.tensors if tensor not in self.args]
        tensors = value if len(free) > 1 and isinstance(value, list) else [value]
        operands = {name: self.array(literal) for name, literal in self.args.items() if name in self.cls.tensors}
        operands |= dict(zip(free, tensors, strict=True))
        others = {name: literal for name, literal in self.args.items() if name not in self.cls.tensors}
        function = getattr(keras().ops, self.name)
        if "subscripts" in others:
            return function(others["subscripts"], *(value if isinstance(value, list) else [value]))
        return function(*(operands[name] for name in self.cls.tensors), **others)

    @staticmethod
    def array(value: Raw) -> Any:
        if not isinstance(value, tuple):
            return value
        array = np.array(value)
        return array.astype({"f": "float32", "i": "int32"}.get(array.dtype.kind, array.dtype))


def construct(name: str, args: Mapping[str, Raw]) -> Any:
    """`keras.layers.NAME(**args)`, with objects among the arguments constructed too; or a function of `keras.ops`."""
    if name.startswith("ops."):
        return Function(name.removeprefix("ops."), args)
    return _instance(getattr(keras().layers, name), CATALOGS["layers"].find(name), args)


def _instance(target: Any, cls: type[Arguments] | None, args: Raw) -> Any:
    if args is None:
        args = {}
    elif not isinstance(args, Mapping):
        assert cls is not None
        args = {cls.first_argument(): args}
    kinds = object_fields(cls) if cls is not None else {}
    return target(**{key: _object(kinds[key], value) if key in kinds else value for key, value in args.items()})


def _object(kind: Kind, value: Raw) -> Any:
    if kind.many and isinstance(value, tuple):
        return [_object(Kind(kind.name), part) for part in value]
    if isinstance(value, str):
        if kind.name == "activations":
            return value
        name, args = value, None
    elif isinstance(value, Mapping):
        ((name, args),) = value.items()
    else:
        return value
    catalog = "layers" if kind.name == "activations" else kind.name
    cls = CATALOGS[catalog].find(name)
    name = cls.keras_name() if cls is not None else name
    return _instance(getattr(getattr(keras(), catalog), name), cls, args)


def short(error: Exception) -> str:
    """The message in one line, without colours and TensorFlow's traces."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()
    text = " ".join(" ".join(line for line in lines if not re.match(r"\s*File |Detected at|Graph execution", line)).split())
    return f"{type(error).__name__}: {text[:300]}{'…' if len(text) > 300 else ''}"
