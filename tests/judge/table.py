"""One row for each layer: what cannot be derived from its fields. Adding a layer to layerctl takes one more row here."""

from __future__ import annotations

from random import Random
from typing import Any

from layerctl.catalog import CATALOGS
from layerctl.layers._base import Layer
from tests.judge.case import Fed, Input, Item, Raw, flatten
from tests.judge.inputs import INDICES, MIXED, alike, batch, dims, image, sequence, tensor
from tests.judge.row import Deliberate, Row
from tests.judge.values import DERIVE, Make, arguments


def mostly(*values: Raw, derive: float = 0.3) -> Make:
    """One of these values, or what the field says."""
    return lambda rng, fed: DERIVE if rng.random() < derive else rng.choice(values)


def axis(rng: Random, fed: Fed) -> Raw:
    """An axis of the input, mostly a good one, or several."""
    rank = len(flatten(fed)[0].shape) + 1
    one = rng.choice((-1, -1, rng.randint(-rank, rank - 1), rng.randint(-rank - 1, rank)))
    return DERIVE if rng.random() < 0.3 else one


def axis_or_axes(rng: Random, fed: Fed) -> Raw:
    rank = len(flatten(fed)[0].shape) + 1
    if rng.random() < 0.5:
        return axis(rng, fed)
    return tuple(rng.sample(range(1, rank), rng.randint(1, rank - 1))) if rank > 1 else (-1,)


def target_shape(rng: Random, fed: Fed) -> Raw:
    """A shape of as many elements, at times with a -1, at times of another size."""
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
    """Mostly one that fits: a dimension, 1 or null for each axis, the batch first."""
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


def wrapped(*names: str) -> Make:
    """One of these layers, with arguments."""

    def make(rng: Random, fed: Fed) -> Raw:
        known = [name for name in names if CATALOGS["layers"].find(name) is not None]
        name = rng.choice(known)
        cls = CATALOGS["layers"].find(name)
        assert cls is not None
        assert issubclass(cls, Layer)
        return {name: arguments(rng, cls, fed, TABLE[name].args, wrong=0.02) or None}

    return make


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
    """Two tensors that share some axis."""
    found = alike(rng)[:2]
    if rng.random() < 0.5:
        rank = rng.choice((1, 2, 2, 3))
        shared = rng.randint(1, 6)
        found = tuple(Input((*dims(rng, rank - 1), shared)) for _ in range(2))
    return found if len(found) == 2 else (*found, *found)


def dot_axes(rng: Random, fed: Fed) -> Raw:
    ranks = [len(part.shape) + 1 for part in flatten(fed)]
    each = tuple(rng.choice((-1, rng.randint(0, rank), rng.randint(1, max(1, rank - 1)))) for rank in ranks)
    return rng.choice((-1, 1, 2, each[0], each, each))


def masked(rng: Random, fed: Fed) -> tuple[Item, ...]:
    """Now and then a Masking ahead of the layer."""
    return (Item("Masking", {}),) if rng.random() < 0.15 and isinstance(fed, Input) else ()


def recurrent(states: int, *, gated: bool = True) -> Row:
    """A layer over the steps of a sequence, at times with its initial state."""

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
    return Row(feed, makers, before=masked, call={"training": mostly(True, False, derive=0)})


CHANNELS = mostly(1, 2, 3, 4, 6, 8)
FILTERS: dict[str, Make] = {"filters": CHANNELS}
CONV: dict[str, Make] = {"filters": CHANNELS, "groups": mostly(1, 2, 3)}
ANY = Row(tensor(0, 1, 2, 3, 4))

MERGES = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
IDLE = frozenset(("Activation", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"))
"""Layers that with some arguments hand their input on."""

TABLE: dict[str, Row] = {
    "Dense": Row(tensor(0, 1, 1, 2, 3)),
    "EinsumDense": Row(
        tensor(1, 2, 2, 3),
        {"equation": equation, "output_shape": output_sizes, "bias_axes": mostly("c", "d", "e", "y", "bd", derive=0)},
    ),
    "Embedding": Row(tensor(0, 1, 1, 2, 3, dtypes=INDICES), {"input_dim": CHANNELS, "output_dim": CHANNELS}),
    "Identity": ANY,
    "Masking": Row(tensor(1, 2, 2, 3)),
    "ReversibleEmbedding": Row(
        looked_up,
        {
            "input_dim": CHANNELS,
            "output_dim": as_wide,
            "reverse_dtype": mostly("float16", "float32", "bfloat16", "float64", derive=0),
        },
        call={"reverse": reverse},
    ),
    **{f"Conv{n}D": Row(image(n), CONV) for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": Row(image(n), FILTERS) for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": Row(image(n)) for n in (1, 2)},
    **{f"SeparableConv{n}D": Row(image(n), FILTERS) for n in (1, 2)},
    **{f"{kind}Pooling{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Max", "Average")},
    **{f"Global{kind}Pooling{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Max", "Average")},
    **{f"Adaptive{kind}Pooling{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Max", "Average")},
    "BatchNormalization": Row(tensor(1, 2, 3), {"axis": axis, "renorm_clipping": clipping}),
    "GroupNormalization": Row(tensor(1, 2, 3), {"axis": axis, "groups": mostly(1, 2, 3, -1)}),
    "LayerNormalization": Row(tensor(1, 2, 3), {"axis": axis_or_axes}),
    "RMSNormalization": Row(tensor(1, 2, 3), {"axis": axis_or_axes}),
    "UnitNormalization": Row(tensor(1, 2, 3), {"axis": axis_or_axes}),
    "SpectralNormalization": Row(
        tensor(1, 2, 3), {"layer": wrapped("Dense", "Dense", "Conv1D", "Conv2D", "Embedding", "EinsumDense", "Flatten")}
    ),
    "Activation": ANY,
    "ELU": ANY,
    "LeakyReLU": ANY,
    "PReLU": Row(tensor(0, 1, 2, 3), {"shared_axes": axis_or_axes}),
    "ReLU": ANY,
    "Softmax": Row(tensor(0, 1, 2, 3), {"axis": axis_or_axes}),
    "ActivityRegularization": ANY,
    "AlphaDropout": Row(tensor(0, 1, 2, 3), {"noise_shape": noise_shape}),
    "Dropout": Row(tensor(0, 1, 2, 3), {"noise_shape": noise_shape}),
    "GaussianDropout": ANY,
    "GaussianNoise": ANY,
    **{f"SpatialDropout{n}D": Row(image(n)) for n in (1, 2, 3)},
    **{name: Row(alike) for name in sorted(MERGES)},
    "Concatenate": Row(alike, {"axis": axis}),
    "Dot": Row(two, {"axes": dot_axes}),
    **{f"{kind}{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Cropping", "ZeroPadding", "UpSampling")},
    "Flatten": ANY,
    "Permute": Row(tensor(0, 1, 2, 3, 4), {"dims": permutation}),
    "RepeatVector": Row(tensor(1, 1, 1, 0, 2)),
    "Reshape": Row(tensor(0, 1, 2, 3), {"target_shape": target_shape}),
    "LSTM": recurrent(2),
    "GRU": recurrent(1),
    "SimpleRNN": recurrent(1, gated=False),
    "Bidirectional": Row(
        sequence,
        {
            "layer": wrapped("LSTM", "GRU", "SimpleRNN", "LSTM", "GRU", "SimpleRNN", "Dense"),
            "backward_layer": mostly(None, derive=0),
        },
        before=masked,
        finish=backward,
    ),
    "TimeDistributed": Row(
        tensor(1, 2, 2, 3, 4),
        {"layer": wrapped("Dense", "Conv1D", "Conv2D", "Flatten", "Dropout", "LSTM", "MaxPooling2D", "BatchNormalization")},
    ),
}

DELIBERATE: tuple[Deliberate, ...] = (
    Deliberate(r"`epsilon` takes a number of at least 0", "a negative epsilon can divide by zero; Keras does not look"),
    Deliberate(
        r"`(renorm_)?momentum` takes a number from 0 to 1", "a moving average with such a momentum runs away; Keras does not look"
    ),
    Deliberate(r"`\w*axis` takes .*got the list \[\]", "a normalization over no axes divides each value by itself"),
    Deliberate(r"works on numbers; got string", "of a single input Keras's merge layers give it back unseen", MERGES),
    Deliberate(r"works on one tensor; it is given 2", "only arguments that make it do nothing let a list pass", IDLE),
    Deliberate(r"`min_value` .* is above `max_value`", "no norm is in such a range; Keras does not look"),
    Deliberate(r"`noise_shape` \[.*null.*\] does not fit", "it would fit if a batch happened to be as large as another axis"),
    Deliberate(r"`glu` cannot be an activation", "Keras promises the input's last axis, and gives half of it"),
    Deliberate(r"ReLU with a slope and a limit works on floats", "whether Keras works on integers depends on the slope's type"),
    Deliberate(r"GaussianDropout works on floats; got bool", "what comes out is truth values without any noise"),
    Deliberate(r"takes norms|names twice", "Keras applies a constraint in training only, and fails there"),
    Deliberate(r"`lora_rank` takes a positive integer", "a rank of 0 adds nothing; null says so"),
    Deliberate(r"dropout` takes a number from 0 to 1", "Keras moves the rates of a recurrent layer to the nearest good one"),
    Deliberate(r"`logit_soft_cap` takes", "a cap of 0 divides by it, and one below 0 is the one above; Keras does not look"),
    Deliberate(r"`noise_shape` takes", "at a rate of 0 Keras does not look at the noise's shape"),
)
"""Where layerctl refuses on purpose what Keras lets pass. Not: another type than the argument's (no such case is generated)."""
