"""One file for each Keras layer, or for a family that differs in rank only: all that layerctl knows of it."""

ALIASES = {
    **{f"MaxPool{n}D": f"MaxPooling{n}D" for n in (1, 2, 3)},
    **{f"AvgPool{n}D": f"AveragePooling{n}D" for n in (1, 2, 3)},
    **{f"GlobalMaxPool{n}D": f"GlobalMaxPooling{n}D" for n in (1, 2, 3)},
    **{f"GlobalAvgPool{n}D": f"GlobalAveragePooling{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}D": f"Conv{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}DTranspose": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"SeparableConvolution{n}D": f"SeparableConv{n}D" for n in (1, 2)},
}
"""Other names under which Keras exports a layer."""

_CODE = "write it as a layer class in Python, and name that: `- package.module:Class` (run with `--allow-custom-code`)"
NOT_EXPRESSIBLE = {
    "Lambda": ("it holds Python code", f"use `ops.NAME` where one function of `keras.ops` does it; else {_CODE}"),
    "InputLayer": ("inputs have a section of their own", "declare it at top level: `inputs: {x: [784]}`"),
    "Input": ("inputs have a section of their own", "declare it at top level: `inputs: {x: [784]}`"),
    "Wrapper": ("it is the base of the layers that wrap one", "use TimeDistributed, Bidirectional or SpectralNormalization"),
    "Layer": ("it is the base of all layers", _CODE),
    "JaxLayer": ("it holds Python code", _CODE),
    "FlaxLayer": ("it holds a model of another framework", _CODE),
    "TorchModuleWrapper": ("it holds a model of another framework", _CODE),
    "TFSMLayer": ("it holds a model of another framework", _CODE),
}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""
