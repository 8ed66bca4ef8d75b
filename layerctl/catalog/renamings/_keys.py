"""Keys of the sections of a spec, and those beside an operation."""

from layerctl.catalog.renamings import ELSEWHERE, HABIT, KERAS_1, Renaming, Table, explained, forms, key, left_out, names

_OPTIMIZER = "it belongs to the optimizer"
_KERAS_JSON = (
    "this is Keras's own configuration of a model; a spec names the inputs in `inputs` and lists the layers in `layers`, as "
    "`- Dense: {units: 10}`"
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

DOCUMENT: Table = {
    **forms(
        "an input has a name",
        inputshape="inputs: {x: {value}}",
        inputdim="inputs: {x: [{value}]}",
        inputsize="inputs: {x: {value}}",
        imageshape="inputs: {image: {value}}",
        imagesize="inputs: {image: {value}}",
    ),
    **names(
        HABIT,
        input="inputs",
        inputlayer="inputs",
        inputlayers="inputs",
        layer="layers",
        model="layers",
        architecture="layers",
        arch="layers",
        network="layers",
        net="layers",
        sequential="layers",
        nodes="layers",
        backbone="layers",
        output="outputs",
        outputlayers="outputs",
        training="train",
        trainer="train",
        fit="train",
        compile="train",
        trainconfig="train",
        hyperparameters="train",
        hyperparams="train",
        hparams="train",
        variables="vars",
        variable="vars",
        parameters="vars",
        params="vars",
        constants="vars",
        consts="vars",
        definitions="vars",
        defs="vars",
        globals="vars",
        block="blocks",
        functions="blocks",
        macros="blocks",
        submodels="models",
        modules="models",
        import_="include",
        imports="include",
        includes="include",
        extends="include",
        modelname="name",
        title="name",
        desc="description",
        summary="description",
        comment="description",
        doc="description",
        precision="dtype",
        dtypepolicy="dtype",
        mixedprecision="dtype",
        assert_="expect",
        assertions="expect",
        checks="expect",
        tests="expect",
        expected="expect",
    ),
    **explained(
        classname=_KERAS_JSON,
        config=_KERAS_JSON,
        kerasversion=_KERAS_JSON,
        learningrate=f"{_OPTIMIZER} in the section `train`: `train: {{optimizer: {{Adam: {{learning_rate: 0.001}}}}}}`",
        lr=f"{_OPTIMIZER} in the section `train`: `train: {{optimizer: {{Adam: {{learning_rate: 0.001}}}}}}`",
    ),
}

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
        lr_schedule="a schedule is the optimizer's `learning_rate`: `optimizer: {Adam: {learning_rate: {CosineDecay: "
        "{initial_learning_rate: 0.001, decay_steps: 1000}}}}`",
        lr_scheduler="a schedule is the optimizer's `learning_rate`: `optimizer: {Adam: {learning_rate: {CosineDecay: "
        "{initial_learning_rate: 0.001, decay_steps: 1000}}}}`",
        scheduler="a schedule is the optimizer's `learning_rate`: `optimizer: {Adam: {learning_rate: {CosineDecay: "
        "{initial_learning_rate: 0.001, decay_steps: 1000}}}}`",
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
        dtype="it stands at top level, beside `train`",
        inputs="it stands at top level, beside `train`",
        layers="it stands at top level, beside `train`",
        outputs="it stands at top level, beside `train`",
        expect="it stands at top level, beside `train`",
        vars="it stands at top level, beside `train`",
        blocks="it stands at top level, beside `train`",
        models="it stands at top level, beside `train`",
        jit_compile="the back end decides it",
        from_logits="it belongs to the loss: `loss: {SparseCategoricalCrossentropy: {from_logits: true}}`",
        label_smoothing="it belongs to the loss: `loss: {CategoricalCrossentropy: {label_smoothing: 0.1}}`",
        num_classes="the last layer has one unit for each class: `- Dense: {units: 10, activation: softmax}`",
        test_size="it belongs to the data: `data: {path: …, test_split: 0.2}`",
        augmentation="layers such as `RandomFlip` change images while training; list them first in `layers`",
    ),
}

DATA: Table = {
    **names(
        HABIT,
        dataset="name",
        file="path",
        filename="path",
        filepath="path",
        files="path",
        dir="path",
        directory="path",
        folder="path",
        root="path",
        source="path",
        size="image_size",
        resize="image_size",
        img_size="image_size",
        target_size="image_size",
        image_shape="image_size",
        input_size="image_size",
        standardize="normalize",
        normalise="normalize",
        normalization="normalize",
        color="color_mode",
        colors="color_mode",
        mode="color_mode",
        scale="rescale",
        rescaling="rescale",
        label="target",
        y="target",
        y_col="target",
        label_column="target",
        target_column="target",
        targets="target",
        x="columns",
        x_col="columns",
        features="columns",
        feature_columns="columns",
        usecols="columns",
        sep="delimiter",
        separator="delimiter",
        **dict.fromkeys(("val", "valid", "val_data", "valid_data", "validation_data", "val_path", "dev"), "validation"),
        **dict.fromkeys(("test_data", "test_path", "test_file", "test_set"), "test"),
        **dict.fromkeys(("train", "train_data", "train_path", "train_file", "training"), "path"),
        **dict.fromkeys(("drop_columns", "exclude", "ignore", "skip", "without", "index_col", "index"), "drop"),
        date_columns="dates",
        date_cols="dates",
        scaler="normalize",
        scaling="normalize",
        split="test_split",
        test_size="test_split",
        test_fraction="test_split",
        classes="class_names",
        nan="missing",
        na="missing",
        vocab="vocabulary",
        vocab_size="vocabulary",
        max_tokens="vocabulary",
        num_words="vocabulary",
        maxlen="sequence_length",
        max_len="sequence_length",
        max_length="sequence_length",
        seq_len="sequence_length",
        type="format",
        kind="format",
    ),
    **explained(
        batch_size="it stands in `train`, beside `data`",
        shuffle="the training samples come in another order in each epoch; leave it out",
        validation_split="it stands in `train`, beside `data`",
        seed="it stands in `train`, beside `data`",
        epochs="it stands in `train`, beside `data`",
        **dict.fromkeys(
            ("samples", "n", "n_samples", "num_samples", "limit", "nrows"), "`limit` stands in `train`, beside `data`"
        ),
        encoding="files are read as UTF-8: save it so",
        **dict.fromkeys(("decimal", "thousands"), "numbers are written with a point and without groups: `1234.5`"),
        **dict.fromkeys(("skiprows", "comment"), "a table begins with its header or its first sample: take other lines out"),
        **dict.fromkeys(("fillna", "impute", "imputer"), "write `missing: mean` (`median`, `most_frequent`)"),
        **dict.fromkeys(
            ("mean", "std"), "`normalize: true` takes those of the training part; for others put a Normalization layer first"
        ),
        **dict.fromkeys(
            ("augment", "augmentation"), "layers such as `RandomFlip` change images while training; list them first in `layers`"
        ),
        flatten="put `- Flatten` first in `layers`",
        dtype="it is the input's: `inputs: {x: {shape: [8], dtype: int32}}`",
        url="download it, and write `path: FILE`",
        num_classes="the last layer has one unit for each class: `- Dense: {units: 10, activation: softmax}`",
    ),
    **forms("pandas' name for it", dropna="missing: drop", parse_dates="dates: {value}"),
    **forms("it is one key", img_height="image_size: [{value}, {img_width}]", height="image_size: [{value}, {width}]"),
    **left_out("`image_size` holds height and width", "img_width", "width"),
    **left_out("labels become what the loss takes", "label_mode", "class_mode"),
    **left_out("a dataset with a name is downloaded when it is needed", "download"),
}

HEADER_VALUES: Table = forms("pandas gives the header's row; here it says whether there is one", **{"0": "true", "none": "false"})
DELIMITER_VALUES: Table = forms(
    "it is the character itself",
    **dict.fromkeys(("tab", "tabs", "t"), '"\\t"'),
    **dict.fromkeys(("space", "spaces", "whitespace", "s", "blank"), "' '"),
    comma="','",
    semicolon="';'",
    pipe="'|'",
)

_BY_KERAS = (
    "it does not come with layerctl: save it in Python with `numpy.savez('{0}.npz', x_train=…, y_train=…, x_test=…, y_test=…)`"
)
_AS_FILES = "it does not come with layerctl: download it, and give the path of its files"
DATASETS: Table = {
    key(name): Renaming(words=f"{_BY_KERAS.format(name)}, and write `data: ./{name}.npz`")
    for name in ("cifar10", "cifar100", "imdb", "reuters", "boston_housing", "california_housing")
} | explained(
    **dict.fromkeys(("iris", "titanic", "imagenet", "coco", "svhn", "emnist", "kmnist", "adult", "wikitext"), _AS_FILES)
)

INPUTSPEC: Table = {
    **names(
        HABIT,
        size="shape",
        dim="shape",
        dims="shape",
        dimensions="shape",
        input_shape="shape",
        type="dtype",
        data_type="dtype",
        batch="batch_size",
        bs="batch_size",
    ),
    **explained(
        name="the name is the key: `NAME: {shape: [8]}`", batch_shape="write `shape` without the batch, and `batch_size`"
    ),
    **left_out("a spec has no such inputs", "sparse", "ragged", "tensor", "optional"),
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

DEFINITION: Table = {
    **names(
        HABIT,
        args="params",
        arguments="params",
        parameters="params",
        param="params",
        vars="params",
        body="layers",
        items="layers",
        steps="layers",
        model="layers",
        layer="layers",
        input="inputs",
        output="outputs",
        returns="outputs",
        doc="description",
    ),
}

EXPECT: Table = {
    **names(
        HABIT,
        parameters="params",
        num_params="params",
        n_params="params",
        total_params="params",
        weights="params",
        trainable="trainable_params",
        trainable_parameters="trainable_params",
        madds="macs",
        multiply_adds="macs",
        size="weight_memory",
        memory="weight_memory",
        model_size="weight_memory",
        output_shapes="shapes",
        shape="shapes",
        output_shape="shapes",
    ),
    **forms(
        "a limit stands below the figure",
        max_params="params: {max: {value}}",
        params_max="params: {max: {value}}",
        max_parameters="params: {max: {value}}",
        min_params="params: {min: {value}}",
        max_macs="macs: {max: {value}}",
        max_memory="weight_memory: {max: {value}}",
        max_size="weight_memory: {max: {value}}",
    ),
    **explained(flops="write `macs`: one multiply-accumulate is two FLOPs"),
}

BESIDE: Table = {
    **names(
        HABIT,
        input="inputs",
        in_="inputs",
        from_="inputs",
        source="inputs",
        sources="inputs",
        parent="inputs",
        parents="inputs",
        bottom="inputs",
        prev="inputs",
        id="name",
        label="name",
        alias="name",
        as_="name",
        layer_name="name",
        times="repeat",
        n="repeat",
        number="repeat",
        count="repeat",
        num_layers="repeat",
        when="if",
        condition="if",
        enabled="if",
        call="call_args",
        call_kwargs="call_args",
    ),
    **names(ELSEWHERE, inbound_nodes="inputs", inbound="inputs", inboundnodes="inputs"),
    **explained(
        output="what an item gives is known by its name: write `name: NAME`",
        outputs="what an item gives is known by its name: write `name: NAME`",
    ),
}
