"""Keys of the section `data`, words for their values, and datasets that do not come with layerctl."""

from layerctl.catalog.renamings import HABIT, Table, explained, forms, left_out, names

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
        **dict.fromkeys(("batch_size", "validation_split", "seed", "epochs"), "it stands in `train`, beside `data`"),
        shuffle="the training samples come in another order in each epoch; leave it out",
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

DATASETS: Table = explained(
    **{
        name: f"{_BY_KERAS.format(name)}, and write `data: ./{name}.npz`"
        for name in ("cifar10", "cifar100", "imdb", "reuters", "boston_housing", "california_housing")
    },
    **dict.fromkeys(("iris", "titanic", "imagenet", "coco", "svhn", "emnist", "kmnist", "adult", "wikitext"), _AS_FILES),
)
