"""Keys of the section `train` and of its callbacks."""

from layerctl.catalog.renamings import HABIT, KERAS_1, Table, explained, forms, left_out, names

_OPTIMIZER = "it belongs to the optimizer"
_SCHEDULE = (
    "a schedule is the optimizer's `learning_rate`: `optimizer: {Adam: {learning_rate: {CosineDecay: "
    "{initial_learning_rate: 0.001, decay_steps: 1000}}}}`"
)
_MIXED = "it is the model's: `dtype: mixed_bfloat16` at top level"
_VALIDATION = (
    "a share of the training part is `validation_split: 0.1`; a file or a folder belongs to the data: "
    "`data: {path: train.csv, validation: val.csv}`"
)
_TEST = "it belongs to the data: `data: {path: train.csv, test: test.csv}`"
_NEW_WEIGHTS = "training begins with the weights that the layers' initializers give"
_WARMUP = (
    "a schedule is the optimizer's `learning_rate`: `optimizer: {Adam: {learning_rate: {CosineDecay: "
    "{initial_learning_rate: 0.0, warmup_target: 0.001, warmup_steps: 100, decay_steps: 1000}}}}`"
)

TRAIN: Table = {
    **names(
        KERAS_1,
        nb_epoch="epochs",
        nb_epochs="epochs",
        samples_per_epoch="limit",
    ),
    **names(
        HABIT,
        epoch="epochs",
        num_epochs="epochs",
        n_epochs="epochs",
        max_epochs="epochs",
        num_train_epochs="epochs",
        iterations="epochs",
        batch="batch_size",
        bs="batch_size",
        minibatch="batch_size",
        minibatch_size="batch_size",
        train_batch_size="batch_size",
        samples_per_batch="batch_size",
        loss_function="loss",
        loss_fn="loss",
        loss_func="loss",
        losses="loss",
        criterion="loss",
        objective="loss",
        cost="loss",
        cost_function="loss",
        error="loss",
        optim="optimizer",
        optimiser="optimizer",
        opt="optimizer",
        solver="optimizer",
        algorithm="optimizer",
        metric="metrics",
        measure="metrics",
        measures="metrics",
        scores="metrics",
        dataset="data",
        datasets="data",
        train_data="data",
        training_data="data",
        data_path="data",
        data_dir="data",
        source="data",
        path="data",
        file="data",
        validation="validation_split",
        val_split="validation_split",
        valid_split="validation_split",
        val="validation_split",
        validation_fraction="validation_split",
        val_fraction="validation_split",
        split="validation_split",
        early_stop="early_stopping",
        earlystop="early_stopping",
        model_checkpoint="checkpoint",
        save_best="checkpoint",
        checkpoints="checkpoint",
        random_seed="seed",
        random_state="seed",
        rng="seed",
        class_weights="class_weight",
        weights_of_classes="class_weight",
        loss_weight="loss_weights",
        max_samples="limit",
        num_samples="limit",
        subset="limit",
    ),
    **forms(
        _OPTIMIZER,
        learning_rate="optimizer: {Adam: {learning_rate: {value}}}",
        lr="optimizer: {Adam: {learning_rate: {value}}}",
        eta="optimizer: {Adam: {learning_rate: {value}}}",
        step_size="optimizer: {Adam: {learning_rate: {value}}}",
        base_lr="optimizer: {Adam: {learning_rate: {value}}}",
        weight_decay="optimizer: {AdamW: {weight_decay: {value}}}",
        momentum="optimizer: {SGD: {momentum: {value}}}",
        nesterov="optimizer: {SGD: {nesterov: {value}}}",
        clipnorm="optimizer: {Adam: {clipnorm: {value}}}",
        grad_clip="optimizer: {Adam: {clipnorm: {value}}}",
        gradient_clip="optimizer: {Adam: {clipnorm: {value}}}",
        clipvalue="optimizer: {Adam: {clipvalue: {value}}}",
        beta_1="optimizer: {Adam: {beta_1: {value}}}",
        beta_2="optimizer: {Adam: {beta_2: {value}}}",
        epsilon="optimizer: {Adam: {epsilon: {value}}}",
    ),
    **forms(
        "it belongs to the callback", patience="early_stopping: {patience: {value}}", monitor="early_stopping: {monitor: {value}}"
    ),
    **left_out("the training samples come in another order in each epoch", "shuffle"),
    **left_out("it is an option of the command", "verbose", "device", "gpu", "gpus", "workers", "num_workers"),
    **explained(
        decay=f"{_OPTIMIZER}: `optimizer: {{Adam: {{learning_rate: {{ExponentialDecay: {{initial_learning_rate: 0.001, "
        "decay_steps: 1000, decay_rate: 0.9}}}}",
        **dict.fromkeys(("lr_schedule", "lr_scheduler", "scheduler"), _SCHEDULE),
        callbacks="each has a key of its own here: `early_stopping: {patience: 3}`, `checkpoint: {monitor: val_loss}`",
        steps_per_epoch="an epoch goes through all samples; `limit` takes fewer of them",
        validation_steps="all validation samples count; `validation_split` says how many there are",
        sample_weight="the loss counts all samples alike; `class_weight: {0: 1.0, 1: 5.0}` gives weights to classes",
        **dict.fromkeys(("mixedprecision", "precision", "amp", "fp16", "bf16", "half"), _MIXED),
        **dict.fromkeys(
            ("validationdata", "valdata", "validdata", "validationset", "valset", "devdata", "evaldata"), _VALIDATION
        ),
        **dict.fromkeys(("testdata", "testset"), _TEST),
        **dict.fromkeys(("weights", "pretrained", "initialweights", "initweights", "loadweights"), _NEW_WEIGHTS),
        **dict.fromkeys(
            ("freeze", "frozen", "trainable"), "a layer is frozen by itself: `- Dense: {units: 10, trainable: false}`"
        ),
        **dict.fromkeys(("warmup", "warmup_steps"), _WARMUP),
        **dict.fromkeys(("logdir", "outputdir", "savedir", "rundir", "runsdir"), "it is an option of the command: `--runs-dir`"),
        resume="it is an option of the command: `layerctl train --resume`",
        tensorboard="the metrics of each epoch are kept in the run's directory; `layerctl runs` shows them",
        **dict.fromkeys(
            ("dtype", "inputs", "layers", "outputs", "expect", "vars", "blocks", "models"),
            "it stands at top level, beside `train`",
        ),
        jit_compile="the back end decides it",
        from_logits="it belongs to the loss: `loss: {SparseCategoricalCrossentropy: {from_logits: true}}`",
        label_smoothing="it belongs to the loss: `loss: {CategoricalCrossentropy: {label_smoothing: 0.1}}`",
        num_classes="the last layer has one unit for each class: `- Dense: {units: 10, activation: softmax}`",
        test_size="it belongs to the data: `data: {path: …, test_split: 0.2}`",
        augmentation="layers such as `RandomFlip` change images while training; list them first in `layers`",
    ),
}

EARLYSTOPPING: Table = {
    **names(
        HABIT,
        metric="monitor",
        watch="monitor",
        value="monitor",
        epochs="patience",
        wait="patience",
        delta="min_delta",
        threshold="min_delta",
        tolerance="min_delta",
        restore_best="restore_best_weights",
        restore="restore_best_weights",
        direction="mode",
        warmup="start_from_epoch",
    ),
    **left_out("it is an option of the command", "verbose"),
}

CHECKPOINT: Table = {
    **names(HABIT, metric="monitor", watch="monitor", value="monitor", direction="mode"),
    **left_out("the best epoch's model is kept, and the last", "save_best_only", "save_weights_only", "save_freq", "period"),
    **left_out("it lies in the run's directory", "filepath", "path", "file"),
    **left_out("it is an option of the command", "verbose"),
}
