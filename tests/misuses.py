"""Specs with one misuse of a layer each, for test_fixes.py: the help of the mistake says how to fix it."""

from __future__ import annotations

from typing import NamedTuple


class Misuse(NamedTuple):
    """A spec with one mistake.

    Attributes:
        what: the mistake, in words.
        code: its code.
        inputs: the inputs, in YAML.
        items: the items, in YAML.
        edits: changes of the text for fixes that the help describes in words, without a snippet.
    """

    what: str
    code: str
    inputs: str
    items: tuple[str, ...]
    edits: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return f"inputs: {self.inputs}\nlayers:\n" + "".join(f"- {item}\n" for item in self.items)


def misuse(what: str, code: str, inputs: str, *items: str, edits: tuple[tuple[str, str], ...] = ()) -> Misuse:
    return Misuse(what, code, inputs, items, edits)


MISUSES = (
    misuse(
        "dense output to a convolution",
        "LC401",
        "{x: [784]}",
        "Conv2D: {filters: 8, kernel_size: 3}",
        edits=(
            ("[784]", "[28, 28, 1]"),
            ("- Conv2D", "- Reshape: [28, 28, 1]\n- Conv2D"),
        ),
    ),
    misuse("a sequence to a 2D convolution", "LC401", "{x: [28, 28]}", "Conv2D: {filters: 8, kernel_size: 3}"),
    misuse("a vector to an LSTM", "LC401", "{x: [16]}", "LSTM: 8"),
    misuse("an image to an LSTM", "LC401", "{x: [8, 8, 3]}", "LSTM: 8", edits=(("- LSTM", "- Reshape: [64, 3]\n- LSTM"),)),
    misuse(
        "a scalar to Dense",
        "LC401",
        "{x: []}",
        "Dense: 8",
        edits=(
            ("x: []", "x: [1]"),
            ("- Dense", "- Reshape: [1]\n- Dense"),
        ),
    ),
    misuse(
        "an image to RepeatVector",
        "LC401",
        "{x: [8, 8, 3]}",
        "RepeatVector: 3",
        edits=(
            ("- Repeat", "- Flatten\n- Repeat"),
            ("- Repeat", "- GlobalAveragePooling2D\n- Repeat"),
        ),
    ),
    misuse("a vector to a pooling", "LC401", "{x: [64]}", "MaxPooling1D"),
    misuse(
        "a vector to a global pooling",
        "LC401",
        "{x: [64]}",
        "GlobalAveragePooling2D",
        edits=(
            ("[64]", "[8, 8, 1]"),
            ("layers:\n", "layers:\n- Reshape: [8, 8, 1]\n"),
        ),
    ),
    misuse(
        "a vector to a depthwise",
        "LC401",
        "{x: [64]}",
        "DepthwiseConv2D: 3",
        edits=(
            ("[64]", "[8, 8, 1]"),
            ("layers:\n", "layers:\n- Reshape: [8, 8, 1]\n"),
        ),
    ),
    misuse(
        "a vector to a separable",
        "LC401",
        "{x: [64]}",
        "SeparableConv2D: {filters: 4, kernel_size: 3}",
        edits=(
            ("[64]", "[8, 8, 1]"),
            ("layers:\n", "layers:\n- Reshape: [8, 8, 1]\n"),
        ),
    ),
    misuse(
        "a vector to a transposed",
        "LC401",
        "{x: [64]}",
        "Conv2DTranspose: {filters: 4, kernel_size: 3}",
        edits=(
            ("[64]", "[8, 8, 1]"),
            ("layers:\n", "layers:\n- Reshape: [8, 8, 1]\n"),
        ),
    ),
    misuse("a vector to zero padding", "LC401", "{x: [64]}", "ZeroPadding2D: 1"),
    misuse("a vector to upsampling", "LC401", "{x: [64]}", "UpSampling2D: 2"),
    misuse(
        "an image to ConvLSTM2D",
        "LC401",
        "{x: [8, 8, 3]}",
        "ConvLSTM2D: {filters: 4, kernel_size: 3}",
        edits=(("[8, 8, 3]", "[4, 8, 8, 3]"),),
    ),
    misuse("a vector to TimeDistributed", "LC401", "{x: []}", "TimeDistributed: {Dense: 3}", edits=(("x: []", "x: [4, 3]"),)),
    misuse(
        "a sound of channels",
        "LC401",
        "{x: [100, 40, 1]}",
        "MelSpectrogram",
        edits=(
            ("[100, 40, 1]", "[4000]"),
            ("- Mel", "- Reshape: [4000]\n- Mel"),
        ),
    ),
    misuse("a volume to spatial dropout", "LC401", "{x: [8]}", "SpatialDropout1D: 0.5"),
    misuse("attention of vectors", "LC401", "{q: [8], v: [8]}", "Attention:\n  inputs: [q, v]", edits=(("[8]", "[8, 3]"),)),
    misuse("kernel too large", "LC402", "{x: [4, 4, 1]}", "Conv2D: {filters: 8, kernel_size: 5}"),
    misuse("kernel too large one axis", "LC402", "{x: [4, 9, 1]}", "Conv2D: {filters: 8, kernel_size: [5, 3]}"),
    misuse("pool too large", "LC402", "{x: [4, 4, 1]}", "MaxPooling2D: 5"),
    misuse("1D kernel too large", "LC402", "{x: [4, 1]}", "Conv1D: {filters: 8, kernel_size: 5}"),
    misuse("dilated kernel too large", "LC402", "{x: [6, 6, 1]}", "Conv2D: {filters: 8, kernel_size: 3, dilation_rate: 3}"),
    misuse("depthwise kernel too large", "LC402", "{x: [4, 4, 1]}", "DepthwiseConv2D: 7"),
    misuse("separable kernel too large", "LC402", "{x: [4, 4, 1]}", "SeparableConv2D: {filters: 8, kernel_size: 7}"),
    misuse("frame too long", "LC402", "{x: [8, 1]}", "STFTSpectrogram: {frame_length: 16}"),
    misuse("convlstm kernel too large", "LC402", "{x: [2, 4, 4, 1]}", "ConvLSTM2D: {filters: 8, kernel_size: 5}"),
    misuse("normalization axis", "LC403", "{x: [10]}", "BatchNormalization: {axis: 3}"),
    misuse("negative axis", "LC403", "{x: [10]}", "BatchNormalization: {axis: -4}"),
    misuse("layer norm axes twice", "LC403", "{x: [10, 4]}", "LayerNormalization: {axis: [1, -2]}", edits=(("[1, -2]", "[1]"),)),
    misuse("concatenate axis", "LC403", "{a: [10], b: [10]}", "Concatenate: {axis: 5}\n  inputs: [a, b]"),
    misuse("softmax axis", "LC403", "{x: [10]}", "Softmax: 4"),
    misuse("permute out of range", "LC403", "{x: [10, 4]}", "Permute: [1, 3]", edits=(("[1, 3]", "[2, 1]"),)),
    misuse("permute too few", "LC401", "{x: [10, 4]}", "Permute: [1]", edits=(("[1]", "[2, 1]"),)),
    misuse(
        "prelu axes",
        "LC403",
        "{x: [10, 4]}",
        "PReLU: {shared_axes: [3]}",
        edits=(
            ("[3]", "[2]"),
            ("[3]", "[1]"),
        ),
    ),
    misuse("dot over the batch", "LC403", "{a: [10], b: [10]}", "Dot: {axes: 0}\n  inputs: [a, b]"),
    misuse("dot axis", "LC403", "{a: [10], b: [10]}", "Dot: {axes: 3}\n  inputs: [a, b]"),
    misuse("group norm axis", "LC403", "{x: [10, 4]}", "GroupNormalization: {groups: 2, axis: 5}"),
    misuse("unit norm axis", "LC403", "{x: [10]}", "UnitNormalization: {axis: 4}"),
    misuse("rms axis", "LC403", "{x: [10, 3]}", "RMSNormalization: {axis: 4}"),
    misuse(
        "attention axes",
        "LC403",
        "{x: [10, 4]}",
        "MultiHeadAttention: {num_heads: 2, key_dim: 2, attention_axes: 2}\n  inputs: {query: x, value: x}",
    ),
    misuse("ops.mean axis", "LC403", "{x: [10]}", "ops.mean: {axis: 4}"),
    misuse("ops.softmax axis", "LC403", "{x: [10]}", "ops.softmax: {axis: 4}"),
    misuse(
        "ops.squeeze",
        "LC409",
        "{x: [10]}",
        "ops.squeeze: {axis: 1}",
        edits=(
            ("[10]", "[1]"),
            ("ops.squeeze", "ops.mean"),
        ),
    ),
    misuse(
        "add of two widths",
        "LC404",
        "{a: [10], b: [12]}",
        "Add:\n  inputs: [a, b]",
        edits=(
            ("12", "10"),
            ("- Add:\n  inputs: [a, b]", "- Dense: 10\n  name: c\n  inputs: b\n- Add:\n  inputs: [a, c]"),
        ),
    ),
    misuse("add of one", "LC404", "{a: [10]}", "Subtract:\n  inputs: [a]"),
    misuse(
        "concatenate of two sizes",
        "LC404",
        "{a: [10, 3], b: [12, 4]}",
        "Concatenate:\n  inputs: [a, b]",
        edits=(("[12, 4]", "[10, 4]"),),
    ),
    misuse(
        "concatenate two ranks",
        "LC404",
        "{a: [4, 3], b: [12]}",
        "Concatenate:\n  inputs: [a, b]",
        edits=(
            ("- Concatenate:\n  inputs: [a, b]", "- Reshape: [4, 3]\n  name: c\n  inputs: b\n- Concatenate:\n  inputs: [a, c]"),
        ),
    ),
    misuse("dot unlike", "LC404", "{a: [10], b: [12]}", "Dot: {axes: 1}\n  inputs: [a, b]", edits=(("b: [12]", "b: [10]"),)),
    misuse("dot of three", "LC404", "{a: [10], b: [10], c: [10]}", "Dot: {axes: 1}\n  inputs: [a, b, c]"),
    misuse(
        "concatenate text",
        "LC407",
        "{a: [10], b: {shape: [10], dtype: string}}",
        "Concatenate:\n  inputs: [a, b]",
        edits=(("dtype: string", "dtype: float32"),),
    ),
    misuse(
        "add of booleans",
        "LC407",
        "{a: {shape: [10], dtype: bool}, b: {shape: [10], dtype: bool}}",
        "Subtract:\n  inputs: [a, b]",
    ),
    misuse(
        "add of text",
        "LC407",
        "{a: {shape: [10], dtype: string}, b: {shape: [10], dtype: string}}",
        "Multiply:\n  inputs: [a, b]",
        edits=(("dtype: string", "dtype: float32"),),
    ),
    misuse(
        "add batch sizes",
        "LC404",
        "{a: {shape: [10], batch_size: 2}, b: {shape: [10], batch_size: 3}}",
        "Add:\n  inputs: [a, b]",
        edits=(
            ("batch_size: 3", "batch_size: 2"),
            ("{a: {shape: [10], batch_size: 2}, b: {shape: [10], batch_size: 3}}", "{a: [10], b: [10]}"),
        ),
    ),
    misuse(
        "ops.add",
        "LC404",
        "{a: [10], b: [12]}",
        "ops.add:\n  inputs: [a, b]",
        edits=(
            ("b: [12]", "b: [1]"),
            ("b: [12]", "b: [10]"),
        ),
    ),
    misuse(
        "ops.matmul",
        "LC404",
        "{a: [10, 3], b: [10, 4]}",
        "ops.matmul:\n  inputs: [a, b]",
        edits=(("inputs: {a: [10, 3], b: [10, 4]}", "inputs: {a: [10, 3], b: [3, 4]}"),),
    ),
    misuse(
        "ops.concatenate",
        "LC404",
        "{a: [10, 3], b: [12, 4]}",
        "ops.concatenate:\n  inputs: [a, b]",
        edits=(("b: [12, 4]", "b: [10, 3]"),),
    ),
    misuse(
        "reshape does not fit",
        "LC405",
        "{x: [784]}",
        "Reshape: [28, 27]",
        edits=(
            ("[28, 27]", "[784]"),
            ("[28, 27]", "[28, -1]"),
        ),
    ),
    misuse(
        "reshape with -1 does not fit",
        "LC405",
        "{x: [10]}",
        "Reshape: [3, -1]",
        edits=(
            ("[3, -1]", "[10]"),
            ("[3, -1]", "[5, -1]"),
        ),
    ),
    misuse("reshape two unknown", "LC405", "{x: [10]}", "Reshape: [-1, -1]", edits=(("[-1, -1]", "[2, -1]"),)),
    misuse("reshape unknown", "LC405", "{x: [null, 3]}", "Reshape: [7]", edits=(("Reshape: [7]", "Reshape: [-1]"),)),
    misuse(
        "ops.reshape",
        "LC405",
        "{x: [10]}",
        "ops.reshape: [-1, 3]",
        edits=(
            ("[-1, 3]", "[-1, 10]"),
            ("[-1, 3]", "[-1, 5, 2]"),
        ),
    ),
    misuse("dense on unknown", "LC406", "{x: [null]}", "Dense: 8", edits=(("[null]", "[4]"),)),
    misuse(
        "flatten of open images",
        "LC406",
        "{x: [null, null, 3]}",
        "Flatten",
        "Dense: 10",
        edits=(
            ("[null, null, 3]", "[8, 8, 3]"),
            ("Flatten", "GlobalAveragePooling2D"),
        ),
    ),
    misuse(
        "stateful",
        "LC406",
        "{x: [4, 3]}",
        "LSTM: {units: 8, stateful: true}",
        edits=(("[4, 3]", "{shape: [4, 3], batch_size: 32}"),),
    ),
    misuse("conv unknown channels", "LC406", "{x: [8, 8, null]}", "Conv2D: {filters: 8, kernel_size: 3}", edits=(("null", "3"),)),
    misuse("batchnorm unknown", "LC406", "{x: [null]}", "BatchNormalization", edits=(("null", "3"),)),
    misuse(
        "prelu unknown",
        "LC406",
        "{x: [null, 3]}",
        "PReLU",
        edits=(
            ("PReLU", "PReLU: {shared_axes: 1}"),
            ("null", "2"),
        ),
    ),
    misuse(
        "conv of integers",
        "LC407",
        "{x: {shape: [28, 28, 1], dtype: int32}}",
        "Conv2D: {filters: 8, kernel_size: 3}",
        edits=((", dtype: int32", ""),),
    ),
    misuse("embedding of floats", "LC514", "{x: [8]}", "Embedding: {input_dim: 10, output_dim: 4}"),
    misuse(
        "embedding of text",
        "LC407",
        "{x: {shape: [8], dtype: string}}",
        "Embedding: {input_dim: 10, output_dim: 4}",
        edits=(("- Emb", "- StringLookup: {vocabulary: [a, b]}\n- Emb"),),
    ),
    misuse(
        "dense of text",
        "LC407",
        "{x: {shape: [8], dtype: string}}",
        "Dense: 3",
        edits=(("- Dense", "- StringLookup: {vocabulary: [a, b]}\n- Dense"),),
    ),
    misuse("lookup of floats", "LC407", "{x: [1]}", "StringLookup: {vocabulary: [a, b]}"),
    misuse("text vectorization of numbers", "LC407", "{x: [1]}", "TextVectorization: {vocabulary: [a, b]}"),
    misuse("softmax of integers", "LC407", "{x: {shape: [8], dtype: int32}}", "Softmax", edits=((", dtype: int32", ""),)),
    misuse(
        "average of booleans",
        "LC407",
        "{a: {shape: [10], dtype: bool}, b: {shape: [10], dtype: bool}}",
        "Average:\n  inputs: [a, b]",
    ),
    misuse(
        "upsampling integers",
        "LC407",
        "{x: {shape: [4, 4, 1], dtype: string}}",
        "UpSampling2D: {size: 2, interpolation: bilinear}",
    ),
    misuse(
        "pool of text",
        "LC407",
        "{x: {shape: [4, 4, 1], dtype: string}}",
        "MaxPooling2D",
        edits=(("dtype: string", "dtype: float32"),),
    ),
    misuse(
        "rescaling text",
        "LC407",
        "{x: {shape: [4], dtype: string}}",
        "Rescaling: 0.5",
        edits=(("- Resc", "- StringLookup: {vocabulary: [a, b]}\n- Resc"),),
    ),
    misuse("stft bfloat16", "LC407", "{x: {shape: [40, 1]}}", "STFTSpectrogram: {frame_length: 8, dtype: bfloat16}"),
    misuse(
        "ops.mean of text",
        "LC407",
        "{x: {shape: [4], dtype: string}}",
        "ops.mean: {axis: 1}",
        edits=(("- ops", "- StringLookup: {vocabulary: [a, b]}\n- ops"),),
    ),
    misuse("groups of channels", "LC408", "{x: [28, 28, 3]}", "Conv2D: {filters: 8, kernel_size: 3, groups: 2}"),
    misuse("groups of filters", "LC209", "{x: [28, 28, 4]}", "Conv2D: {filters: 6, kernel_size: 3, groups: 4}"),
    misuse(
        "groups of a normalization",
        "LC408",
        "{x: [28, 28, 3]}",
        "GroupNormalization: {groups: 2}",
        edits=(
            ("groups: 2", "groups: 1"),
            ("groups: 2", "groups: 3"),
        ),
    ),
    misuse(
        "default groups of a normalization",
        "LC408",
        "{x: [28, 28, 12]}",
        "GroupNormalization",
        edits=(
            ("GroupNormalization", "GroupNormalization: 1"),
            ("GroupNormalization", "GroupNormalization: 2"),
            ("GroupNormalization", "GroupNormalization: 3"),
            ("GroupNormalization", "GroupNormalization: 4"),
            ("GroupNormalization", "GroupNormalization: 6"),
            ("GroupNormalization", "GroupNormalization: 12"),
        ),
    ),
    misuse(
        "heads of queries",
        "LC209",
        "{x: [4, 8]}",
        "GroupQueryAttention: {head_dim: 2, num_query_heads: 3, num_key_value_heads: 2}\n  inputs: {query: x, value: x}",
        edits=(
            ("num_key_value_heads: 2", "num_key_value_heads: 3"),
            ("num_key_value_heads: 2", "num_key_value_heads: 1"),
        ),
    ),
    misuse(
        "cropping all",
        "LC409",
        "{x: [8, 8, 1]}",
        "Cropping2D: 4",
        edits=(
            ("Cropping2D: 4", "Cropping2D: [[4, 3], [3, 4]]"),
            ("[8, 8, 1]", "[9, 9, 1]"),
        ),
    ),
    misuse(
        "cropping too much",
        "LC409",
        "{x: [8, 3]}",
        "Cropping1D: [5, 4]",
        edits=(
            ("[5, 4]", "[4, 3]"),
            ("[8, 3]", "[10, 3]"),
        ),
    ),
    misuse("attention widths", "LC409", "{q: [4, 8], v: [6, 5]}", "Attention:\n  inputs: [q, v]"),
    misuse("attention of one", "LC409", "{q: [4, 8]}", "Attention:\n  inputs: [q]"),
    misuse("additive widths", "LC409", "{q: [4, 8], v: [6, 5]}", "AdditiveAttention:\n  inputs: [q, v]"),
    misuse("MHA without value", "LC305", "{q: [4, 8]}", "MultiHeadAttention: {num_heads: 2, key_dim: 4}"),
    misuse(
        "initial state",
        "LC409",
        "{x: [4, 8], h: [5]}",
        "GRU: 8\n  inputs: {sequences: x, initial_state: h}",
        edits=(("h: [5]", "h: [8]"),),
    ),
    misuse("initial states of an LSTM", "LC409", "{x: [4, 8], h: [8]}", "LSTM: 8\n  inputs: {sequences: x, initial_state: h}"),
    misuse("cell without state", "LC305", "{x: [8]}", "GRUCell: 8"),
    misuse(
        "noise shape",
        "LC409",
        "{x: [8, 3]}",
        "Dropout: {rate: 0.5, noise_shape: [null, 5]}",
        edits=(("[null, 5]", "[null, null, 1]"),),
    ),
    misuse(
        "colours",
        "LC409",
        "{x: [8, 8, 1]}",
        "RandomHue: {factor: 0.1, value_range: [0, 255]}",
        edits=(("[8, 8, 1]", "[8, 8, 3]"),),
    ),
    misuse(
        "tiles",
        "LC409",
        "{x: [3, 3, 3]}",
        "ContrastLimitedAdaptiveHistogramEqualization",
        edits=(("HistogramEqualization", "HistogramEqualization: {tile_grid_size: [3, 3]}"),),
    ),
    misuse(
        "einsum letters",
        "LC209",
        "{x: [4, 8]}",
        "EinsumDense: {equation: 'abc,cd->abe', output_shape: [null, 5]}",
        edits=(
            ("abc,cd->abe", "abc,ce->abe"),
            ("abc,cd->abe", "abc,cd->abd"),
        ),
    ),
    misuse("einsum does not parse", "LC205", "{x: [8]}", "EinsumDense: {equation: 'ab->ac', output_shape: 5}"),
    misuse(
        "einsum rank",
        "LC401",
        "{x: [8]}",
        "EinsumDense: {equation: 'abc,cd->abd', output_shape: [null, 5]}",
        edits=(
            ("'abc,cd->abd', output_shape: [null, 5]", "'...c,cd->...d', output_shape: 5"),
            ("'abc,cd->abd', output_shape: [null, 5]", "'ac,cd->ad', output_shape: 5"),
        ),
    ),
    misuse(
        "einsum output",
        "LC409",
        "{x: [4, 8]}",
        "EinsumDense: {equation: 'abc,cd->abd', output_shape: [5]}",
        edits=(
            ("[5]", "[null, 5]"),
            ("[5]", "[4, 5]"),
        ),
    ),
    misuse(
        "einsum output size",
        "LC409",
        "{x: [4, 8]}",
        "EinsumDense: {equation: 'abc,cd->abd', output_shape: [3, 5]}",
        edits=(
            ("[3, 5]", "[4, 5]"),
            ("[3, 5]", "[null, 5]"),
        ),
    ),
    misuse(
        "einsum bias",
        "LC209",
        "{x: [4, 8]}",
        "EinsumDense: {equation: 'abc,cd->abd', output_shape: [null, 5], bias_axes: e}",
        edits=(("bias_axes: e", "bias_axes: d"),),
    ),
    misuse(
        "ops.einsum",
        "LC401",
        "{a: [4, 8]}",
        "ops.einsum: 'ab->ba'",
        edits=(
            ("ab->ba", "abc->acb"),
            ("ab->ba", "...->..."),
        ),
    ),
    misuse(
        "ops.split",
        "LC409",
        "{x: [10]}",
        "ops.split: {indices_or_sections: 3, axis: 1}",
        edits=(
            ("sections: 3", "sections: [3, 6]"),
            ("sections: 3", "sections: 5"),
        ),
    ),
    misuse(
        "random crop",
        "LC410",
        "{x: [32, 32, 3]}",
        "RandomCrop: {height: 24, width: 24}",
        edits=(
            ("RandomCrop", "CenterCrop"),
            ("[32, 32, 3]", "[null, null, 3]"),
        ),
    ),
    misuse("equalization", "LC410", "{x: [32, 32, 3]}", "Equalization"),
    misuse("misspelled argument", "LC201", "{x: [4]}", "Dense: {unit: 8}"),
    misuse("misspelled layer", "LC202", "{x: [4]}", "Dens: 8"),
    misuse("negative units", "LC205", "{x: [4]}", "Dense: -8"),
    misuse("zero units", "LC205", "{x: [4]}", "Dense: 0"),
    misuse("text for units", "LC204", "{x: [4]}", "Dense: {units: '8'}"),
    misuse("float for units", "LC204", "{x: [4]}", "Dense: {units: 8.0}"),
    misuse("missing units", "LC203", "{x: [4]}", "Dense", edits=(("- Dense", "- Dense: {units: 3}"),)),
    misuse(
        "missing kernel size",
        "LC203",
        "{x: [8, 8, 1]}",
        "Conv2D: {filters: 8}",
        edits=(("filters: 8", "filters: 8, kernel_size: 3"),),
    ),
    misuse("causal in 2D", "LC205", "{x: [8, 8, 1]}", "Conv2D: {filters: 8, kernel_size: 3, padding: causal}"),
    misuse("misspelled padding", "LC205", "{x: [8, 8, 1]}", "Conv2D: {filters: 8, kernel_size: 3, padding: smae}"),
    misuse(
        "dilation with strides", "LC209", "{x: [16, 16, 1]}", "Conv2D: {filters: 8, kernel_size: 3, strides: 2, dilation_rate: 2}"
    ),
    misuse("negative kernel", "LC205", "{x: [8, 8, 1]}", "Conv2D: {filters: 8, kernel_size: -3}"),
    misuse("kernel of three", "LC204", "{x: [8, 8, 1]}", "Conv2D: {filters: 8, kernel_size: [3, 3, 3]}"),
    misuse("dropout rate", "LC205", "{x: [4]}", "Dropout: 1.5"),
    misuse("dropout negative", "LC205", "{x: [4]}", "Dropout: -0.5"),
    misuse("activation", "LC206", "{x: [4]}", "Dense: {units: 8, activation: rellu}"),
    misuse("activation that needs arguments", "LC206", "{x: [4]}", "Dense: {units: 8, activation: threshold}"),
    misuse("initializer", "LC206", "{x: [4]}", "Dense: {units: 8, kernel_initializer: he_normall}"),
    misuse("initializer not expressible", "LC206", "{x: [4]}", "Dense: {units: 8, kernel_initializer: Constan}"),
    misuse("data format", "LC205", "{x: [8, 8, 1]}", "Conv2D: {filters: 8, kernel_size: 3, data_format: channel_last}"),
    misuse(
        "wrapped layer without a kernel",
        "LC409",
        "{x: [4]}",
        "SpectralNormalization: {Flatten: }",
        edits=(("Flatten: ", "Dense: 3"),),
    ),
    misuse(
        "bidirectional around Dense",
        "LC209",
        "{x: [4, 3]}",
        "Bidirectional: {Dense: 3}",
        edits=(
            ("Dense", "LSTM"),
            ("Dense", "GRU"),
        ),
    ),
    misuse(
        "bidirectional backwards",
        "LC209",
        "{x: [4, 3]}",
        "Bidirectional: {layer: {LSTM: {units: 3, go_backwards: true}}}",
        edits=((", go_backwards: true", ""),),
    ),
    misuse(
        "RNN around a layer",
        "LC209",
        "{x: [4, 3]}",
        "RNN: {LSTM: 3}",
        edits=(
            ("LSTM", "LSTMCell"),
            ("RNN: {LSTM: 3}", "LSTM: 3"),
        ),
    ),
    misuse("repeat vector negative", "LC205", "{x: [4]}", "RepeatVector: -1"),
    misuse("reshape zero", "LC205", "{x: [4]}", "Reshape: [0, 4]"),
    misuse(
        "output padding",
        "LC209",
        "{x: [8, 8, 1]}",
        "Conv2DTranspose: {filters: 2, kernel_size: 3, strides: 2, output_padding: 2}",
    ),
    misuse("dtype policy", "LC205", "{x: [4]}", "Dense: {units: 3, dtype: mixed_bfloat}"),
    misuse(
        "max tokens",
        "LC209",
        "{x: {shape: [1], dtype: string}}",
        "StringLookup: {vocabulary: [a, b, c], max_tokens: 2}",
        edits=(
            ("max_tokens: 2", "max_tokens: 4"),
            (", max_tokens: 2", ""),
        ),
    ),
    misuse(
        "empty vocabulary",
        "LC209",
        "{x: {shape: [1], dtype: string}}",
        "StringLookup: {vocabulary: []}",
        edits=(("[]}", "[a, b]}"),),
    ),
    misuse(
        "vocabulary twice",
        "LC209",
        "{x: {shape: [1], dtype: string}}",
        "StringLookup: {vocabulary: [a, a]}",
        edits=(("[a, a]", "[a]"),),
    ),
    misuse(
        "idf",
        "LC209",
        "{x: {shape: [1], dtype: string}}",
        "StringLookup: {vocabulary: [a, b], output_mode: tf_idf}",
        edits=(("tf_idf", "tf_idf, idf_weights: [0.5, 0.5]"),),
    ),
    misuse(
        "fft_length",
        "LC209",
        "{x: [40, 1]}",
        "STFTSpectrogram: {frame_length: 16, fft_length: 8}",
        edits=(
            ("fft_length: 8", "fft_length: 16"),
            (", fft_length: 8", ""),
        ),
    ),
    misuse(
        "frame step",
        "LC209",
        "{x: [40, 1]}",
        "STFTSpectrogram: {frame_length: 8, frame_step: 9}",
        edits=(
            ("step: 9", "step: 8"),
            ("step: 9", "step: 1"),
        ),
    ),
    misuse("interpolation", "LC205", "{x: [8, 8, 1]}", "UpSampling2D: {size: 2, interpolation: cubic}"),
    misuse("unknown call argument", "LC201", "{x: [4]}", "Dense: 3\n  call_args: {mask: true}", edits=(("mask", "training"),)),
    misuse("switch as a tensor", "LC204", "{x: [4]}", "Dropout: 0.5\n  inputs: {inputs: x, training: x}"),
    misuse("lambda", "LC202", "{x: [4]}", "Lambda: 3", edits=(("Lambda: 3", "ops.relu"),)),
    misuse(
        "lora and constraint",
        "LC209",
        "{x: [4]}",
        "Dense: {units: 3, lora_rank: 2, kernel_constraint: max_norm}",
        edits=(
            (", lora_rank: 2", ""),
            (", kernel_constraint: max_norm", ""),
        ),
    ),
    misuse(
        "sparse",
        "LC209",
        "{x: {shape: [1], dtype: int32}}",
        "CategoryEncoding: {num_tokens: 3, sparse: true}",
        edits=((", sparse: true", ""),),
    ),
    misuse(
        "aspect",
        "LC209",
        "{x: [8, 8, 3]}",
        "Resizing: {height: 4, width: 4, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true}",
        edits=(
            (", crop_to_aspect_ratio: true", ""),
            (", pad_to_aspect_ratio: true", ""),
        ),
    ),
    misuse(
        "mean without variance",
        "LC209",
        "{x: [4]}",
        "Normalization: {mean: 0.5}",
        edits=(
            ("mean: 0.5", "mean: 0.5, variance: 1.0"),
            ("{mean: 0.5}", "{}"),
        ),
    ),
    misuse("ops misspelled", "LC202", "{x: [4]}", "ops.reluu"),
    misuse("ops argument", "LC201", "{x: [4]}", "ops.mean: {axes: 1}"),
    misuse(
        "name taken",
        "LC303",
        "{x: [4]}",
        "Dense: 3\n  name: x",
        edits=(
            ("name: x", "name: y"),
            ("\n  name: x", ""),
        ),
    ),
    misuse("unknown reference", "LC302", "{image: [4]}", "Dense: 3\n  inputs: imgae"),
    misuse(
        "several inputs without a choice", "LC305", "{a: [4], b: [4]}", "Dense: 3", edits=(("Dense: 3", "Dense: 3\n  inputs: a"),)
    ),
    misuse("sums of activity on bool", "LC407", "{x: {shape: [4], dtype: bool}}", "ReLU"),
    misuse(
        "float16 strides",
        "LC407",
        "{x: {shape: [8, 8, 1], dtype: float16}}",
        "DepthwiseConv2D: {kernel_size: 3, strides: [1, 2], dtype: float16}",
    ),
    misuse(
        "hashed crossing shapes",
        "LC404",
        "{a: {shape: [2], dtype: string}, b: {shape: [2], dtype: string}}",
        "HashedCrossing: {num_bins: 3}\n  inputs: [a, b]",
        edits=(("[2]", "[1]"),),
    ),
    misuse("leaky slope", "LC205", "{x: [4]}", "LeakyReLU: {negative_slope: -1}"),
    misuse("minmax", "LC205", "{x: [4]}", "ReLU: {max_value: -1}"),
)
"""Each with one mistake."""
