"""What a trace remarks on, by figures made up: what chance explains is no remark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layerctl.report.results.trace import CallTrace, DeadUnits, Distribution, Histogram, LayerTrace, Remark, WeightTrace
from layerctl.runtime.flow.findings import Circumstances, remarks

SHAPE = (4, 4)


def distribution(std: float = 1.0, values: int = 64, **more: Any) -> Distribution:
    histogram = Histogram((0.0, 1.0), (values,))
    return Distribution((1, values), mean=0.0, std=std, nonfinite=0, histogram=histogram)._replace(**more)


def weight(
    name: str = "kernel", rms: float | None = 1.0, *, trainable: bool = True, shape: tuple[int, ...] = SHAPE
) -> WeightTrace:
    gradient = None if rms is None else Distribution(shape, nonfinite=0, rms=rms)
    return WeightTrace(name, Distribution(shape), 1.0, trainable, gradient)


def layer(name: str, before: float = 1.0, after: float = 1.0, **more: Any) -> LayerTrace:
    """A Dense that brings a standard deviation of `before` to one of `after`."""
    call = CallTrace((), (distribution(after),), before, 64, sums=True, activation="linear")
    fields = {key: more.pop(key) for key in ("weights", "layers") if key in more}
    output = more.pop("output", None)
    call = call._replace(**more)
    call = call if output is None else call._replace(outputs=(call.output._replace(**output),))
    return replace(LayerTrace(name, "Dense", (call,), (weight(),)), **fields)


def said(*layers: LayerTrace, samples: int = 32, **more: Any) -> tuple[Remark, ...]:
    return remarks(layers, Circumstances(samples, **more))


def kinds(*layers: LayerTrace, **more: Any) -> list[tuple[str | None, str]]:
    return [(remark.layer, remark.kind) for remark in said(*layers, **more)]


def test_a_scale_that_stays_is_no_remark() -> None:
    assert not said(layer("a", 1, 3), layer("b", 3, 0.4))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"after": 10}, "exploding"),
        ({"after": 9.9}, None),
        ({"after": 0.1}, "vanishing"),
        ({"after": 0.11}, None),
        ({"after": 0.01, "activation": "tanh"}, "vanishing"),
        ({"before": 100, "after": 0.9, "activation": "tanh"}, None),
        ({"after": 0.2, "activation": "sigmoid"}, None),
        ({"after": 0.02, "activation": "sigmoid"}, "vanishing"),
        ({"after": 0.001, "activation": "softmax"}, None),
        ({"after": 0.01, "sums": False}, None),
        ({"after": 0.01, "input_values": 7}, None),
    ],
)
def test_one_layer_that_changes_the_scale(changes: dict[str, Any], kind: str | None) -> None:
    assert kinds(layer("a", **changes)) == ([("a", kind)] if kind is not None else [])


def test_the_spread_of_few_values_says_nothing() -> None:
    few = layer("a", 1, 0.001, output={"histogram": Histogram((0.0, 1.0), (7,))})
    assert not said(few)


def chain(factors: list[float], **more: Any) -> list[LayerTrace]:
    """Layers one behind another, each with its change of the scale."""
    layers, scale = [], 1.0
    for number, factor in enumerate(factors):
        layers.append(layer(f"d{number}", scale, scale * factor, inputs=(f"d{number - 1}",), **more))
        scale *= factor
    return layers


def test_a_chain_of_layers() -> None:
    (remark,) = said(*chain([1, 0.2, 0.2, 0.2, 1]))
    assert (remark.layer, remark.kind) == ("d3", "vanishing")
    assert remark.message == "over 3 layers, from `d1` on, the standard deviation becomes 125 times as small"
    (remark,) = said(*chain([5, 5, 5, 5]))
    assert (remark.layer, remark.kind) == ("d2", "exploding")
    assert not said(*chain([0.2, 0.2, 5, 5, 0.2, 0.2]))
    assert kinds(*chain([0.2] * 9)) == [("d2", "vanishing"), ("d5", "vanishing"), ("d8", "vanishing")]


def test_a_normalization_ends_a_chain() -> None:
    layers = chain([0.2, 0.2, 1, 0.2, 0.2])
    normal = layer("d2", 0.04, 1, inputs=("d1",), sums=False)
    behind = [layer("d3", 1, 0.2, inputs=("d2",)), layer("d4", 0.2, 0.04, inputs=("d3",))]
    assert not said(*layers[:2], normal, *behind)
    plain = replace(normal, weights=())
    assert kinds(*layers[:2], plain, *behind) == [("d3", "vanishing")]


def test_chains_within_a_nested_model() -> None:
    inner = tuple(chain([0.2, 0.2, 0.2]))
    (remark,) = said(layer("tower", sums=False, layers=inner))
    assert (remark.layer, "from `tower/d0` on" in remark.message) == ("tower/d2", True)


@pytest.mark.parametrize(
    ("dead", "of", "samples", "is_said"),
    [
        (1, 6, 32, True),
        (6, 6, 32, True),
        (50, 100, 1, False),
        (100, 100, 1, False),
        (1, 100, 8, False),
        (5, 100, 8, True),
        (0, 9, 99, False),
    ],
)
def test_units_that_are_0_by_chance_are_not_dead(dead: int, of: int, samples: int, *, is_said: bool) -> None:
    found = said(layer("a", units=DeadUnits(dead, of), activation="relu"), samples=samples)
    assert [remark.kind for remark in found] == (["dead"] if is_said else [])
    assert not is_said or f"{dead} of {of} units are 0 on all {samples} samples" in found[0].message


def test_a_value_that_never_changes() -> None:
    assert kinds(layer("a", after=0.0)) == [("a", "constant")]
    assert not said(layer("a", before=0.0, after=0.0))
    few = {"histogram": Histogram((0.0, 1.0), (3,)), "shape": (1, 3)}
    assert not said(layer("a", after=0.0, units=DeadUnits(3, 3), output=few), samples=1)
    assert kinds(layer("a", after=0.0, units=DeadUnits(64, 64)), samples=1) == [("a", "constant")]


@pytest.mark.parametrize(
    ("shape", "std", "is_said"),
    [((3, 2), 0.7, False), ((3, 2), 2.0, True), ((100, 2), 0.7, True), ((4,), 0.5, True)],
)
def test_weights_far_from_0(shape: tuple[int, ...], std: float, *, is_said: bool) -> None:
    """With few inputs to a unit they are large from the beginning."""
    far = weight(shape=shape)._replace(within_one=0.9, distribution=Distribution(shape, std=std))
    assert kinds(layer("a", weights=(far,))) == ([("a", "weights")] if is_said else [])
    assert not said(layer("a", weights=(far._replace(within_one=0.96),)))


def test_what_is_flat() -> None:
    assert kinds(layer("a", output={"saturated": 0.51}, activation="tanh")) == [("a", "saturated")]
    assert not said(layer("a", output={"saturated": 0.5}, activation="tanh"))
    sure = layer("a", output={"saturated": 0.9}, activation="softmax")
    assert not said(sure, outputs=frozenset({"a"}), trained=True)
    assert kinds(sure, outputs=frozenset({"a"})) == kinds(sure, trained=True) == [("a", "saturated")]


def gradients(*layers: LayerTrace) -> list[str]:
    return [remark.message for remark in said(*layers, gradients=True) if remark.kind == "gradient"]


def test_gradients_that_do_not_arrive() -> None:
    cut = layer("a", weights=(weight(rms=None), weight("bias", None, shape=(4,))))
    why = "the loss does not depend on it through anything that has a gradient"
    assert gradients(cut) == [f"`kernel` and `bias` get no gradient: they do not learn from this batch: {why}"]
    zero = layer("a", weights=(weight(rms=0.0),))
    assert gradients(zero) == ["`kernel` gets no gradient: it does not learn from this batch"]
    assert not gradients(layer("a", weights=(weight(rms=None, trainable=False),)))
    assert not said(cut)


def test_gradients_of_unlike_size() -> None:
    large, small = layer("a", weights=(weight(rms=1000.0),)), layer("b", weights=(weight(rms=1.0),))
    assert gradients(large, small) == ["gradients differ much in size: `a/kernel` gets 1,000 times as much as `b/kernel`"]
    assert not gradients(layer("a", weights=(weight(rms=999.0),)), small)
    tiny = layer("c", weights=(weight("key_bias", 1e-9),))
    assert not gradients(small, tiny)
