"""Code for TensorFlow: the input pipeline, compilation, devices, and event files for TensorBoard."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from layerctl.runtime.backends import arrays, backend
from layerctl.runtime.backends.devices import KINDS, Placement
from layerctl.runtime.backends.events import Events

MOST_STEPS = 64
"""The largest `steps_per_execution`: small models train 2 to 3 times faster than with 1."""
FLOATS = ("float32", "float64")
"""Dtypes that a model can be computed in."""
KEEP_AHEAD = 4
"""Batches that are prepared ahead of time; more of them only take memory."""


class Order(arrays.Order):
    """The order as for other back ends, kept also in a variable that the pipeline reads."""

    def __init__(self, samples: int, seed: int, replicas: int = 1) -> None:
        import tensorflow as tf

        super().__init__(samples, seed, replicas)
        with tf.device("CPU:0"):
            self.read = tf.Variable(self.indices, trainable=False, dtype=tf.int64)

    def shuffle(self, epoch: int) -> None:
        super().shuffle(epoch)
        self.read.assign(self.indices)


def batches(x: Any, y: Any, batch_size: int, seed: int, weights: Any = None, *, replicas: int = 1) -> tuple[Any, Order]:
    """A `tf.data.Dataset` of the shuffled batches of an epoch, and the order that it follows.

    The indices are split into batches, and each batch is gathered at once; sample by sample would take longer than a small model.

    Args:
        x: arrays with the samples first, or a list of them.
        y: likewise, or a mapping.
        batch_size: the last batch of an epoch may be smaller.
        seed: of the order.
        weights: of the samples, structured like `y`; None for equal ones.
        replicas: the number of devices that share a batch; an epoch leaves out the samples beyond a multiple of it, different
            ones in each epoch.
    """
    import tensorflow as tf

    keras = backend.keras()
    order = Order(len(keras.tree.flatten(x)[0]), seed, replicas)
    samples = order.used
    whole = samples - samples % batch_size
    with tf.device("CPU:0"):
        values = keras.tree.map_structure(tf.constant, keras.tree.lists_to_tuples((x, y) if weights is None else (x, y, weights)))

    def cut(_: Any) -> Any:
        indices = order.read.read_value()
        full = tf.data.Dataset.from_tensor_slices(tf.reshape(indices[:whole], (-1, batch_size)))
        return full.concatenate(tf.data.Dataset.from_tensors(indices[whole:])) if whole < samples else full

    dataset = tf.data.Dataset.range(1).flat_map(cut)
    dataset = dataset.map(lambda at: keras.tree.map_structure(lambda value: tf.gather(value, at), values))
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(-(-samples // batch_size)))
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    return dataset.with_options(options).prefetch(KEEP_AHEAD), order


def only_cpu() -> bool:
    """Whether the CPU is the only device."""
    import tensorflow as tf

    return all(device.device_type == "CPU" for device in tf.config.list_physical_devices())


def jit_compile() -> bool | str:
    """Whether to compile with XLA: not on CPUs, where it is several times slower; elsewhere Keras decides."""
    return False if only_cpu() else "auto"


def hasten(optimizer: Any) -> None:
    """Makes Adam and AdamW update a weight by one operation; Keras uses about fifteen, whose overhead dominates.

    Formula and variables are Keras's, up to rounding, so that saved files stay the same. Only on a CPU: elsewhere the compiler
    fuses operations, and `tf.distribute` has other kinds of variables.
    """
    import tensorflow as tf

    adam = backend.keras().optimizers.Adam, backend.keras().optimizers.AdamW
    if type(optimizer) not in adam or optimizer.amsgrad or not only_cpu() or tf.distribute.has_strategy():
        return

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        index = optimizer._get_variable_index(variable)
        step, rate, beta_1, beta_2, epsilon = (
            tf.cast(value, variable.dtype)
            for value in (optimizer.iterations + 1, learning_rate, optimizer.beta_1, optimizer.beta_2, optimizer.epsilon)
        )
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=optimizer._momentums[index].value.handle,
            v=optimizer._velocities[index].value.handle,
            beta1_power=beta_1**step,
            beta2_power=beta_2**step,
            lr=rate,
            beta1=beta_1,
            beta2=beta_2,
            epsilon=epsilon,
            grad=tf.cast(tf.convert_to_tensor(gradient), variable.dtype),
        )

    optimizer.update_step = update_step


def gradients(model: Any, x: Any, y: Any, weights: Any = None) -> tuple[float, list[Any]]:
    """The loss of one batch of a compiled model, as in training, and its gradient for each trained variable.

    Args:
        model: the model.
        x: the inputs.
        y: the labels.
        weights: of the samples, structured like `y`; None for equal ones.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), sample_weight=weights, training=True)
    gradients = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
    return float(loss), [None if gradient is None else tf.convert_to_tensor(gradient) for gradient in gradients]


def devices() -> list[str]:
    """The kinds of the devices, for `run.json`."""
    import tensorflow as tf

    names = []
    for device in tf.config.list_physical_devices():
        details = tf.config.experimental.get_device_details(device) if device.device_type == "GPU" else {}
        names.append(details.get("device_name", device.device_type))
    return names


def devices_by_kind() -> dict[str, list[str]]:
    """Keras's names of the devices, by kind."""
    return {kind: list(backend.keras().distribution.list_devices(kind)) for kind in KINDS}


def shared(names: tuple[str, ...]) -> Placement:
    """The placement for training on several devices."""
    return Mirrored(names)


class Mirrored(Placement):
    """`tf.distribute.MirroredStrategy`: each device has all weights, and a part of each batch."""

    def __init__(self, names: tuple[str, ...]) -> None:
        import tensorflow as tf

        super().__init__(names)
        # TensorFlow's own choice fails for a model with BatchNormalization: "Shape mismatch in the collective instance".
        reduction = tf.distribute.ReductionToOneDevice()
        self.strategy = tf.distribute.MirroredStrategy(list(names), cross_device_ops=reduction)

    def everything(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def building(self) -> AbstractContextManager[Any]:
        scope: AbstractContextManager[Any] = self.strategy.scope()
        return scope


@contextmanager
def _as_system_errors() -> Iterator[None]:
    """Makes TensorFlow's errors of a file an OSError."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        code = errno.ENOSPC if isinstance(error, tf.errors.ResourceExhaustedError) else errno.EIO
        raise OSError(code, os.strerror(code)) from error


class EventFiles(Events):
    """Event files written by TensorFlow itself; the package `tensorboard` is only needed to look at them."""

    def writer(self, folder: Path) -> Any:
        import tensorflow as tf

        with _as_system_errors():
            return tf.summary.create_file_writer(os.fsencode(folder))  # TensorFlow takes no text that is not UTF-8

    def add(self, epoch: int, metrics: Mapping[str, float]) -> None:
        with _as_system_errors():
            super().add(epoch, metrics)

    def close(self) -> None:
        with _as_system_errors():
            super().close()

    def write(self, writer: Any, tag: str, value: float, step: int) -> None:
        import tensorflow as tf

        metadata = tf.compat.v1.SummaryMetadata()
        metadata.plugin_data.plugin_name = "scalars"
        with tf.device("CPU:0"), writer.as_default():
            tf.summary.write(tag, tf.constant(value, tf.float32), step=step, metadata=metadata)
