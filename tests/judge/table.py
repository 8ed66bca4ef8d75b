"""One row for each layer: what cannot be derived from its fields. Adding a layer to layerctl takes one more row here."""

from __future__ import annotations

from random import Random
from typing import Any

from layerctl.catalog import CATALOGS
from layerctl.layers._base import Layer
from tests.judge import makers as m
from tests.judge import preprocessing as p
from tests.judge.case import Fed, Input, Raw
from tests.judge.inputs import INDICES, alike, frames, image, sequence, tensor
from tests.judge.makers import mostly, recurrent
from tests.judge.row import Deliberate, Row
from tests.judge.values import Make, arguments


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


def several(*names: str) -> Make:
    """A list of such layers."""
    one = wrapped(*names)
    return lambda rng, fed: tuple(one(rng, fed) for _ in range(rng.choice((1, 1, 2, 3))))


def cells(argument: str, *, alone: bool) -> Make:
    """A list of cells that suits the states that are given; where they may stand alone, also one cell, or a stack."""

    def one(rng: Random, fed: Fed, state: Any) -> Raw:
        given = list(m.flatten(state)) if state is not None else []
        names = ("LSTMCell",) if len(given) == 2 else ("GRUCell", "SimpleRNNCell")
        made = wrapped(*(names if given else ("LSTMCell", "GRUCell", "SimpleRNNCell")))(rng, fed)
        ((name, args),) = made.items()
        return {name: {**args, "units": given[0].shape[0]} if given else args}

    def make(rng: Random, fed: Fed) -> Raw:
        states = fed.get(argument) if isinstance(fed, dict) else None
        if rng.random() < 0.04:
            return rng.choice(({"LSTM": 4}, {"Dense": 3}, (), ({"LSTMCell": 2}, {"GRU": 2}), None))
        if isinstance(states, Input) or (states is None and alone and rng.random() < 0.5):
            return one(rng, fed, states)
        if (
            alone
            and isinstance(states, tuple)
            and len({part for part in states if isinstance(part, Input)}) == 1 == len(states[1:])
        ):
            return one(rng, fed, states)
        found = tuple(one(rng, fed, state) for state in states or (None,) * rng.randint(2 if alone else 1, 3))
        return {"StackedRNNCells": {"cells": found}} if alone and rng.random() < 0.3 else found

    return make


CHANNELS = mostly(1, 2, 3, 4, 6, 8)
HEADS = mostly(1, 2, 3, derive=0.1)
SWITCHES: dict[str, Make] = {"use_causal_mask": m.flag(0.3), "return_attention_scores": m.flag(0.3)}
FILTERS: dict[str, Make] = {"filters": CHANNELS}
CONV: dict[str, Make] = {"filters": CHANNELS, "groups": mostly(1, 2, 3)}
ANY = Row(tensor(0, 1, 2, 3, 4))

MERGES = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
IDLE = frozenset(("Activation", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"))
"""Layers that with some arguments hand their input on."""

CELLS = frozenset(("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"))

TABLE: dict[str, Row] = {
    "Dense": Row(tensor(0, 1, 1, 2, 3)),
    "EinsumDense": Row(
        tensor(1, 2, 2, 3),
        {"equation": m.equation, "output_shape": m.output_sizes, "bias_axes": mostly("c", "d", "e", "y", "bd", derive=0)},
    ),
    "Embedding": Row(tensor(0, 1, 1, 2, 3, dtypes=INDICES), {"input_dim": CHANNELS, "output_dim": CHANNELS}),
    "Identity": ANY,
    "Masking": Row(tensor(1, 2, 2, 3)),
    "ReversibleEmbedding": Row(
        m.looked_up,
        {
            "input_dim": CHANNELS,
            "output_dim": m.as_wide,
            "reverse_dtype": mostly("float16", "float32", "bfloat16", "float64", derive=0),
        },
        call={"reverse": m.reverse},
    ),
    **{f"Conv{n}D": Row(image(n), CONV) for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": Row(image(n), FILTERS) for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": Row(image(n)) for n in (1, 2)},
    **{f"SeparableConv{n}D": Row(image(n), FILTERS) for n in (1, 2)},
    **{f"{kind}Pooling{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Max", "Average")},
    **{f"Global{kind}Pooling{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Max", "Average")},
    **{f"Adaptive{kind}Pooling{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Max", "Average")},
    "BatchNormalization": Row(tensor(1, 2, 3), {"axis": m.axis, "renorm_clipping": m.clipping}),
    "GroupNormalization": Row(tensor(1, 2, 3), {"axis": m.axis, "groups": mostly(1, 2, 3, -1)}),
    "LayerNormalization": Row(tensor(1, 2, 3), {"axis": m.axis_or_axes}),
    "RMSNormalization": Row(tensor(1, 2, 3), {"axis": m.axis_or_axes}),
    "UnitNormalization": Row(tensor(1, 2, 3), {"axis": m.axis_or_axes}),
    "SpectralNormalization": Row(
        tensor(1, 2, 3), {"layer": wrapped("Dense", "Dense", "Conv1D", "Conv2D", "Embedding", "EinsumDense", "Flatten")}
    ),
    "Activation": ANY,
    "ELU": ANY,
    "LeakyReLU": ANY,
    "PReLU": Row(tensor(0, 1, 2, 3), {"shared_axes": m.axis_or_axes}),
    "ReLU": ANY,
    "Softmax": Row(tensor(0, 1, 2, 3), {"axis": m.axis_or_axes}),
    "ActivityRegularization": ANY,
    "AlphaDropout": Row(tensor(0, 1, 2, 3), {"noise_shape": m.noise_shape}),
    "Dropout": Row(tensor(0, 1, 2, 3), {"noise_shape": m.noise_shape}),
    "GaussianDropout": ANY,
    "GaussianNoise": ANY,
    **{f"SpatialDropout{n}D": Row(image(n)) for n in (1, 2, 3)},
    **{name: Row(alike) for name in sorted(MERGES)},
    "Concatenate": Row(alike, {"axis": m.axis}),
    "Dot": Row(m.two, {"axes": m.dot_axes}),
    **{f"{kind}{n}D": Row(image(n)) for n in (1, 2, 3) for kind in ("Cropping", "ZeroPadding", "UpSampling")},
    "Flatten": ANY,
    "Permute": Row(tensor(0, 1, 2, 3, 4), {"dims": m.permutation}),
    "RepeatVector": Row(tensor(1, 1, 1, 0, 2)),
    "Reshape": Row(tensor(0, 1, 2, 3), {"target_shape": m.target_shape}),
    "LSTM": recurrent(2),
    "GRU": recurrent(1),
    "SimpleRNN": recurrent(1, gated=False),
    **{name: m.stepwise(name) for name in ("LSTMCell", "GRUCell", "SimpleRNNCell")},
    "StackedRNNCells": Row(m.stack_step, {"cells": cells("states", alone=False)}),
    "RNN": Row(m.sequence_for_cells, {"cell": cells("initial_state", alone=True)}, before=m.masked),
    **{f"ConvLSTM{n}D": Row(frames(n), {**FILTERS, "dilation_rate": mostly(1, derive=0.2)}) for n in (1, 2, 3)},
    **{name: Row(m.attended, call=SWITCHES) for name in ("Attention", "AdditiveAttention")},
    "MultiHeadAttention": Row(
        m.called_by_name(alike_widths=False, axes=True),
        {"num_heads": HEADS, "key_dim": HEADS, "attention_axes": mostly(None, 1, 1, 2, -2, (1,), (2, 1)), "seed": mostly(1)},
        call={"use_causal_mask": m.flag(0.3), "return_attention_scores": m.scores_wanted},
    ),
    "GroupQueryAttention": Row(
        m.called_by_name(alike_widths=True, axes=False),
        {"head_dim": HEADS, "num_query_heads": HEADS, "num_key_value_heads": HEADS, "seed": mostly(1)},
        call=SWITCHES,
        finish=m.groups,
    ),
    "Bidirectional": Row(
        lambda rng: sequence(rng) if rng.random() < 0.8 else frames(1)(rng),
        {
            "layer": wrapped("LSTM", "GRU", "SimpleRNN", "LSTM", "GRU", "RNN", "RNN", "ConvLSTM1D", "Dense", "LSTMCell"),
            "backward_layer": mostly(None, derive=0),
        },
        before=m.masked,
        finish=m.backward,
    ),
    "TimeDistributed": Row(
        tensor(1, 2, 2, 3, 4),
        {"layer": wrapped("Dense", "Conv1D", "Conv2D", "Flatten", "Dropout", "LSTM", "MaxPooling2D", "RNN", "GRUCell")},
    ),
    **{name: Row(p.images, p.ranged(name)) for name in p.ANY_COLOURS},
    **{name: Row(p.coloured, p.ranged(name)) for name in p.COLOURS},
    **{name: Row(p.images, {"height": p.SIDE, "width": p.SIDE}) for name in ("CenterCrop", "Resizing")},
    "RandomCrop": Row(p.images, {"height": p.height, "width": p.width}),
    "RandomErasing": Row(p.coloured, {**p.ranged("RandomErasing"), "fill_value": p.fill}),
    "RandomGaussianBlur": Row(p.images, {**p.ranged("RandomGaussianBlur"), "kernel_size": p.ODD}),
    "ContrastLimitedAdaptiveHistogramEqualization": Row(p.images, {"value_range": p.RANGE, "tile_grid_size": p.TILES}),
    "Equalization": Row(p.images, {"value_range": p.RANGE, "bins": mostly(16, 256, derive=0)}, finish=p.low),
    "Rescaling": Row(tensor(0, 1, 2, 3), {"scale": p.numbers, "offset": p.numbers}),
    "Normalization": Row(tensor(0, 1, 2, 3), {"axis": m.axis_or_axes, "mean": p.figures, "variance": p.figures}, finish=p.paired),
    "CategoryEncoding": Row(p.categories, {"num_tokens": CHANNELS}),
    "Discretization": Row(tensor(0, 1, 2, 3), {"bin_boundaries": p.BOUNDARIES, "num_bins": mostly(3, derive=0)}),
    "Hashing": Row(p.words, {"num_bins": CHANNELS, "mask_value": mostly(1, "a", 0.5, derive=0)}),
    "HashedCrossing": Row(p.crossed, {"num_bins": CHANNELS}),
    "StringLookup": Row(
        p.words, p.lookup("StringLookup") | {"vocabulary": p.WORDS, "mask_token": mostly("", "b", derive=0)}, finish=p.weighed
    ),
    "IntegerLookup": Row(
        p.words, p.lookup("IntegerLookup") | {"vocabulary": p.INTEGERS, "mask_token": mostly(0, 5, derive=0)}, finish=p.weighed
    ),
    "TextVectorization": Row(
        p.texts, p.lookup("TextVectorization") | {"vocabulary": p.WORDS, "output_sequence_length": mostly(3)}, finish=p.weighed
    ),
    "Pipeline": Row(p.coloured, {"layers": several(*p.PIPED)}),
    "MelSpectrogram": Row(p.sound, p.MEL, finish=p.short("fft_length")),
    "STFTSpectrogram": Row(p.sounds, p.STFT, finish=p.short("frame_length")),
}

DELIBERATE: tuple[Deliberate, ...] = (
    Deliberate(
        r"`epsilon` takes a (number of at least 0|positive number)", "a negative epsilon can divide by zero; Keras does not look"
    ),
    Deliberate(
        r"`(renorm_)?momentum` takes a number from 0 to 1", "a moving average with such a momentum runs away; Keras does not look"
    ),
    Deliberate(r"`\w*axis` takes .*got the list \[\]", "a normalization over no axes divides each value by itself"),
    Deliberate(r"works on numbers; got string", "of a single input Keras's merge layers give it back unseen", MERGES),
    Deliberate(r"works on one tensor; it is given 2", "only arguments that make it do nothing let a list pass", IDLE),
    Deliberate(r"`min_value` takes a number of at least 0", "no norm is below 0; Keras does not look"),
    Deliberate(r"`alpha` takes a positive number", "no distribution has such a parameter; Keras does not look"),
    Deliberate(r"`(scale|offset|mean|variance)` takes .*got the list \[\]", "there is no image without a channel"),
    Deliberate(r"`min_value` .* is above `max_value`", "no norm is in such a range; Keras does not look"),
    Deliberate(r"`glu` cannot be an activation", "Keras promises the input's last axis, and gives half of it"),
    Deliberate(r"ReLU with a slope and a limit works on floats", "whether Keras works on integers depends on the slope's type"),
    Deliberate(r"GaussianDropout works on floats; got bool", "what comes out is truth values without any noise"),
    Deliberate(r"takes norms|names twice", "Keras applies a constraint in training only, and fails there"),
    Deliberate(r"`lora_rank` takes a positive integer", "a rank of 0 adds nothing; null says so"),
    Deliberate(r"dropout` takes a number from 0 to 1", "Keras moves the rates of a recurrent layer to the nearest good one"),
    Deliberate(r"`logit_soft_cap` takes", "a cap of 0 divides by it, and one below 0 is the one above; Keras does not look"),
    Deliberate(
        r"LC406",
        "a second call could leave a size unknown that the first one told; the same rule for both is simpler",
        again=True,
    ),
    Deliberate(r"both directions must give the same shapes", "one unit would broadcast to several"),
    Deliberate(r"`target_shape` takes", "a size of 0 cannot be expressed"),
    Deliberate(
        r"OrthogonalRegularizer (judges|compares)",
        "Keras forgets the penalty on what a SimpleRNN, or a layer within TimeDistributed, gives",
        frozenset(("SimpleRNN", "TimeDistributed")),
    ),
    Deliberate(
        r"expected a mask of shape .*, a value for each step; got",
        "of a mask with features Keras takes each for a unit, where there are as many",
        frozenset(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")),
    ),
    Deliberate(r"expected a mask", "a frozen BatchNormalization does not look at it", frozenset(("BatchNormalization",))),
    Deliberate(r"STFT makes one", "Keras fills a kernel of several channels with the same waves"),
    Deliberate(
        r"L\d(L2)? does not work in (bool|u?int(8|16)), the dtype of the output", "some layers hand such integers on as they are"
    ),
    Deliberate(r"`dmax` is a size|`rmax` .* is below `rmin`", "without `renorm` Keras does not look"),
    Deliberate(r"Softmax works on floats; got u?int", "under a mask alone Keras makes floats of them first"),
    Deliberate(r"`noise_shape` \[.*null.*\] does not fit", "it would fit where an unknown axis is as long as the batch, or 1"),
    Deliberate(
        r"expected an input of rank 4.*got rank 3",
        "the batch would become the height of one image",
        p.IMAGE_LAYERS | {"Pipeline"},
    ),
    Deliberate(r"`(mode|bounding_box_format|fill_mode)` takes one of", "Keras does not look", p.IMAGE_LAYERS),
    Deliberate(r"`(height|width)` takes a positive integer", "a size of 0 cannot be expressed", p.IMAGE_LAYERS),
    Deliberate(r"`(max_number|value_range)` takes", "Keras does not look, where it has no use for it", p.IMAGE_LAYERS),
    Deliberate(r"cannot make (sparse vectors|them of a batch)", "only of a batch of one fixed size can it"),
    Deliberate(r"joins the values of a sample", "Keras takes a batch of single values for one sample"),
    Deliberate(
        r"in a Pipeline works on floats|works on one tensor; it is given 2", "Keras passes integers on, and stacks a list"
    ),
    Deliberate(r"\(batch, samples\); got rank 1", "the batch would become the samples of one sound"),
    Deliberate(r"needs it in a Pipeline", "few layers do without the number of channels there; one rule for all is simpler"),
    Deliberate(r"Equalization a layer of a functional model", "only where its input is cast on the way in does Keras find it"),
    Deliberate(r"(factor|scale|sigma)` takes", "of a list Keras looks at one end each", p.IMAGE_LAYERS),
    Deliberate(
        r"RandAugment works on colours|AugMix works on colours", "whether Keras draws an augmentation of colours is chance"
    ),
    Deliberate(
        r"the `states` of \w+ is (one tensor|2 tensors \(h, c\)); got",
        "Keras forgets states that are too many, and takes the rows of a single tensor for states",
    ),
    Deliberate(r"of its own within \w+Cell|within a layer that works in", "a cell is judged as RNN would run it", CELLS),
    Deliberate(r"must be equally wide", "a single feature would be spread over all; more often it is a mistake"),
    Deliberate(r"each key needs its value", "a mask could spread a single key over all values"),
    Deliberate(r"`\w+_mask` must have the shape .*\?", "it would fit where an unknown length is as the batch, or 1"),
    Deliberate(r"`attention_axes` .*: steps attend along", "on three axes Keras does not always look at them"),
    Deliberate(r"expected a query of rank 3.*got rank 2", "single values would attend to each other, as if each were a step"),
    Deliberate(r"`(num_chains|chain_depth)` takes", "without a chain Keras mixes nothing in", p.IMAGE_LAYERS),
    Deliberate(r"`(min|max)_freq` takes", "there is no such pitch; Keras does not look", frozenset(("MelSpectrogram",))),
    Deliberate(r"`query_mask` takes booleans", "Keras does not look at it", frozenset(("MultiHeadAttention",))),
    Deliberate(r"within a stack that works in", "cells of several dtypes run only unrolled, and without a mask"),
    Deliberate(r"keeps what `\w*dropout` drops", "outside RNN a cell drops the same values for all batches, if it runs at all"),
    Deliberate(r"`noise_shape` takes", "at a rate of 0 Keras does not look at the noise's shape"),
)
"""Where layerctl refuses on purpose what Keras lets pass. Not: another type than the argument's (no such case is generated)."""
