"""Saving, loading and taking apart: what files hold, and parts of a model."""

import io
import json
import math
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np


def build_named_cnn(code=32):
    """A CNN for digits, `(n, 8, 8, 1)`, whose layers all have names."""
    layers = keras.layers
    image = keras.Input((8, 8, 1), name="image")
    hidden = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(
        image
    )
    hidden = layers.BatchNormalization(name="norm")(hidden)  # ①
    hidden = layers.Activation("relu", name="relu")(hidden)
    hidden = layers.MaxPooling2D(name="pool")(hidden)
    hidden = layers.Flatten(name="flatten")(hidden)
    hidden = layers.Dense(code, activation="relu", name="code")(hidden)  # ②
    digit = layers.Dense(10, activation="softmax", name="digit")(hidden)
    model = keras.Model(image, digit, name="reader")
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def arrays_in_h5(file):
    """List the arrays of an HDF5 file: a dict from names to shapes."""
    found = {}

    def note(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = item.shape

    with h5py.File(file, "r") as opened:
        opened.visititems(note)
    return found


def arrays_in_saved_model(folder):
    """List the variables of a SavedModel: a dict from names to shapes."""
    import tensorflow as tf

    variables = tf.saved_model.load(str(folder)).variables
    return {each.name: tuple(each.shape) for each in variables}


def read_parts(path):
    """Read what a file holds: the description of a model, and its arrays.

    Args:
        path: a `.keras`, `.weights.h5`, `.h5` or `.json` file of Keras, or
            the folder of a SavedModel.

    Returns:
        a dict, empty without a description, and a dict from names to shapes.

    Raises:
        ValueError: the name has another ending.
    """
    path = Path(path)
    if path.is_dir():
        return {}, arrays_in_saved_model(path)
    if path.suffix == ".json":
        return json.loads(path.read_text("utf-8")), {}
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            described = json.loads(archive.read("config.json"))
            weights = io.BytesIO(archive.read("model.weights.h5"))
        return described, arrays_in_h5(weights)
    if path.suffix != ".h5":
        raise ValueError(
            "Expected a folder, or a name that ends in .keras, .h5 or .json. "
            f"Received: {path.name!r}"
        )
    with h5py.File(path, "r") as file:
        keys = {"config": "model_config", "compile_config": "training_config"}
        described = {
            ours: json.loads(file.attrs[theirs])
            for ours, theirs in keys.items()
            if theirs in file.attrs
        }
    return described, arrays_in_h5(path)


def parts_held(path):
    """Look which parts of a model a file holds: a dict of booleans.

    Args:
        path: as in `read_parts`.
    """
    described, arrays = read_parts(path)
    state = [name for name in arrays if name.startswith("optimizer")]
    return {
        "configuration": "config" in described,
        "weights": len(arrays) > len(state),
        "optimizer state": bool(state),
        "compile settings": bool(described.get("compile_config")),
        "operations": Path(path, "saved_model.pb").is_file(),
    }


def bytes_on_disk(path):
    """Measure a file, or all files of a folder together, in bytes."""
    inside = [each for each in Path(path).rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in inside or [Path(path)])


def bytes_by_part(path):
    """Divide the bytes of a file among weights, optimizer and the rest.

    Four bytes a number are counted, as `float32` has.
    """
    sizes = {"weights": 0, "optimizer state": 0}
    for name, shape in read_parts(path)[1].items():
        state = name.startswith("optimizer")
        part = "optimizer state" if state else "weights"
        sizes[part] += 4 * math.prod(shape)
    return sizes | {"the rest": bytes_on_disk(path) - sum(sizes.values())}


def plot_bytes(axis, sizes):
    """Draw a bar a file, divided into its parts, in kB.

    Args:
        axis: Matplotlib axes.
        sizes: dict from names of files to dicts from parts to bytes.
    """
    left = np.zeros(len(sizes))
    for part in next(iter(sizes.values())):
        widths = np.array([each[part] for each in sizes.values()]) / 1000
        axis.barh(list(sizes), widths, left=left, label=part)
        left += widths
    axis.invert_yaxis()
    axis.set_xlabel("kB")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)


def loading_error(action):
    """Run `action`; return its error as text, and the cause of the example.

    Left out is the value of the whole variable, which Keras prints as well.
    """
    try:
        action()
    except ValueError as error:
        first, *rest = [line for line in str(error).splitlines() if line]
        cause = rest[0].partition(" Target variable:")[0] if rest else ""
        return f"ValueError: {first}" + (f"\n    {cause}" if cause else "")
    return "no error"


def build_dense_chain(*units, names=(), dropout=0.0):
    """A chain of dense layers for 64 inputs, with dropout behind the first.

    Biases are random, too, so that no two chains agree by accident.
    """
    chain = [keras.Input((64,))]
    for place, count in enumerate(units):
        name = names[place] if names else None
        dense = keras.layers.Dense(count, bias_initializer="normal", name=name)
        chain.append(dense)
        if dropout and place == 0:
            chain.append(keras.layers.Dropout(dropout))
    return keras.Sequential(chain)


def arrays_that_agree(model, other):
    """Count how many weights of a model equal those of another, in order."""
    pairs = zip(model.get_weights(), other.get_weights(), strict=False)
    equal = sum(np.array_equal(ours, theirs) for ours, theirs in pairs)
    return f"{equal} of {len(model.weights)} arrays agree"


def load_from_json(description, weights):
    """Build a model as a JSON file describes it, and load its weights."""
    text = Path(description).read_text("utf-8")
    model = keras.models.model_from_json(text)
    model.load_weights(weights)
    return model


def build_and_load(weights, *, prepare):
    """Build the model of this page anew, and load its weights."""
    model = build_named_cnn()
    if prepare:
        model.optimizer.build(model.trainable_variables)  # ①
    model.load_weights(weights)
    return model


def load_and_compile(path):
    """Load a whole model, and compile it again."""
    model = keras.saving.load_model(path)
    model.compile("adam", "sparse_categorical_crossentropy")  # ①
    return model


def trainable_arrays(model):
    """Return the trainable weights of a model as a list of arrays."""
    weights = model.trainable_weights
    return [keras.ops.convert_to_numpy(weight) for weight in weights]


def largest_change(before, after):
    """Return the largest difference between two lists of arrays."""
    pairs = zip(before, after, strict=True)
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


def plot_gaps(axis, gaps, *, step):
    """Draw how far the next step went astray, way by way, and its length."""
    axis.barh(list(gaps), list(gaps.values()))
    axis.axvline(step, color="black", linestyle="--", label="the step itself")
    axis.invert_yaxis()
    axis.set_xlabel("largest difference of a weight after one more step")
    axis.locator_params(axis="x", nbins=5)
    axis.legend(loc="upper right", fontsize=8)


class PowerCut(keras.callbacks.Callback):
    """Ends training when an epoch begins, as if the power were cut."""

    def __init__(self, epoch):
        """Keep the number of the epoch, counted from 0."""
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        """Raise an error in that epoch."""
        if epoch == self.epoch:
            raise RuntimeError(f"no power after {epoch} epochs")


@keras.saving.register_keras_serializable("digits")  # ①
class ScalePixels(keras.layers.Layer):
    """Divide pixels by the largest value that they can have."""

    def __init__(self, maximum=255, **settings):
        """Keep the maximum; `settings` are those of every layer."""
        super().__init__(**settings)  # ②
        self.maximum = maximum

    def call(self, pixels):
        """Divide."""
        return pixels / self.maximum

    def get_config(self):
        """Return what `__init__` takes."""
        return {**super().get_config(), "maximum": self.maximum}  # ③


@keras.saving.register_keras_serializable("digits")
def squared_relu(values):
    """Activation function: the square of ReLU."""
    return keras.ops.square(keras.ops.relu(values))


@keras.saving.register_keras_serializable("digits")
class Residual(keras.layers.Layer):
    """Add to the inputs what another layer makes of them."""

    def __init__(self, inner, **settings):
        super().__init__(**settings)
        self.inner = inner

    def call(self, inputs):
        """Add; the inner layer keeps the shape."""
        return inputs + self.inner(inputs)

    def get_config(self):
        """Return what `__init__` takes, the layer as a dict."""
        inner = keras.saving.serialize_keras_object(self.inner)  # ①
        return {**super().get_config(), "inner": inner}

    @classmethod
    def from_config(cls, config):
        """Make the inner layer first, then this one."""
        inner = keras.saving.deserialize_keras_object(config.pop("inner"))  # ②
        return cls(inner, **config)


@keras.saving.register_keras_serializable("digits")
class SmallReader(keras.Model):
    """A subclassed model: a hidden layer of some width, and ten classes."""

    def __init__(self, width=16, **settings):
        super().__init__(**settings)
        self.width = width
        self.hidden = keras.layers.Dense(width, activation=squared_relu)
        self.digit = keras.layers.Dense(10, activation="softmax")

    def call(self, pixels):
        """Map pixels, `(n, 64)`, to probabilities, `(n, 10)`."""
        return self.digit(self.hidden(pixels))

    def get_config(self):
        """Return what `__init__` takes."""
        return {**super().get_config(), "width": self.width}


class ForgetfulScale(ScalePixels):
    """The same layer; its `get_config` leaves out the maximum."""

    def get_config(self):
        """Return what every layer takes, and no more."""
        config = super().get_config()
        return {key: config[key] for key in config if key != "maximum"}


def plot_layer_outputs(axes, image, outputs):
    """Draw an image, and below each other the maps of some layers.

    Args:
        axes: an array of axes, a row a layer and a column a channel.
        image: `(height, width)`, drawn at the first axis of each row.
        outputs: dict from names of layers to arrays `(height, width, n)`.
    """
    for row, (name, maps) in zip(axes, outputs.items(), strict=True):
        row[0].imshow(image, cmap="gray_r")
        row[0].set_ylabel(name)
        for axis, channel in zip(row[1:], range(maps.shape[-1]), strict=False):
            axis.imshow(maps[..., channel])
        for axis in row:
            axis.set_xticks([])
            axis.set_yticks([])


def parameter_counts(model):
    """Count parameters: those that training may change, and the others."""
    groups = model.trainable_weights, model.non_trainable_weights
    return tuple(
        sum(math.prod(each.shape) for each in group) for group in groups
    )


def freeze_all_but(model, *names):
    """Freeze all layers of a model but those of some names."""
    for layer in model.layers:
        layer.trainable = layer.name in names


def changes_in_epoch(model, watched, images, labels):
    """Train a model for an epoch; watch the weights of one that it contains.

    Args:
        model: compiled; trained with batches of 64.
        watched: the same model, or one that shares layers with it.
        images: array `(n, 8, 8, 1)`.
        labels: integers, `(n,)`.

    Returns:
        dict from paths of weights to the largest change of a number in them.
    """
    before = watched.get_weights()
    model.fit(images, labels, batch_size=64, verbose=0)
    changes = zip(watched.weights, before, watched.get_weights(), strict=True)
    return {
        each.path: largest_change([old], [new]) for each, old, new in changes
    }


def plot_frozen(axis, changes):
    """Draw a table of changes: a row a weight, a column a way of training.

    Args:
        axis: Matplotlib axes.
        changes: dict from ways to dicts as `changes_in_epoch` returns.
    """
    ways, paths = list(changes), list(next(iter(changes.values())))
    table = np.array([[changes[way][path] for way in ways] for path in paths])
    axis.imshow(table > 0, cmap="Blues", vmin=0, vmax=2.5, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        text = f"{value:.0e}" if value else "0"
        axis.text(column, row, text, ha="center", va="center", fontsize=8)
    axis.set_xticks(range(len(ways)), ways, fontsize=8)
    axis.set_yticks(range(len(paths)), paths, fontsize=8)
    axis.xaxis.tick_top()
    axis.tick_params(length=0)


def copy_weights_by_name(source, target):
    """Copy the weights of layers of the same name and the same shapes.

    Returns:
        two lists of names: layers that were copied, and those that were not.
    """
    known = {layer.name: layer.get_weights() for layer in source.layers}
    copied, left = [], []
    for layer in target.layers:
        values = known.get(layer.name, [])
        shapes = [tuple(each.shape) for each in layer.weights]
        if shapes and shapes == [value.shape for value in values]:
            layer.set_weights(values)
            copied.append(layer.name)
        elif shapes:
            left.append(layer.name)
    return copied, left


def answers_after_loading(path, data):
    """Load a model, predict, and take one step of training.

    Args:
        path: a `.keras` file.
        data: `.npz` file with `images`, `(n, 8, 8, 1)`, and `labels`, `(n,)`.

    Returns:
        dict of lists: the probabilities, and all weights after the step.
    """
    model = keras.saving.load_model(path)
    with np.load(data) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    probabilities = model.predict_on_batch(images)
    model.train_on_batch(images, labels)
    weights = [each.ravel() for each in model.get_weights()]
    return {
        "probabilities": probabilities.tolist(),
        "weights": np.concatenate(weights).tolist(),
    }


def weight_groups(kinds):
    """Name the groups of layers in a weights file; `kinds` in their order."""
    seen, names = {}, []
    for kind in kinds:
        earlier = seen.get(kind, 0)
        names.append(f"{kind}_{earlier}" if earlier else kind)
        seen[kind] = earlier + 1
    return names


def careless_weight_groups(kinds):
    """Make the usual mistake: count all layers, not those of one kind."""
    return [
        f"{kind}_{place}" if place else kind for place, kind in enumerate(kinds)
    ]
