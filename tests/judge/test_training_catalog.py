"""Every catalogue against Keras: classes, the arguments of their constructors, and the names that training reports."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

import pytest

from layerctl.catalog import CATALOGS, Arguments
from layerctl.catalog.activations import ACTIVATIONS, UNUSABLE
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._final_activation import Function
from layerctl.compiler.pipeline import compile_text
from layerctl.language.spec.callbacks import EarlyStopping
from layerctl.language.spec.reported import reported
from layerctl.language.spec.train import Train

keras = pytest.importorskip("keras")
np = pytest.importorskip("numpy")
pytestmark = pytest.mark.keras

KINDS = tuple(kind for kind in CATALOGS if kind != "ops")
"""The catalogues of classes; test_operations.py compares functions."""
MODULES = {kind: f"keras.{'optimizers.' if kind == 'schedules' else ''}{kind}" for kind in KINDS}
OF_EVERY_LAYER = frozenset(("activity_regularizer", "autocast", "dtype", "name", "trainable"))
ARRAYS = frozenset(("weights",))
"""Arguments that take arrays, which a spec cannot contain."""
NEEDED = {
    "CategoryEncoding": ("num_tokens",),
    "Discretization": ("bin_boundaries",),
    **dict.fromkeys(("IntegerLookup", "StringLookup", "TextVectorization"), ("vocabulary",)),
}
"""Arguments that are optional in Keras's constructor, but needed to run the layer."""
ABSTRACT = frozenset(("Initializer", "Regularizer", "Constraint", "InputSpec"))
"""Exported classes that are not meant to be instantiated."""


def exported(kind: str) -> dict[str, Any]:
    """The classes that Keras exports, by their exported names, without aliases."""
    classes = {name: value for name, value in vars(import_module(MODULES[kind])).items() if inspect.isclass(value)}
    names = {value: value.__name__ for value in classes.values() if classes.get(value.__name__) is value}
    return {names.get(value, name): value for name, value in classes.items()}


def plain(default: Any) -> Any:
    """A default for comparison: lists as tuples, an object as the name of its class."""
    if isinstance(default, list | tuple):
        return tuple(plain(part) for part in default)
    return type(default).__name__ if type(default).__module__.startswith("keras") else default


def keras_arguments(value: Any) -> list[tuple[str, Any]]:
    parameters = list(inspect.signature(value.__init__).parameters.values())[1:]
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    named = [parameter for parameter in parameters if parameter.kind not in kinds]
    return [(p.name, "required" if p.default is inspect.Parameter.empty else plain(p.default)) for p in named]


def missing_classes(kind: str) -> list[str]:
    """Classes that Keras exports and the catalogue neither has nor lists as not expressible."""
    known = {*CATALOGS[kind].names(), *CATALOGS[kind].not_expressible, *ABSTRACT}
    return sorted(set(exported(kind)) - known)


def missing_arguments(kind: str, name: str) -> list[str]:
    """Arguments of Keras's constructor that the catalogue's class does not have."""
    cls = CATALOGS[kind].find(name)
    assert cls is not None
    theirs = {argument for argument, _ in keras_arguments(exported(kind)[name])}
    return sorted(theirs - set(cls.model_fields) - ({"name"} | ARRAYS if kind == "layers" else frozenset()))


def call_arguments(name: str) -> list[str]:
    """The arguments of a layer's `call` in Keras, the input first, without `training`, which all layers take."""
    call = inspect.signature(exported("layers")[name].call)
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [p.name for p in list(call.parameters.values())[1:] if p.kind not in kinds and p.name != "training"]


def our_arguments(cls: type[Arguments]) -> list[tuple[str, Any]]:
    fields = cls.model_fields
    return [(name, "required" if fields[name].is_required() else plain(fields[name].default)) for name in cls.own_fields()]


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_of_keras_is_there(kind: str) -> None:
    missing = missing_classes(kind)
    assert not missing, f"Keras has these {kind}, and the catalogue has not: {missing}"
    invented = sorted(set(CATALOGS[kind].names()) - set(exported(kind)))
    assert not invented, f"the catalogue has these {kind}, and Keras has not: {invented}"


OTHERS = [(kind, name) for kind in KINDS if kind != "layers" for name in CATALOGS[kind].names()]
IDS = [f"{kind}.{name}" for kind, name in OTHERS]


@pytest.mark.parametrize(("kind", "name"), OTHERS, ids=IDS)
def test_a_constructor_is_that_of_keras(kind: str, name: str) -> None:
    cls = CATALOGS[kind].find(name)
    assert cls is not None
    missing = missing_arguments(kind, name)
    assert not missing, f"Keras's {name} takes {missing}, and the catalogue's does not"
    assert our_arguments(cls) == keras_arguments(exported(kind)[name])


@pytest.mark.parametrize("name", CATALOGS["layers"].names())
def test_a_layers_constructor_is_that_of_keras(name: str) -> None:
    """Some arguments of layers are in `**kwargs`, so that ours can be more; the judge tries those."""
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    theirs = dict(item for item in keras_arguments(exported("layers")[name]) if item[0] not in OF_EVERY_LAYER | ARRAYS)
    ours = dict(our_arguments(cls))
    missing = missing_arguments("layers", name)
    assert not missing, f"Keras's {name} takes {missing}, and the catalogue's does not"
    theirs |= dict.fromkeys(NEEDED.get(name, ()), "required")
    assert {key: ours[key] for key in theirs} == theirs
    assert cls.first_argument() == next(iter(theirs), None)


@pytest.mark.parametrize("name", CATALOGS["layers"].names())
def test_a_layers_call_is_that_of_keras(name: str) -> None:
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    assert issubclass(cls, Layer)
    assert [argument for argument in cls.call_arguments if argument != "training"] == call_arguments(name)


def test_activations_are_those_of_keras() -> None:
    names = {name for name, value in vars(keras.activations).items() if inspect.isfunction(value)}
    assert names - {"get", "serialize", "deserialize"} == {*ACTIVATIONS, *UNUSABLE}


@pytest.mark.parametrize("name", sorted({*ACTIVATIONS} - {"relu"}))  # relu with other arguments is another function to layerctl
def test_activations_have_the_arguments_of_keras(name: str) -> None:
    function = keras.activations.get(name)
    _, *arguments = inspect.signature(function).parameters.values()
    assert function.__name__ == Function.named(name).name
    assert {one.name: one.default for one in arguments} == dict(Function.named(name).arguments)


class TestDetectsANewVersionOfKeras:
    """Each comparison above names what a new version of Keras adds."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_new_class(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(import_module(MODULES[kind]), "Newcomer", type("Newcomer", (), {}), raising=False)
        assert missing_classes(kind) == ["Newcomer"]

    @pytest.mark.parametrize(("kind", "name"), [(kind, CATALOGS[kind].names()[0]) for kind in KINDS])
    def test_a_new_argument(self, kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def init(self: Any, newcomer: int = 3) -> None: ...

        monkeypatch.setattr(exported(kind)[name], "__init__", init)
        assert missing_arguments(kind, name) == ["newcomer"]

    def test_a_new_argument_of_a_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def call(self: Any, inputs: Any, newcomer: Any = None, training: bool = False) -> None: ...

        monkeypatch.setattr(keras.layers.Dense, "call", call)
        assert call_arguments("Dense") == ["inputs", "newcomer"]

    def test_a_new_activation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def newcomer(x: Any) -> None: ...

        monkeypatch.setattr(keras.activations, "newcomer", newcomer, raising=False)
        with pytest.raises(AssertionError, match="newcomer"):
            test_activations_are_those_of_keras()


ALIASES = [(kind, alias) for kind in KINDS for alias in CATALOGS[kind].aliases]


@pytest.mark.parametrize(("kind", "alias"), ALIASES)
def test_an_alias_is_that_of_keras(kind: str, alias: str) -> None:
    cls = CATALOGS[kind].find(alias)
    assert cls is not None, f"{alias} leads nowhere"
    if (kind, alias) == ("metrics", "acc"):
        return  # known to Model.compile only; test_reported_names trains with it
    module = import_module(MODULES[kind])
    objects = getattr(import_module(f"keras.src.{kind}"), "ALL_OBJECTS_DICT", {})
    theirs = objects.get(alias) or getattr(module, alias)
    assert theirs.__name__ in CATALOGS[kind].members(CATALOGS[kind].stem(cls.keras_name()))


def names_that_get_accepts(kind: str) -> list[str]:
    source = import_module(f"keras.src.{kind}")
    abstract = {"LossFunctionWrapper", *ABSTRACT, *CATALOGS[kind].not_expressible}
    skipped = {form for name in abstract for form in (name, name.lower())} | {"mean_metric_wrapper"}
    return [name for name in source.ALL_OBJECTS_DICT if name not in skipped]


@pytest.mark.parametrize("kind", ["optimizers", "losses", "metrics", "initializers", "regularizers", "constraints"])
def test_every_name_that_keras_accepts_is_accepted(kind: str) -> None:
    missing = [name for name in names_that_get_accepts(kind) if CATALOGS[kind].find(name) is None]
    assert not missing


REQUIRED = {
    "num_classes": 3,
    "target_class_ids": [1],
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
}
"""Values for arguments without a default."""


def metric_of(name: str, **arguments: Any) -> Any:
    """A Keras metric with the arguments that it requires."""
    cls = getattr(keras.metrics, name)
    needed = [parameter for parameter, default in keras_arguments(cls) if default == "required"]
    return cls(**{parameter: REQUIRED[parameter] for parameter in needed} | arguments)


@pytest.mark.parametrize("name", CATALOGS["metrics"].names())
def test_a_metric_is_reported_and_judged_as_keras_does(name: str) -> None:
    keras.backend.clear_session(free_memory=False)
    cls = CATALOGS["metrics"].find(name)
    assert cls is not None
    metric = metric_of(name)
    ours = cls.model_construct(**{key: REQUIRED[key] for key in REQUIRED if key in cls.model_fields})
    assert ours.reported() == metric.name
    assert {"up": "max", "down": "min", None: None}[getattr(metric, "_direction", None)] == ours.direction


LABELS = np.arange(30) % 3
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
SCORES = np.random.default_rng(0).dirichlet(np.ones(3), 30).astype("float32")
NONSENSE_ON_CLASS_NUMBERS = frozenset(("CategoricalAccuracy", "OneHotIoU", "OneHotMeanIoU"))
"""Metrics that do not fail on wrong targets: the index of the largest of a single number is always 0."""


def works(metric: Any, targets: Any) -> bool:
    try:
        metric.update_state(targets, SCORES)
    except Exception:  # any error of the back end about shapes
        return False
    return True


@pytest.mark.parametrize("name", CATALOGS["metrics"].names())
def test_a_metric_takes_the_targets_that_are_declared(name: str) -> None:
    cls = CATALOGS["metrics"].find(name)
    assert cls is not None
    sparse = cls.targets == "index"
    assert works(metric_of(name), LABELS if sparse else ONE_HOT)
    if name not in NONSENSE_ON_CLASS_NUMBERS:
        assert not works(metric_of(name), ONE_HOT if sparse else LABELS)


@pytest.mark.parametrize("name", CATALOGS["losses"].names())
def test_a_loss_takes_the_targets_that_are_declared(name: str) -> None:
    cls = CATALOGS["losses"].find(name)
    assert cls is not None
    loss = getattr(keras.losses, name)()

    def fails(targets: Any) -> bool:
        try:
            loss(targets, SCORES)
        except Exception:  # any error of the back end about shapes
            return True
        return False

    assert (fails(LABELS), fails(ONE_HOT)) == {"index": (False, True), "dense": (True, False), "sequence": (True, True)}[
        cls.targets
    ]


ONE = "inputs: {x: [4]}\nlayers: [{Dense: {units: 3, activation: softmax}, name: a}]\n"
TWO = """
inputs: {x: [4]}
layers: [{Dense: {units: 3, activation: softmax}, name: a}, {Dense: 1, inputs: x, name: b}]
outputs: {digit: a, price: b}
"""
SPARSE = "sparse_categorical_crossentropy"
REPORTS = [
    (ONE, f"loss: {SPARSE}, metrics: [accuracy]"),
    (ONE, f"loss: {SPARSE}, metrics: [acc, Accuracy, accuracy, accuracy]"),
    (ONE, f"loss: {SPARSE}, metrics: [sparse_top_k_categorical_accuracy, {{SparseTopKCategoricalAccuracy: {{k: 2}}}}]"),
    (ONE, f"loss: {SPARSE}, metrics: [{{SparseTopKCategoricalAccuracy: {{k: 2, name: top2}}}}]"),
    (ONE, f"loss: {{a: {SPARSE}}}, metrics: {{a: [accuracy]}}"),
    (ONE, "loss: crossentropy, metrics: [accuracy]"),
    (TWO, f"loss: {{digit: {SPARSE}, price: mse}}"),
    (TWO, f"loss: {{digit: {SPARSE}, price: mse}}, metrics: {{digit: [accuracy], price: [mae, {{MeanAbsoluteError: {{}}}}]}}"),
    (TWO, f"loss: {{digit: {SPARSE}, price: mse}}, metrics: {{price: [mae, mae]}}"),
]


@pytest.mark.parametrize(("model", "section"), REPORTS, ids=[section for _, section in REPORTS])
def test_reported_names(model: str, section: str) -> None:
    keras.backend.clear_session(free_memory=False)
    compiled = compile_text(f"{model}train: {{{section}}}")
    assert not compiled.diagnostics
    assert compiled.document is not None
    assert compiled.model is not None
    train = compiled.document.train
    assert isinstance(train, Train)
    outputs = [name for name, _, _ in compiled.model.outputs()]
    names = {value.name for value in reported(train, outputs).values()}
    assert names == set(history(train, outputs))


def history(train: Train, outputs: list[str]) -> list[str]:
    """The names that Keras reports after one epoch with this section, on a model with the same outputs."""
    x = keras.Input((4,))
    a = keras.layers.Dense(3, activation="softmax", name="a")(x)
    b = keras.layers.Dense(1, name="b")(x)
    several = len(outputs) > 1
    model = keras.Model(x, {"digit": a, "price": b} if several else a)

    def theirs(kind: str, chosen: Any) -> Any:
        if chosen.arguments is None or chosen.node is None:
            return chosen.written
        return getattr(getattr(keras, kind), chosen.arguments.keras_name())(**chosen.arguments.given())

    def each(kind: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: each(kind, part) for key, part in value.items()}
        return [theirs(kind, part) for part in value] if isinstance(value, tuple) else theirs(kind, value)

    model.compile("sgd", loss=each("losses", train.loss), metrics=each("metrics", train.metrics) or None)
    data = np.zeros((8, 4), "float32"), np.zeros(8, "int32"), np.zeros((8, 1), "float32")
    return list(model.fit(data[0], {"digit": data[1], "price": data[2]} if several else data[1], verbose=0).history)


def test_early_stopping_is_that_of_keras() -> None:
    theirs = dict(keras_arguments(keras.callbacks.EarlyStopping))
    ours = {name: info.default for name, info in EarlyStopping.model_fields.items()}
    assert ours == {name: default for name, default in theirs.items() if name != "verbose"}
