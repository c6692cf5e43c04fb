"""From a table or a folder of images to batches and a model (§2.2.2)."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

OFFSETS = {"north": 1.0, "east": 1.2, "south": 1.3, "west": 1.5, "center": 1.8}
NOISE = 0.1


def planted_rule(table):
    """Return the expected logarithm of the price, shape `(rows,)`.

    The price is in 10,000 yuan. Without a lift, every floor above the third
    takes 4% off.
    """
    stairs = np.maximum(table["floor"] - 3, 0) * (1 - table["lift"])
    age = 2026 - table["built"].astype(float)
    base = table["district"].map(OFFSETS).astype(float)
    return np.log(table["area"]) + base - 0.01 * age - 0.04 * stairs


def make_flats(rows, *, seed):
    """Return flats with prices by a known rule, noise, and missing years."""
    generator = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "area": generator.uniform(30, 150, rows).round(1),
            "built": generator.integers(1970, 2025, rows),
            "district": generator.choice(list(OFFSETS), rows),
            "floor": generator.integers(1, 13, rows),
            "lift": generator.integers(0, 2, rows),
            "rooms": generator.integers(1, 6, rows),
        }
    )
    noise = generator.normal(0, NOISE, rows)
    table["log_price"] = planted_rule(table) + noise
    unknown = generator.random(rows) < 0.05
    return table.assign(built=table["built"].astype("Int64").mask(unknown))


def split_rows(table, *, test_fraction, seed):
    """Return training and test rows, drawn at random without overlap."""
    order = np.random.default_rng(seed).permutation(len(table))
    count = round(test_fraction * len(table))
    return table.iloc[order[count:]], table.iloc[order[:count]]


def as_arrays(table, target):
    """Return features and target as arrays of shape `(rows,)`.

    Returns:
        a dict of float32 or text arrays in the table's order, and the float32
        target.
    """
    arrays = {
        name: column.to_numpy(
            "float32" if pd.api.types.is_numeric_dtype(column) else object
        )
        for name, column in table.items()
    }
    target = arrays.pop(target)
    return arrays, target


class TableBatches(keras.utils.PyDataset):
    """Batches of a dict of arrays; with a seed, in a new order each epoch.

    Args:
        arrays: dict of arrays of shape `(rows, ...)`.
        target: array of shape `(rows,)`.
        batch_size: rows to a batch; the last may be shorter.
        seed: `None` keeps the order of the rows.
    """

    def __init__(self, arrays, target, *, batch_size, seed=None, **settings):
        super().__init__(**settings)
        self.arrays, self.target = arrays, target
        self.batch_size, self.seed, self.epoch = batch_size, seed, 0
        self.order = self.shuffled()

    def __len__(self):
        return -(-len(self.target) // self.batch_size)  # rounded up

    def __getitem__(self, index):
        start = index * self.batch_size
        rows = self.order[start : start + self.batch_size]
        batch = {name: values[rows] for name, values in self.arrays.items()}
        return batch, self.target[rows]

    def on_epoch_end(self):
        """Choose a new order; Keras calls this after each epoch."""
        self.epoch += 1
        self.order = self.shuffled()

    def shuffled(self):
        """Return the order of this epoch, indices of shape `(rows,)`."""
        order = np.arange(len(self.target))
        if self.seed is None:
            return order
        return np.random.default_rng((self.seed, self.epoch)).permutation(order)


def csv_batches(path, *, target, text, batch_size):
    """Read batches of a CSV file (UTF-8, no BOM) with `tf.data`.

    Args:
        path: the file.
        target: name of the target column.
        text: names of the columns of text; the others are float32.
        batch_size: rows to a batch.

    Returns:
        a dataset of `(dict of tensors, target)`, one pass in file order.
    """
    with Path(path).open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    return tf.data.experimental.make_csv_dataset(
        str(path),
        batch_size,
        column_defaults=[tf.string if n in text else tf.float32 for n in names],
        label_name=target,
        num_epochs=1,
        shuffle=False,
    )


def same_batches(*sources):
    """Count the batches that are equal in all sources, to the last bit."""
    equal = 0
    for batches in zip(*sources, strict=True):
        flat = []
        for rows, target in batches:
            arrays = [tf.constant(rows[name]).numpy() for name in sorted(rows)]
            flat.append([*arrays, np.asarray(target)])  # text now is bytes
        equal += all(
            all(map(np.array_equal, flat[0], other)) for other in flat[1:]
        )
    return equal


def make_feature_space():
    """Return how each column of the flats becomes numbers, not yet adapted."""
    kinds = keras.utils.FeatureSpace
    return kinds(
        {
            "area": kinds.float_normalized(),
            "built": kinds.float_normalized(),
            "district": kinds.string_categorical(num_oov_indices=1),
            "floor": kinds.float_normalized(),
            "lift": kinds.float(),
            "rooms": kinds.float_normalized(),
        }
    )


def build_models(space, *, start):
    """Build one network with two entrances.

    Args:
        space: an adapted `FeatureSpace`.
        start: what the untrained network predicts about.

    Returns:
        the network from encoded rows, to be trained in a pipeline, and the
        network from raw rows, to be used and saved. They share all weights.
    """
    encoded = space.get_encoded_features()
    hidden = keras.layers.Dense(64, activation="relu")(encoded)
    hidden = keras.layers.Dense(64, activation="relu")(hidden)
    bias = keras.initializers.Constant(start)
    output = keras.layers.Dense(1, bias_initializer=bias)(hidden)
    raw = dict(space.get_inputs())  # a plain dict, else Keras warns
    return keras.Model(encoded, output), keras.Model(raw, output)


def encode_batches(dataset, space):
    """Encode the features of a dataset, ahead of the training step."""
    return dataset.map(
        lambda rows, target: (space(rows), target),
        num_parallel_calls=tf.data.AUTOTUNE,
    ).prefetch(tf.data.AUTOTUNE)


def baselines(text, seed):
    """Return two scikit-learn regressors; `text` lists columns of text."""
    one_hot = (OneHotEncoder(sparse_output=False), text)
    scaled = make_column_transformer(one_hot, remainder=StandardScaler())
    plain = make_column_transformer(one_hot, remainder="passthrough")
    trees = HistGradientBoostingRegressor(random_state=seed)
    return {
        "linear (ridge)": make_pipeline(scaled, Ridge()),
        "boosted trees": make_pipeline(plain, trees),
    }


def root_mean_square(errors):
    """Return the root of the mean square of errors of shape `(rows,)`."""
    return float(np.sqrt(np.mean(np.square(errors))))


def plot_mean_errors(axis, floors, errors):
    """Draw the mean error at each floor, for a dict of errors `(rows,)`."""
    styles = ("o-", "s--", "^:")
    for (name, values), style in zip(errors.items(), styles, strict=False):
        means = pd.Series(np.asarray(values)).groupby(np.asarray(floors)).mean()
        axis.plot(means.index, means, style, label=name)
    axis.axhline(0, color="gray", linewidth=0.8)
    axis.set_xlabel("floor")
    axis.set_ylabel("mean error of log price")
    axis.legend()


def write_images(folder, images, labels):
    """Write one PNG per image, in a folder named after its label.

    Args:
        folder: where the folders of the classes go.
        images: uint8 array of shape `(n, height, width)`.
        labels: integer labels of shape `(n,)`.
    """
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = Path(folder, str(label), f"{number:04}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        keras.utils.save_img(path, image[:, :, None], scale=False)
