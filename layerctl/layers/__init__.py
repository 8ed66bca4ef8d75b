"""What is known about each Keras layer, in one place: one file for a layer, or for a family that differs by rank only."""

ALIASES = {
    **{f"{short}Pool{n}D": f"{long}Pooling{n}D" for n in (1, 2, 3) for short, long in (("Max", "Max"), ("Avg", "Average"))},
    **{f"Global{s}Pool{n}D": f"Global{l}Pooling{n}D" for n in (1, 2, 3) for s, l in (("Max", "Max"), ("Avg", "Average"))},
    **{f"Convolution{n}D": f"Conv{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}DTranspose": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"SeparableConvolution{n}D": f"SeparableConv{n}D" for n in (1, 2)},
}
"""Other names under which Keras exports a layer."""
