"""The activation functions of Keras that `activation:` can name, and what each computes."""

ACTIVATIONS: dict[str, str] = {
    "celu": "max(0, x) + min(0, exp(x) - 1)",
    "elu": "x where x > 0, else exp(x) - 1",
    "exponential": "exp(x)",
    "gelu": "x times the cumulative normal distribution of x",
    "hard_shrink": "x where |x| > 0.5, else 0",
    "hard_sigmoid": "a piecewise linear sigmoid: relu6(x + 3) / 6",
    "hard_silu": "x times hard_sigmoid(x)",
    "hard_swish": "another name of hard_silu",
    "hard_tanh": "x clipped to -1 … 1",
    "leaky_relu": "x where x > 0, else 0.2 x",
    "linear": "x unchanged",
    "log_sigmoid": "log(sigmoid(x))",
    "log_softmax": "log(softmax(x)) over the last axis",
    "mish": "x tanh(softplus(x))",
    "relu": "max(0, x)",
    "relu6": "x clipped to 0 … 6",
    "selu": "elu scaled so that deep networks keep mean and variance",
    "sigmoid": "1 / (1 + exp(-x))",
    "silu": "x sigmoid(x)",
    "soft_shrink": "x moved towards 0 by 0.5; 0 where |x| is below",
    "softmax": "exp(x) over its sum along the last axis: probabilities",
    "softplus": "log(1 + exp(x))",
    "softsign": "x / (1 + |x|)",
    "sparse_plus": "like softplus, but exactly 0 below -1",
    "sparse_sigmoid": "x / 2 + 1 / 2 clipped to 0 … 1",
    "sparsemax": "the point of the probability simplex nearest to x: probabilities, many of them 0",
    "squareplus": "(x + sqrt(x² + 4)) / 2",
    "swish": "another name of silu",
    "tanh": "hyperbolic tangent",
    "tanh_shrink": "x - tanh(x)",
}

UNUSABLE: dict[str, str] = {
    "glu": "it halves the last axis, which Keras does not expect of a layer's activation",
    "threshold": "it needs arguments that an activation is not given",
}
"""Functions of `keras.activations` that build but cannot run as a layer's activation, and why."""

ALIASES = {"hard_swish": "hard_silu", "swish": "silu"}
DEFAULTS: dict[str, tuple[tuple[str, float], ...]] = {
    "celu": (("alpha", 1.0),),
    "elu": (("alpha", 1.0),),
    "gelu": (("approximate", False),),
    "hard_shrink": (("threshold", 0.5),),
    "leaky_relu": (("negative_slope", 0.2),),
    "log_softmax": (("axis", -1),),
    "soft_shrink": (("threshold", 0.5),),
    "softmax": (("axis", -1),),
    "sparsemax": (("axis", -1),),
    "squareplus": (("b", 4),),
}
"""The arguments of functions that `activation:` names without any."""

OVER_LAST_AXIS = frozenset(("softmax", "log_softmax", "sparsemax"))
"""Functions whose values depend on all of the last axis; the others work on each value separately."""

STEEPEST = {"tanh": 1.0, "hard_tanh": 1.0, "softsign": 1.0, "sigmoid": 0.25, "hard_sigmoid": 1 / 6, "sparse_sigmoid": 0.5}
"""The steepest slopes of functions that keep their values within bounds on both sides."""

CUT_OFF = frozenset(("relu", "relu6", "re_lu"))
"""Functions that can leave a unit dead: 0 for every input."""
