"""Initial values of weights: one initializer of Keras a file."""

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

NOT_EXPRESSIBLE = {"Initializer": ("it is the base of the others", "name an initializer, such as `he_normal`")}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""
