"""Makers for the rows of the table: arguments that fit the input, and inputs of a particular kind."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.judge.case import Fed, Input, Item, Raw, flatten
from tests.judge.inputs import INDICES, MIXED, alike, batch, dims, near, sequence, tensor
from tests.judge.row import Row
from tests.judge.values import DERIVE, Make


def mostly(*values: Raw, derive: float = 0.3) -> Make:
    """One of these values, or one derived from the field."""
    return lambda rng, fed: DERIVE if rng.random() < derive else rng.choice(values)


def axis(rng: Random, fed: Fed) -> Raw:
    """An axis of the input, mostly a valid one."""
    rank = len(flatten(fed)[0].shape) + 1
    one = rng.choice((-1, -1, rng.randint(-rank, rank - 1), rng.randint(-rank - 1, rank)))
    return DERIVE if rng.random() < 0.3 else one


def axis_or_axes(rng: Random, fed: Fed) -> Raw:
    rank = len(flatten(fed)[0].shape) + 1
    if rng.random() < 0.5:
        return axis(rng, fed)
    return tuple(rng.sample(range(1, rank), rng.randint(1, rank - 1))) if rank > 1 else (-1,)


def target_shape(rng: Random, fed: Fed) -> Raw:
    """A shape with as many values, sometimes with -1, sometimes of another size."""
    known = [dim or 1 for dim in flatten(fed)[0].shape]
    target = rng.sample(known, len(known))
    if len(target) > 1 and rng.random() < 0.5:
        target = [target[0] * target[1], *target[2:]]
    if rng.random() < 0.2:
        target.insert(rng.randint(0, len(target)), 1)
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2))):
        if target:
            target[rng.randrange(len(target))] = -1
    if target and rng.random() < 0.12:
        target[rng.randrange(len(target))] = rng.choice((0, 5, 7, -2))
    return tuple(target)


def noise_shape(rng: Random, fed: Fed) -> Raw:
    """A noise shape that mostly fits: a dimension, 1 or null for each axis, the batch first."""
    (x,) = flatten(fed)[:1]
    fitting = tuple(rng.choice((None, 1, dim)) for dim in (x.batch, *x.shape))
    wrong = (*fitting[:-1], 5) if x.shape else fitting
    return rng.choice((None, fitting, fitting, fitting[1:], fitting[:-1], wrong))


def permutation(rng: Random, fed: Fed) -> Raw:
    rank = len(flatten(fed)[0].shape)
    order = list(range(1, rank + 1))
    rng.shuffle(order)
    if order and rng.random() < 0.15:
        order[rng.randrange(len(order))] = rng.choice((0, 1, -1, rank + 1))
    return tuple(order)


EINSUM = {
    1: (("ab,bc->ac", 1), ("ab,bcd->acd", 2), ("...x,xy->...y", 1), ("ab,cb->ac", 1)),
    2: (("abc,cd->abd", 2), ("abc,bd->adc", 2), ("...bc,cd->...bd", 2), ("abc,cde->abde", 3), ("abc,bcd->ad", 1)),
    3: (("abcd,cde->abe", 2), ("...x,xy->...y", 3), ("abcd,de->abce", 3)),
}


def einsum(rng: Random) -> tuple[Input, str, int]:
    rank = rng.choice(tuple(EINSUM))
    equation, outputs = rng.choice(EINSUM[rank])
    return Input(dims(rng, rank), rng.choice(MIXED), batch(rng)), equation, outputs


def equation(rng: Random, fed: Fed) -> Raw:
    rank = len(flatten(fed)[0].shape)
    if rng.random() < 0.1:
        return rng.choice(("ab,bc", "ab->b", "ab,bc->az", "abb,bc->ac", "a,b,c->abc", "nonsense"))
    return rng.choice(EINSUM.get(rank, EINSUM[1]))[0]


def output_sizes(rng: Random, fed: Fed) -> Raw:
    rank = len(flatten(fed)[0].shape)
    if rng.random() < 0.2:
        return rng.randint(1, 5)
    known = (*flatten(fed)[0].shape[: rank - 1], rng.randint(1, 5))
    return tuple(None if rng.random() < 0.3 else dim for dim in known) or (3,)


def two(rng: Random) -> tuple[Input, ...]:
    """Two tensors, often of the same size along the last axis."""
    tensors = alike(rng)[:2]
    if rng.random() < 0.5:
        rank = rng.choice((1, 2, 2, 3))
        shared = rng.randint(1, 6)
        tensors = tuple(Input((*dims(rng, rank - 1), shared)) for _ in range(2))
    return tensors if len(tensors) == 2 else (*tensors, *tensors)


def dot_axes(rng: Random, fed: Fed) -> Raw:
    ranks = [len(part.shape) + 1 for part in flatten(fed)]
    each = tuple(rng.choice((-1, rng.randint(0, rank), rng.randint(1, max(1, rank - 1)))) for rank in ranks)
    return rng.choice((-1, 1, 2, each[0], each, each))


def masked(rng: Random, fed: Fed) -> tuple[Item, ...]:
    """Sometimes a Masking before the layer."""
    return (Item("Masking", {}),) if rng.random() < 0.15 and isinstance(fed, Input) else ()


def recurrent(states: int, *, gated: bool = True) -> Row:
    """A layer over the steps of a sequence, sometimes with its initial state."""

    def feed(rng: Random) -> Fed:
        x = sequence(rng)
        if rng.random() < 0.9:
            return x
        state = Input((rng.randint(1, 4),), "float32", x.batch)
        return {"sequences": x, "initial_state": (state,) * states if states > 1 else state}

    def units(rng: Random, fed: Any) -> Raw:
        return (
            fed["initial_state"][0].shape[0] if isinstance(fed, dict) and states > 1 and rng.random() < 0.9 else rng.randint(1, 4)
        )

    makers: dict[str, Make] = {"units": units}
    if gated:
        makers["use_cudnn"] = mostly("auto", False, derive=0)  # `true` runs only where there is a GPU
    return Row(feed, makers, before=masked)


def stepwise(name: str) -> Row:
    """A cell on one step and its states, mostly of the right structure."""
    count, first = (2, "inputs") if name == "LSTMCell" else (1, "sequence" if name == "SimpleRNNCell" else "inputs")

    def feed(rng: Random) -> Fed:
        x = Input(dims(rng, 1), rng.choice(MIXED), batch(rng))
        number = count if rng.random() < 0.9 else rng.randint(1, 3)
        state = Input((rng.randint(1, 4),), "float32" if rng.random() < 0.9 else rng.choice(MIXED), x.batch)
        return {first: x, "states": state if number == 1 and rng.random() < 0.5 else (state,) * number}

    makers: dict[str, Make] = {"units": units_of("states"), "dropout": mostly(0.0), "recurrent_dropout": mostly(0.0)}
    return Row(feed, makers)


def units_of(argument: str) -> Make:
    """Mostly as many units as the states have."""

    def make(rng: Random, fed: Any) -> Raw:
        sizes = {part.shape[0] for part in flatten(fed[argument])} if isinstance(fed, dict) and argument in fed else set()
        return sizes.pop() if len(sizes) == 1 and None not in sizes and rng.random() < 0.9 else rng.randint(1, 4)

    return make


def stacked_states(rng: Random, fixed: int | None) -> tuple[Any, ...]:
    """An entry for each of one to three cells: a list of two states, a list of one, or a single state."""
    states: list[Any] = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        state = Input((rng.randint(1, 4),), "float32", fixed)
        states.append(rng.choice(((state, state), (state,), state)))
    return tuple(states)


def stack_step(rng: Random) -> Fed:
    """One step for a stack of cells, with its states."""
    x = Input(dims(rng, 1), rng.choice(MIXED), batch(rng))
    return {"inputs": x, "states": stacked_states(rng, x.batch)}


def sequence_for_cells(rng: Random) -> Fed:
    """A sequence, sometimes with the states of a stack of cells."""
    x = sequence(rng)
    if rng.random() < 0.75:
        return x
    states = stacked_states(rng, x.batch)
    return {"sequences": x, "initial_state": states[0] if rng.random() < 0.3 else states}


def attended(rng: Random) -> Fed:
    """Query and value, sometimes the key, of matching or nearly matching shapes; sometimes with masks."""
    inner = dims(rng, rng.choice((0, 0, 0, 0, 1)), most=4)
    width = None if rng.random() < 0.04 else rng.randint(1, 5)
    queries, values = dims(rng, 2, most=7)
    dtype, fixed = rng.choice(MIXED), batch(rng)

    def part(steps: int | None, features: int | None) -> Input:
        lead = tuple(near(rng, dim) if rng.random() < 0.05 else dim for dim in inner)
        steps = near(rng, steps) if rng.random() < 0.05 else steps
        features = near(rng, features) if rng.random() < 0.05 else features
        return Input((*lead, steps, features), dtype if rng.random() < 0.93 else rng.choice(MIXED), fixed)

    tensors = [part(queries, width), part(values, width if rng.random() < 0.7 else rng.randint(1, 5))]
    if rng.random() < 0.4:
        tensors.append(part(values, width))
    if rng.random() < 0.04:
        tensors = tensors[:1] if rng.random() < 0.5 else [*tensors, *tensors][:4]
    if rng.random() < 0.8:
        return tuple(tensors)
    kinds = rng.choice((("bool", "bool"), ("bool", "bool"), ("float32", "int32"), ("string", "bool")))
    masks = [Input(step_mask(rng, tensor), kind, fixed) for tensor, kind in zip(tensors, kinds, strict=False)]
    return {"inputs": tuple(tensors), "mask": tuple(masks) if rng.random() < 0.95 else masks[0]}


def step_mask(rng: Random, x: Input) -> tuple[int | None, ...]:
    """The shape of a mask of the steps, sometimes a wrong one."""
    good = x.shape[:-1]
    return rng.choice((good, good, good, good, good, x.shape, x.shape[1:], (*good[:-1], near(rng, good[-1]))))


def called_by_name(*, alike_widths: bool, axes: bool) -> Callable[[Random], Fed]:
    """Query, value and sometimes the key by name, sometimes with masks."""

    def feed(rng: Random) -> Fed:
        inner = dims(rng, rng.choice((0, 0, 0, 0, 1) if axes else (0,)), most=3)
        fixed = batch(rng)
        queries, values = dims(rng, 2, most=6)
        width = rng.randint(1, 5)

        def part(steps: int | None, features: int | None) -> Input:
            shape = tuple(near(rng, dim) if rng.random() < 0.03 else dim for dim in (*inner, steps, features))
            return Input(shape, rng.choice(MIXED), fixed)

        inputs = {"query": part(queries, width), "value": part(values, width if alike_widths else rng.randint(1, 5))}
        if rng.random() < 0.3:
            inputs["key"] = part(values, rng.randint(1, 5))
        shapes = {
            "attention_mask": (*inner, queries, *inner, values) if rng.random() < 0.5 else (queries, values),
            "query_mask": (*inner, queries),
            "value_mask": (*inner, values),
            "key_mask": (*inner, values),
        }
        for name, shape in shapes.items():
            if rng.random() < 0.1:
                odd = rng.choice((shape, shape, shape[1:], (*shape, 1), (1, *shape), tuple(near(rng, dim) for dim in shape)))
                kind = rng.choice(("bool", "bool", "bool", "float32", "int32", "string"))
                inputs[name] = Input(shape if rng.random() < 0.7 else odd, kind, fixed)
        return inputs

    return feed


def flag(share: float) -> Make:
    """A boolean call argument that is sometimes set."""
    return lambda rng, fed: rng.random() < 0.7 if rng.random() < share else DERIVE


def scores_wanted(rng: Random, fed: Any) -> Raw:
    """Asks for scores only if Keras promises their shape correctly: as many queries as keys, along one axis."""
    shapes = [fed[name].shape for name in ("query", "value")]
    good = len(shapes[0]) == 2 and (shapes[0][0] == shapes[1][0] or shapes[0][0] is None)
    return True if good and rng.random() < 0.5 else DERIVE


def groups(rng: Random, args: dict[str, Raw]) -> dict[str, Raw]:
    """Numbers of heads that are mostly divisible."""
    if rng.random() < 0.85 and isinstance(args.get("num_key_value_heads"), int):
        args = {**args, "num_query_heads": args["num_key_value_heads"] * rng.randint(1, 3)}
    return args


def clipping(rng: Random, fed: Fed) -> Raw:
    limits = {"rmin": (0, 0.5, 1.5), "rmax": (1, 2.0, 3), "dmax": (0, 1.0, 5, -1)}
    return {key: rng.choice(values) for key, values in limits.items() if rng.random() < 0.7}


def backward(rng: Random, args: dict[str, Raw]) -> dict[str, Raw]:
    """Sometimes a backward layer that is equal to the forward one, or nearly."""
    layer = args.get("layer")
    if not isinstance(layer, dict) or rng.random() < 0.7:
        return args
    ((name, forward),) = layer.items()
    other = {**(forward or {}), "go_backwards": rng.random() < 0.95}
    if rng.random() < 0.2:
        other["units"] = rng.randint(1, 4)
    if rng.random() < 0.1:
        name = rng.choice(("LSTM", "GRU", "SimpleRNN"))
        other = {"units": other.get("units", 2), "go_backwards": True}
    return {**args, "backward_layer": {name: other}}


def looked_up(rng: Random) -> Fed:
    """Indices, or vectors to look up in reverse."""
    return tensor(0, 1, 1, 2, dtypes=INDICES if rng.random() < 0.6 else MIXED[:26])(rng)


def as_wide(rng: Random, fed: Fed) -> Raw:
    shape = flatten(fed)[0].shape
    return shape[-1] or 2 if shape and rng.random() < 0.8 else rng.randint(1, 6)


def reverse(rng: Random, fed: Fed) -> Raw:
    return flatten(fed)[0].dtype == "float32" if rng.random() < 0.6 else DERIVE
