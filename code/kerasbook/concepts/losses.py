"""Losses from scratch, backpropagation by hand, optimizer steps (§2.1.2)."""

import inspect
import json
import os
import subprocess
import sys
import warnings

import keras
import numpy as np


def check_shapes(y_true, y_pred):
    """Refuse two arrays that NumPy would broadcast to a common shape."""
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(
            "Expected y_true and y_pred of the same shape. Received: "
            f"y_true.shape={np.shape(y_true)}, y_pred.shape={np.shape(y_pred)}"
        )


def mean_squared_error(y_true, y_pred):
    """Average the squared residuals over the last axis."""
    check_shapes(y_true, y_pred)
    return np.mean((y_pred - y_true) ** 2, axis=-1)


def mean_absolute_error(y_true, y_pred):
    """Average the absolute residuals over the last axis."""
    check_shapes(y_true, y_pred)
    return np.mean(np.abs(y_pred - y_true), axis=-1)


def huber(y_true, y_pred, *, delta=1.0):
    """Average a loss that is quadratic up to `delta`, linear beyond."""
    check_shapes(y_true, y_pred)
    size = np.abs(y_pred - y_true)
    losses = np.where(size <= delta, size**2 / 2, delta * size - delta**2 / 2)
    return np.mean(losses, axis=-1)


def plot_curves(axis, x, curves, *, xlabel, ylabel):
    """Draw named curves over `x`, each with a line style of its own."""
    styles = ("-", "--", "-.", ":")
    for (name, y), style in zip(curves.items(), styles, strict=False):
        axis.plot(x, y, style, label=name)
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.legend()


def best_constant(loss, values, candidates):
    """Find the one number that predicts all values with the least loss.

    Args:
        loss: takes `y_true` and `y_pred` of shape `(n,)`, returns a number.
        values: array of shape `(n,)`.
        candidates: the numbers to try.
    """
    shape = np.shape(values)
    losses = [loss(values, np.full(shape, c)) for c in candidates]
    return float(candidates[np.argmin(losses)])


def plot_constants(axis, values, constants):
    """Draw a histogram of values in steps of 1, and a line per constant."""
    edges = np.arange(np.floor(values.min()), values.max() + 2)
    axis.hist(values, bins=edges, color="lightgray")
    for number, (name, style) in enumerate(
        zip(constants, ("-", "--", ":"), strict=False)
    ):
        axis.axvline(
            constants[name], linestyle=style, color=f"C{number}", label=name
        )
    axis.legend()


def log_softmax(logits):
    """Compute the logarithms of softmax over the last axis.

    Subtracting the largest logit changes nothing but keeps `exp` in range.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def binary_crossentropy(y_true, y_pred, *, from_logits=False):
    """Average the cross-entropy of yes-or-no labels over the last axis.

    Args:
        y_true: labels from 0 to 1.
        y_pred: probabilities of label 1, or logits; same shape.
        from_logits: whether `y_pred` still has to pass the sigmoid.
    """
    if from_logits:
        losses = np.logaddexp(0, y_pred) - y_true * y_pred
    else:
        p = np.clip(y_pred, 1e-7, 1 - 1e-7)
        losses = -y_true * np.log(p) - (1 - y_true) * np.log(1 - p)
    return np.mean(losses, axis=-1)


def categorical_crossentropy(y_true, y_pred, *, from_logits=False):
    """Compute the cross-entropy of one-hot labels.

    Args:
        y_true: one-hot labels of shape `(batch, num_classes)`.
        y_pred: probabilities with sum 1, or logits; same shape.
        from_logits: whether `y_pred` still has to pass softmax.

    Returns:
        array of shape `(batch,)`.
    """
    if from_logits:
        log_p = log_softmax(y_pred)
    else:
        log_p = np.log(np.clip(y_pred, 1e-7, 1 - 1e-7))
    return -np.sum(y_true * log_p, axis=-1)


def sparse_categorical_crossentropy(labels, y_pred, *, from_logits=False):
    """Compute the same loss from integer labels of shape `(batch,)`."""
    labels, y_pred = np.asarray(labels), np.asarray(y_pred)
    num_classes = y_pred.shape[-1]
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(
            f"Expected labels from 0 to {num_classes - 1}. "
            f"Received: {labels.min()} to {labels.max()}"
        )
    one_hot = np.eye(num_classes)[labels]
    return categorical_crossentropy(one_hot, y_pred, from_logits=from_logits)


def steps_until_right(slope, *, start, learning_rate):
    """Count the updates that one logit needs to become positive.

    Args:
        slope: maps the logit to the derivative of the loss.
        start: first value of the logit.
        learning_rate: size of an update, times the slope.
    """
    logit, steps = start, 0
    while logit <= 0:
        logit -= learning_rate * slope(logit)
        steps += 1
    return steps


def graph_by_hand(w, b, x, y):
    """Run L = (w x + b - y)^2 forward, then the chain rule backward.

    Returns:
        two dicts by node: the values, and the slopes of L.
    """
    u = w * x
    z = u + b
    r = z - y
    loss = r**2
    d_r = 2 * r  # L = r^2
    d_z = d_r  # r = z - y
    d_u = d_z  # z = u + b
    d_b = d_z
    d_w = d_u * x  # u = w x
    values = {"w": w, "b": b, "u": u, "z": z, "r": r, "L": loss}
    slopes = {"w": d_w, "b": d_b, "u": d_u, "z": d_z, "r": d_r, "L": 1.0}
    return values, slopes


def plot_graph(axis, values, slopes):
    """Draw the graph of `graph_by_hand`, values above, slopes below."""
    places = {"w": (0, 1), "u": (1, 1), "b": (1, 0)}
    places |= {"z": (2, 0.5), "r": (3, 0.5), "L": (4, 0.5)}
    notes = {"u": "w x", "z": "u + b", "r": "z − y", "L": "r²"}
    boxes = {}
    for name, (x, y) in places.items():
        formula = f"{name} = {notes[name]}" if name in notes else name
        boxes[name] = axis.text(
            x, y, formula, ha="center", va="center", fontsize=12,
            bbox={"boxstyle": "round", "facecolor": "white"},
        )  # fmt: skip
        for shift, note, color in (
            (0.25, f"{values[name]:g}", "#0072B2"),
            (-0.25, f"slope {slopes[name]:g}", "#D55E00"),
        ):
            axis.text(
                x, y + shift, note, color=color,
                ha="center", va="center", fontsize=12,
            )  # fmt: skip
    for start, end in ("wu", "uz", "bz", "zr", "rL"):
        arrow = {"arrowstyle": "->", "shrinkA": 3, "shrinkB": 3}
        arrow["patchA"] = boxes[start].get_bbox_patch()
        arrow["patchB"] = boxes[end].get_bbox_patch()
        axis.annotate("", places[end], places[start], arrowprops=arrow)
    axis.set_xlim(-0.4, 4.4)
    axis.set_ylim(-0.4, 1.4)
    axis.axis("off")


def take_steps(step, start, gradients, **settings):
    """Return the values of a variable after each step of an update rule."""
    variable, state, values = start, {}, []
    for g in gradients:
        variable = step(variable, g, state, **settings)
        values.append(variable)
    return values


def keras_steps(optimizer, start, gradients):
    """Return the values of a variable after each step of a Keras optimizer."""
    variable, values = keras.Variable(start), []
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
        values.append(float(variable))
    return values


def try_pairings():
    """Train softmax regression with every pairing of output and loss.

    Returns:
        dict: `rows` of (activation, from_logits, loss, accuracy, warned), and
        `label_3`, what a label 3 does among three classes.
    """
    generator = np.random.default_rng(0)
    labels = np.arange(300) % 3
    centers = np.array([[0, 2], [2, -1], [-2, -1]])
    points = centers[labels] + generator.normal(scale=0.8, size=(300, 2))
    kernel, rows = generator.normal(size=(2, 3)), []
    for activation in ("softmax", "linear"):
        for from_logits in (False, True):
            layers = [keras.Input((2,)), keras.layers.Dense(3, activation)]
            model = keras.Sequential(layers)
            model.set_weights([kernel, np.zeros(3)])
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits)
            adam = keras.optimizers.Adam(0.3)
            model.compile(adam, loss, metrics=["accuracy"])
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                history = model.fit(
                    points, labels, batch_size=300, epochs=30, verbose=0
                ).history
            scores = history["loss"][-1], history["accuracy"][-1]
            warned = any("from_logits" in str(each.message) for each in caught)
            rows.append((activation, from_logits, *scores, warned))
    try:
        label_3 = float(loss(np.array([3]), np.zeros((1, 3))))
    except Exception as error:
        label_3 = type(error).__name__
    return {"rows": rows, "label_3": label_3}


def run_on(backend, function):
    """Call a function in a fresh Python process on another backend.

    Args:
        backend: "tensorflow", "jax" or "torch".
        function: takes no arguments, uses `keras`, `np` and `warnings`, and
            returns what JSON can hold.
    """
    program = (
        "import json, warnings\nimport keras\nimport numpy as np\n\n"
        f"{inspect.getsource(function)}\n"
        f"print(json.dumps({function.__name__}()))\n"
    )
    environment = {"KERAS_BACKEND": backend, "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment, capture_output=True, text=True,
    )  # fmt: skip
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return json.loads(answer.stdout)
