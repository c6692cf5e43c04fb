"""Troubles of the other backends, in a Python of their own."""

import keras
import numpy as np

from kerasbook.outlook.troubles.networks import draw_table

SUBPROCESS_HEADER = """
import os

os.environ.setdefault("JAX_NUM_CPU_DEVICES", "2")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import re
import time

import keras
import numpy as np
"""


def with_custom_train_step():
    """A model with a custom `train_step` for TensorFlow."""

    class OwnStep(keras.Sequential):
        def train_step(self, data):
            import tensorflow as tf

            inputs, targets = data
            with tf.GradientTape() as tape:
                outputs = self(inputs, training=True)
                loss = self.compute_loss(y=targets, y_pred=outputs)
                loss += 0.01 * tf.reduce_mean(outputs**2)
            found = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply(found, self.trainable_weights)
            for metric in self.metrics:
                metric.update_state(loss)
            return self.get_metrics_result()

    layer = keras.layers.Dense(2, kernel_initializer="zeros")
    return OwnStep([keras.Input((16,)), layer])


def with_own_loss():
    """Return a model that trains the same way, on every backend."""

    class OwnLoss(keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, *others, **named):
            loss = super().compute_loss(x, y, y_pred, *others, **named)
            return loss + 0.01 * keras.ops.mean(y_pred**2)

    layer = keras.layers.Dense(2, kernel_initializer="zeros")
    return OwnLoss([keras.Input((16,)), layer])


def train_own(build):
    """Train a model for an epoch, and return its loss."""
    model = build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    history = model.fit(*draw_table(), shuffle=False, verbose=0).history
    return round(float(history["loss"][0]), 3)


def fit_small():
    """Build and fit a network; return how many devices hold its weights."""
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(np.ones((32, 16)), np.ones((32, 2)), verbose=0)
    kernel = model.weights[0].value
    if keras.backend.backend() == "jax":
        return len(kernel.devices())
    copies = getattr(kernel, "values", [kernel])  # of TensorFlow's strategies
    return len({each.device for each in copies})


def devices_used(count=2):
    """Hand Keras some devices, and return on how many the weights lie."""
    devices = [f"cpu:{k}" for k in range(count)]
    shared = keras.distribution.DataParallel(devices=devices)
    keras.distribution.set_distribution(shared)
    used = fit_small()
    keras.distribution.set_distribution(None)
    return used


def devices_mirrored(count=2):
    """Do the same with TensorFlow's own strategy."""
    import tensorflow as tf

    devices = [f"CPU:{k}" for k in range(count)]
    with tf.distribute.MirroredStrategy(devices).scope():
        return fit_small()


def split_processor(count=2):
    """Let TensorFlow, which has not yet computed, see several processors."""
    import tensorflow as tf

    (processor,) = tf.config.list_physical_devices("CPU")
    parts = [tf.config.LogicalDeviceConfiguration() for _ in range(count)]
    tf.config.set_logical_device_configuration(processor, parts)
