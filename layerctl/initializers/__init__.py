"""How weights begin: one initializer of Keras a file."""

ALIASES = {
    "IdentityInitializer": "Identity",
    "OrthogonalInitializer": "Orthogonal",
    "STFTInitializer": "STFT",
    "normal": "RandomNormal",
    "one": "Ones",
    "uniform": "RandomUniform",
    "zero": "Zeros",
}
"""Other names that `keras.initializers` accepts."""

UNUSABLE = {"Initializer": "it is the base of the others"}
"""Classes of `keras.initializers` that a spec cannot express, and why."""
