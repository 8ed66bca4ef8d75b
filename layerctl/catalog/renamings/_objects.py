"""Activations, initializers, regularizers, constraints, optimizers and schedules."""

from layerctl.catalog.renamings import HABIT, KERAS_1, PYTORCH, Table, explained, formed, forms, names

ACTIVATIONS: Table = {
    **names(
        HABIT,
        leaky="leaky_relu",
        lrelu="leaky_relu",
        rectifier="relu",
        rectified="relu",
        rectifiedlinear="relu",
        logistic="sigmoid",
        sigm="sigmoid",
        hyperbolictangent="tanh",
        tangent="tanh",
        identity="linear",
        none="linear",
        no="linear",
        off="linear",
        regression="linear",
        softmax2d="softmax",
        softmaxactivation="softmax",
        exp="exponential",
        hardswish="hard_silu",
        relu1="relu6",
        clippedrelu="relu6",
    ),
    **explained(
        prelu="it has weights: put `- PReLU` behind the layer",
        threshold="put `- ReLU: {threshold: 1.0}` behind the layer",
        thresholdedrelu="put `- ReLU: {threshold: 1.0}` behind the layer",
        sin="put `- ops.sin` behind the layer",
        cos="put `- ops.cos` behind the layer",
        abs="put `- ops.absolute` behind the layer",
        square="put `- ops.square` behind the layer",
        dropout="put `- Dropout: 0.5` behind the layer",
        batchnormalization="put `- BatchNormalization` behind the layer",
    ),
}

INITIALIZERS: Table = {
    **names(
        "named after its author's first name; Keras goes by the family name",
        xavier="glorot_uniform|GlorotUniform",
        xavieruniform="glorot_uniform",
        xaviernormal="glorot_normal",
        kaiming="he_normal",
        kaimingnormal="he_normal",
        kaiminguniform="he_uniform",
    ),
    **names(
        PYTORCH,
        truncnormal="truncated_normal",
        eye="identity",
        dirac="identity",
        onesinit="ones",
        zerosinit="zeros",
        const="constant",
        constantinit="constant",
    ),
    **names(
        HABIT,
        glorot="glorot_uniform",
        he="he_normal",
        msra="he_normal",
        lecun="lecun_normal",
        gaussian="random_normal",
        randn="random_normal",
        normalrandom="random_normal",
        random="random_uniform",
        rand="random_uniform",
        truncated="truncated_normal",
        ortho="orthogonal",
        orth="orthogonal",
        zeroes="zeros",
        variance="variance_scaling",
        lsuv="orthogonal",
    ),
    **explained(none="leave the argument out for its default"),
}

REGULARIZERS: Table = {
    **names(
        HABIT,
        weightdecay="l2",
        decay="l2",
        ridge="l2",
        lasso="l1",
        elasticnet="l1_l2",
        l2regularizer="l2",
        l1regularizer="l1",
        l2reg="l2",
        l1reg="l1",
        l2regularization="l2",
        l1regularization="l1",
        tikhonov="l2",
        ortho="orthogonal_regularizer",
        orthogonal="orthogonal_regularizer",
    ),
    **names(KERAS_1, weightregularizer="l2", activityl2="l2", activityl1="l1", activityl1l2="l1_l2", l1l2="l1_l2"),
    **explained(dropout="put `- Dropout: 0.5` behind the layer"),
}

CONSTRAINTS: Table = {
    **names(
        HABIT,
        positive="non_neg",
        nonnegative="non_neg",
        max="max_norm",
        norm="unit_norm",
        unit="unit_norm",
        minmax="min_max_norm",
        clip="max_norm",
    ),
}

OPTIMIZERS: Table = {
    **forms(
        HABIT,
        momentum="{SGD: {momentum: 0.9}}",
        sgdm="{SGD: {momentum: 0.9}}",
        sgdmomentum="{SGD: {momentum: 0.9}}",
        nesterov="{SGD: {momentum: 0.9, nesterov: true}}",
        amsgrad="{Adam: {amsgrad: true}}",
    ),
    **names(
        HABIT,
        gd="SGD",
        gradientdescent="SGD",
        stochasticgradientdescent="SGD",
        adamoptimizer="Adam",
        adamwithdecay="AdamW",
        sgdoptimizer="SGD",
        rms="RMSprop",
    ),
    **names(
        "its name in TensorFlow 1",
        gradientdescentoptimizer="SGD",
        momentumoptimizer="SGD",
        rmspropoptimizer="RMSprop",
        adagradoptimizer="Adagrad",
    ),
    **names(
        "an optimizer that Keras has not; this is a near one", radam="Adam", sparseadam="Adam", adabelief="Adam", adabound="Adam"
    ),
    **names("an optimizer that Keras has not; this is a near one", ranger="AdamW", lookahead="Adam", asgd="SGD", rprop="RMSprop"),
    **names("an optimizer that Keras has not; this is a near one", lars="SGD", novograd="Adam", yogi="Adam"),
    **explained(lbfgs="Keras has none of second order; write `Adam`", bfgs="Keras has none of second order; write `Adam`"),
}

_STEPS = "initial_learning_rate: 0.001, decay_steps: 1000"
_COSINE = ("CosineDecay", f"{{CosineDecay: {{{_STEPS}}}}}")
_RESTARTS = ("CosineDecayRestarts", "{CosineDecayRestarts: {initial_learning_rate: 0.001, first_decay_steps: 1000}}")
_EXPONENTIAL = ("ExponentialDecay", f"{{ExponentialDecay: {{{_STEPS}, decay_rate: 0.9}}}}")
_INVERSE = ("InverseTimeDecay", f"{{InverseTimeDecay: {{{_STEPS}, decay_rate: 0.1}}}}")
_POLYNOMIAL = ("PolynomialDecay", f"{{PolynomialDecay: {{{_STEPS}}}}}")
_PIECEWISE = ("PiecewiseConstantDecay", "{PiecewiseConstantDecay: {boundaries: [1000], values: [0.001, 0.0001]}}")

SCHEDULES: Table = {
    **formed(*_COSINE, PYTORCH, "CosineAnnealing", "CosineAnnealingLR", "OneCycleLR"),
    **formed(*_RESTARTS, PYTORCH, "CosineAnnealingWarmRestarts"),
    **formed(*_EXPONENTIAL, PYTORCH, "ExponentialLR", "StepLR"),
    **formed(*_PIECEWISE, PYTORCH, "MultiStepLR"),
    **formed(*_POLYNOMIAL, PYTORCH, "PolynomialLR", "LinearLR"),
    **formed(*_COSINE, HABIT, "cosine", "cosine_decay_with_warmup", "one_cycle", "warmup"),
    **formed(*_RESTARTS, HABIT, "sgdr", "warm_restarts"),
    **formed(*_EXPONENTIAL, HABIT, "exponential", "exp", "step_decay"),
    **formed(*_POLYNOMIAL, HABIT, "linear", "linear_decay", "polynomial", "poly"),
    **formed(*_PIECEWISE, HABIT, "step", "piecewise", "piecewise_constant", "multi_step"),
    **formed(*_INVERSE, HABIT, "inverse_time", "inverse"),
    **explained(
        reducelronplateau="a schedule goes by the number of steps; one that waits for the loss is a callback",
        plateau="a schedule goes by the number of steps; one that waits for the loss is a callback",
        constant="write the number: `learning_rate: 0.001`",
        noam="write `{CosineDecay: {initial_learning_rate: 0.0, warmup_target: 0.001, warmup_steps: 1000, decay_steps: 9000}}`",
    ),
}

NUMBERS: Table = forms(
    "a number alone does not say what it is of",
    regularizers="{L2: {value}}",
    initializers="{Constant: {value}}",
    constraints="{MaxNorm: {value}}",
    optimizers="{Adam: {learning_rate: {value}}}",
)
"""By catalogue, what a number in place of an object of it may mean."""
