"""A row for each layer, with what cannot be derived from its fields. A new layer needs a new row here."""

from __future__ import annotations

from random import Random
from typing import Any

from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from tests.judge import makers as m
from tests.judge import preprocessing as p
from tests.judge.case import Fed, Input, Raw
from tests.judge.inputs import INDICES, alike, frames, image, sequence, tensor
from tests.judge.makers import mostly, recurrent
from tests.judge.row import Row
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
    """A list of one to three of these layers."""
    one = wrapped(*names)
    return lambda rng, fed: tuple(one(rng, fed) for _ in range(rng.choice((1, 1, 2, 3))))


def cells(argument: str, *, alone: bool) -> Make:
    """A list of cells that matches the states in the inputs; with `alone` also a single cell, or a stack."""

    def one(rng: Random, fed: Fed, state: Any) -> Raw:
        states_of_cell = list(m.flatten(state)) if state is not None else []
        names = ("LSTMCell",) if len(states_of_cell) == 2 else ("GRUCell", "SimpleRNNCell")
        cell = wrapped(*(names if states_of_cell else ("LSTMCell", "GRUCell", "SimpleRNNCell")))(rng, fed)
        ((name, args),) = cell.items()
        return {name: {**args, "units": states_of_cell[0].shape[0]} if states_of_cell else args}

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
        drawn = tuple(one(rng, fed, state) for state in states or (None,) * rng.randint(2 if alone else 1, 3))
        return {"StackedRNNCells": {"cells": drawn}} if alone and rng.random() < 0.3 else drawn

    return make


CHANNELS = mostly(1, 2, 3, 4, 6, 8)
HEADS = mostly(1, 2, 3, derive=0.1)
SWITCHES: dict[str, Make] = {"use_causal_mask": m.flag(0.3), "return_attention_scores": m.flag(0.3)}
FILTERS: dict[str, Make] = {"filters": CHANNELS}
CONV: dict[str, Make] = {"filters": CHANNELS, "groups": mostly(1, 2, 3)}
ANY = Row(tensor(0, 1, 2, 3, 4))

MERGES = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))


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
