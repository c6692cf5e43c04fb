"""Customizing training: data, weights, losses, metrics, callbacks, steps."""

import inspect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from kerasbook.isolation import call_on_backend, source_of


def load_tumors(seed):
    """Load scikit-learn's breast-cancer data, divided and standardized.

    Returns:
        inputs for training and validation, `(426, 30)` and `(143, 30)`,
        then labels `(426, 1)` and `(143, 1)`: 1 for malignant. All float32.
    """
    x, y = load_breast_cancer(return_X_y=True)
    y = 1 - y[:, None]  # scikit-learn's 0 is malignant
    x, x_val, y, y_val = train_test_split(x, y, stratify=y, random_state=seed)
    mean, deviation = x.mean(axis=0), x.std(axis=0)  # of the training set
    x, x_val = (x - mean) / deviation, (x_val - mean) / deviation
    return [array.astype("float32") for array in (x, x_val, y, y_val)]


def build_tumor_network(inputs=30, *, seed=0):
    """Build a network from `(batch, inputs)` to probabilities `(batch, 1)`.

    It sets Keras's random seed, so that each call gives the same weights.
    """
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def loss_of_one_epoch(*data, **settings):
    """Train a new network for an epoch, unshuffled; return its mean loss.

    Args:
        data: inputs `(n, 30)` and labels `(n, 1)`, or one object that
            yields batches of both.
        settings: further arguments of `fit`.
    """
    model = build_tumor_network()
    model.compile("adam", "binary_crossentropy")
    history = model.fit(*data, shuffle=False, verbose=0, **settings)
    return history.history["loss"][0]


class RowBatches(keras.utils.PyDataset):
    """Batches of inputs `(n, features)` and labels `(n, ...)`, in order."""

    def __init__(self, x, y, batch_size, **settings):
        super().__init__(**settings)  # such as `workers`
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self):
        return -(-len(self.x) // self.batch_size)  # rounded up

    def __getitem__(self, index):
        start = index * self.batch_size
        rows = slice(start, start + self.batch_size)
        return self.x[rows], self.y[rows]


def build_echo(loss):
    """Build a model that returns its inputs, `(batch, 1)`; compile it."""
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    echo = keras.Sequential([keras.Input((1,)), layer])
    echo.compile("sgd", loss)
    return echo


def count_errors(model, x, y):
    """Count what a binary classifier gets wrong.

    Args:
        model: maps `(n, features)` to probabilities of class 1, `(n, 1)`.
        x: inputs `(n, features)`.
        y: labels 0 or 1, `(n, 1)`.

    Returns:
        how many of class 1 it misses, and how many false alarms it gives.
    """
    predicted = keras.ops.convert_to_numpy(model(x)) > 0.5
    missed = int(np.sum(~predicted & (y == 1)))
    return missed, int(np.sum(predicted & (y == 0)))


def draw_rides(count, seed):
    """Draw taxi rides: the longer, the more their times differ.

    A ride of d kilometers takes 4 + 2 d minutes without traffic. Traffic
    adds a random time with an exponential distribution of mean 0.6 d.

    Returns:
        kilometers and minutes, both float32 of shape `(count, 1)`.
    """
    generator = np.random.default_rng(seed)
    km = generator.uniform(1, 10, (count, 1))
    minutes = 4 + 2 * km + generator.exponential(0.6 * km)
    return km.astype("float32"), minutes.astype("float32")


def quantile_loss_90(y_true, y_pred):
    """Quantile loss for the quantile 0.9.

    Args:
        y_true: targets `(batch, outputs)`.
        y_pred: predictions `(batch, outputs)`.

    Returns:
        `(batch,)`, a loss for each sample: the mean over its outputs.
    """
    error = y_true - y_pred
    losses = keras.ops.maximum(0.9 * error, -0.1 * error)
    return keras.ops.mean(losses, axis=-1)


def mean_quantile_loss_90(y_true, y_pred):
    """Make the usual mistake: one number for the whole batch, `()`."""
    error = y_true - y_pred
    return keras.ops.mean(keras.ops.maximum(0.9 * error, -0.1 * error))


@keras.saving.register_keras_serializable(package="customizing")
class QuantileLoss(keras.losses.Loss):
    """Quantile loss, also called pinball loss, of a quantile in (0, 1)."""

    def __init__(self, quantile=0.5, name="quantile_loss", **settings):
        super().__init__(name=name, **settings)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        """Compare two tensors `(batch, outputs)`; return `(batch,)`."""
        error, q = y_true - y_pred, self.quantile
        losses = keras.ops.maximum(q * error, (q - 1) * error)
        return keras.ops.mean(losses, axis=-1)

    def get_config(self):
        """Return what `__init__` needs to make the loss again."""
        return {**super().get_config(), "quantile": self.quantile}


@keras.saving.register_keras_serializable(package="customizing")
class ForgetfulLoss(QuantileLoss):
    """Make the usual mistake: the configuration lacks the quantile."""

    def get_config(self):
        """Return name and reduction only."""
        return keras.losses.Loss.get_config(self)


def fit_quantile(loss, km, minutes):
    """Fit a line to rides under a loss; return the compiled model.

    Args:
        loss: such as `QuantileLoss(0.9)`.
        km: kilometers `(1000, 1)`.
        minutes: minutes `(1000, 1)`.
    """
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(0.5, decay_steps=200)
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(km, minutes, epochs=10, batch_size=50, verbose=0)
    return model


def plot_rides(axis, km, minutes, models):
    """Draw rides, and the predictions of models.

    Args:
        axis: Matplotlib axes.
        km: kilometers `(n, 1)`.
        minutes: minutes `(n, 1)`.
        models: dict from a label to a model from `(n, 1)` to `(n, 1)`.
    """
    axis.plot(km[:, 0], minutes[:, 0], ".", color="0.7", markersize=3)
    ends = np.array([[1.0], [10.0]], "float32")
    for style, (label, model) in zip(("-", "--"), models.items(), strict=False):
        axis.plot(ends[:, 0], np.asarray(model(ends))[:, 0], style, label=label)
    axis.set_xlabel("distance in kilometers")
    axis.set_ylabel("minutes")
    axis.legend()


def f1_of_batch(y_true, y_pred):
    """F1 of one batch; 0 if nothing is positive, nor called so.

    Args:
        y_true: labels 0 or 1, `(batch, 1)`.
        y_pred: probabilities of class 1, `(batch, 1)`.
    """
    predicted = keras.ops.cast(y_pred > 0.5, "float32")
    hits = keras.ops.sum(predicted * y_true)
    both = keras.ops.sum(predicted) + keras.ops.sum(y_true)
    return keras.ops.divide_no_nan(2 * hits, both)


@keras.saving.register_keras_serializable(package="customizing")
class BinaryF1(keras.metrics.Metric):
    """F1 of all samples since the last reset."""

    def __init__(self, name="f1", **settings):
        super().__init__(name=name, **settings)
        self.hits = self.add_variable((), "zeros", name="hits")
        self.both = self.add_variable((), "zeros", name="both")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: labels 0 or 1 and probabilities, `(batch, 1)`."""
        actual = keras.ops.reshape(keras.ops.cast(y_true, self.dtype), -1)
        positive = keras.ops.reshape(y_pred, -1) > 0.5
        predicted = keras.ops.cast(positive, self.dtype)
        w = 1.0 if sample_weight is None else sample_weight
        w = keras.ops.reshape(keras.ops.cast(w, self.dtype), -1)
        self.hits.assign_add(keras.ops.sum(w * actual * predicted))
        self.both.assign_add(keras.ops.sum(w * (actual + predicted)))

    def result(self):
        """Return twice the true positives over predicted plus actual."""
        return keras.ops.divide_no_nan(2 * self.hits, self.both)


class RecordPredictions(keras.callbacks.Callback):
    """After each epoch, records the predictions for inputs `(n, ...)`."""

    def __init__(self, x):
        super().__init__()
        self.x = x

    def on_train_begin(self, logs=None):
        """Begin a list, to which each epoch adds an array `(n,)`."""
        self.predictions = []

    def on_epoch_end(self, epoch, logs=None):
        """Predict, and keep the first output."""
        outputs = self.model(self.x, training=False)
        outputs = keras.ops.convert_to_numpy(outputs)
        self.predictions.append(outputs[:, 0])


class StopAtGoal(keras.callbacks.Callback):
    """Ends training after the first epoch whose metric reaches a goal.

    Args:
        monitor: the name of a metric that is to rise, such as `"val_f1"`.
        goal: the value to reach.
    """

    def __init__(self, monitor, goal):
        super().__init__()
        self.monitor, self.goal = monitor, goal

    def on_epoch_end(self, epoch, logs=None):
        """Compare, and tell the model to stop."""
        if logs[self.monitor] >= self.goal:
            self.model.stop_training = True


def build_two_outputs(seed=0):
    """Build a network with two inputs and two outputs, not compiled.

    Returns:
        a model from a dict with `mean` and `error`, both `(batch, 10)`, to
        a dict with `malignant` and `worst_radius`, both `(batch, 1)`.
    """
    keras.utils.set_random_seed(seed)
    inputs = {key: keras.Input((10,), name=key) for key in ("mean", "error")}
    joined = keras.layers.Concatenate()(list(inputs.values()))
    hidden = keras.layers.Dense(32, activation="relu")(joined)
    head = keras.layers.Dense(1, activation="sigmoid", name="malignant")
    size = keras.layers.Dense(1, name="worst_radius")
    outputs = {"malignant": head(hidden), "worst_radius": size(hidden)}
    return keras.Model(inputs, outputs)


def divide_columns(x, y):
    """Arrange tumors for `build_two_outputs`.

    Args:
        x: the 30 measurements, `(n, 30)`: means, errors, worst values.
        y: labels `(n, 1)`.

    Returns:
        a dict of inputs and a dict of targets.
    """
    inputs = {"mean": x[:, :10], "error": x[:, 10:20]}
    return inputs, {"malignant": y, "worst_radius": x[:, 20:21]}


def plot_rates(axes, steps, planned, reduced):
    """Draw a schedule by step, and by epoch what a callback has done.

    Args:
        axes: two Matplotlib axes.
        steps: numbers of batches, `(n,)`.
        planned: the learning rate of the schedule after each, `(n,)`.
        reduced: the `history` of a run with `ReduceLROnPlateau`.
    """
    axes[0].plot(steps, planned)
    axes[0].set_xlabel("step")
    axes[0].set_ylabel("learning rate")
    axes[0].set_title("schedule: warm-up, cosine decay", fontsize=10)
    epochs = np.arange(1, len(reduced["learning_rate"]) + 1)
    axes[1].step(epochs, reduced["learning_rate"], where="mid")
    axes[1].set_xlabel("epoch")
    axes[1].set_title("callback: ReduceLROnPlateau", fontsize=10)
    other = axes[1].twinx()
    other.spines["right"].set_visible(True)
    other.plot(epochs, reduced["val_loss"], "--", color="#D55E00")
    other.set_ylabel("validation loss (dashed)")


def read_scalars(folder):
    """Read the scalars of all event files in a folder.

    Returns:
        dict from the tag to a list of pairs: step and value.
    """
    import tensorflow as tf

    found = {}
    paths = sorted(map(str, Path(folder).glob("events.out.tfevents.*")))
    for record in tf.data.TFRecordDataset(paths).as_numpy_iterator():
        event = tf.compat.v1.Event.FromString(record)
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == "scalars":
                number = float(tf.make_ndarray(value.tensor))
                found.setdefault(value.tag, []).append((event.step, number))
    return found


def plot_scalars(axes, folders, tags):
    """Draw tags of event files, one axes each, as TensorBoard does.

    Args:
        axes: Matplotlib axes, as many as tags.
        folders: dict from the name of a run to its folder.
        tags: what to draw, such as `"epoch_loss"`.
    """
    for style, (run, folder) in zip(("-", "--"), folders.items(), strict=True):
        scalars = read_scalars(folder)
        for axis, tag in zip(axes, tags, strict=True):
            steps, values = zip(*scalars[tag], strict=True)
            axis.plot(steps, values, style, label=run)
            axis.set_title(tag, fontsize=10)
            axis.set_xlabel("epoch, from 0")
    axes[0].legend()


@keras.saving.register_keras_serializable(package="customizing")
class ConsistentModel(keras.Model):
    """Its outputs change little when noise is added to its inputs."""

    def __init__(self, *args, strength=1.0, noise=0.1, **kwargs):
        super().__init__(*args, **kwargs)  # inputs and outputs
        self.strength, self.noise = strength, noise
        self.add_noise = keras.layers.GaussianNoise(noise, seed=0)

    def get_config(self):
        """Return the graph of layers and the settings."""
        own = {"strength": self.strength, "noise": self.noise}
        return {**super().get_config(), **own}

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        """Add `strength` times the mean squared change of the outputs."""
        loss = super().compute_loss(x, y, y_pred, sample_weight)
        noisy = self.add_noise(x, training=training)  # ①
        change = y_pred - self(noisy, training=training)
        return loss + self.strength * keras.ops.mean(change**2)


class GradientNormModel(keras.Model):
    """Reports the norm of its gradients; a subclass makes the step."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)  # inputs and outputs
        self.norm = keras.metrics.Mean(name="gradient_norm")

    def report(self, gradients, loss, x, y, y_pred, weight):
        """Update all metrics by a batch; return their values, a dict."""
        squares = [keras.ops.sum(g**2) for g in gradients if g is not None]
        self.norm.update_state(keras.ops.sqrt(sum(squares)))
        count = keras.ops.shape(keras.tree.flatten(x)[0])[0]
        for metric in self.metrics:
            if metric.name == "loss":  # ①
                metric.update_state(loss, sample_weight=count)
        return self.compute_metrics(x, y, y_pred, weight)  # ②


class TensorFlowNormModel(GradientNormModel):
    """Makes its step on TensorFlow."""

    def train_step(self, data):
        """Make a step; return what `fit` reports."""
        import tensorflow as tf

        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, weight)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        dense = [tf.convert_to_tensor(g) for g in gradients if g is not None]
        return self.report(dense, loss, x, y, y_pred, weight)


class OwnTestStepModel(TensorFlowNormModel):
    """Evaluates by a step of its own, which reports no gradient norm."""

    def test_step(self, data):
        """Evaluate a batch; return what `evaluate` reports."""
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x, y, y_pred, weight, training=False)
        logs = self.report([], loss, x, y, y_pred, weight)
        del logs["gradient_norm"]
        return logs


class TorchNormModel(GradientNormModel):
    """Makes its step on PyTorch."""

    def train_step(self, data):
        """Make a step; return what `fit` reports."""
        import torch

        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(x, y, y_pred, weight)
        loss.backward()
        gradients = [each.value.grad for each in self.trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, self.trainable_weights)
        return self.report(gradients, loss, x, y, y_pred, weight)


class JaxNormModel(GradientNormModel):
    """Makes its step on JAX."""

    def train_step(self, state, data):
        """Make a step; return what `fit` reports, and the new state."""
        import jax

        weights, others, slots, metrics = state  # ①
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        grad = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
        known = (weights, others, metrics, x, y, weight, True, slots)
        (_, found), gradients = grad(*known)  # ②
        loss, y_pred, others, metrics = found
        apply = self.optimizer.stateless_apply
        weights, slots = apply(slots, gradients, weights)
        pairs = zip(self.metrics_variables, metrics, strict=True)
        with keras.StatelessScope(pairs) as scope:  # ③
            logs = self.report(gradients, loss, x, y, y_pred, weight)
        metrics = map(scope.get_current_value, self.metrics_variables)
        return logs, (weights, others, slots, list(metrics))


def train_model_class(model_class, path, *, epochs, **settings):
    """Train a network of a class on data of a file, without shuffling.

    Args:
        model_class: `keras.Model`, or a subclass of it.
        path: `.npz` file with inputs `x` `(n, 30)`, labels `y` `(n, 1)`,
            the weights `weight_0` to `weight_3`, and other inputs, `x_val`
            `(m, 30)`, that are also there with noise, `x_moved`.
        epochs: how many.
        settings: what the class takes besides `inputs` and `outputs`.

    Returns:
        dict: what `fit` recorded, a list for each name, and `moved`: the
            mean change of the output when the inputs get the noise.
    """
    data = np.load(path)
    inputs = keras.Input((30,))
    hidden = keras.layers.Dense(16, activation="relu")(inputs)
    outputs = keras.layers.Dense(1, activation="sigmoid")(hidden)
    model = model_class(inputs=inputs, outputs=outputs, **settings)
    model.set_weights([data[f"weight_{k}"] for k in range(4)])
    model.compile(keras.optimizers.SGD(0.3), "binary_crossentropy")
    history = model.fit(
        data["x"], data["y"], epochs=epochs, shuffle=False, verbose=0
    ).history
    found = {key: list(map(float, values)) for key, values in history.items()}
    change = model(data["x_moved"]) - model(data["x_val"])
    moved = np.abs(keras.ops.convert_to_numpy(change)).mean()
    return {**found, "moved": float(moved)}


def step_header(model_class):
    """Write what a process needs that trains a `GradientNormModel`.

    Args:
        model_class: a subclass that defines `train_step`, and nothing else.
    """
    head = f"class {model_class.__name__}(GradientNormModel):"
    step = inspect.getsource(model_class.train_step)  # of a cell, too
    imports = "import keras\nimport numpy as np"
    return "\n\n".join([imports, source_of(GradientNormModel), head, step])


def train_elsewhere(steps, path, *, epochs, **settings):
    """Train on other backends, each in a process of its own, all at once.

    Args:
        steps: dict from a backend to a subclass of `GradientNormModel`,
            which is trained for three epochs.
        path: as for `train_model_class`.
        epochs: how many for a `ConsistentModel`.
        settings: `strength` and `noise` of that model.

    Returns:
        dict from the backend to a pair: what `train_model_class` returns
        for the one and for the other model.
    """

    def run(backend):
        calls = [
            f"train_model_class({steps[backend].__name__}, {path!r}, epochs=3)",
            f"train_model_class(ConsistentModel, {path!r}, "
            f"epochs={epochs}, **{settings!r})",
        ]
        header = step_header(steps[backend])
        parts = [ConsistentModel, train_model_class]
        call = f"[{', '.join(calls)}]"
        return call_on_backend(backend, parts, call, header=header, quick=True)

    with ThreadPoolExecutor() as pool:
        return dict(zip(steps, pool.map(run, steps), strict=True))


def rmse_of_batches(batches):
    """Root mean squared error over all batches, lists of errors."""
    total = sum(error**2 for batch in batches for error in batch)
    return (total / sum(map(len, batches))) ** 0.5


def mean_of_rmses(batches):
    """Make the usual mistake: average the roots of the batches."""
    roots = [rmse_of_batches([batch]) for batch in batches]
    return sum(roots) / len(roots)
