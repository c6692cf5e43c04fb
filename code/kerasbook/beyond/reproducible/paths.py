"""Train from equal beginnings, and see how far the ways part."""

import math

import keras
import numpy as np


def build_small_convnet(dtype="float32"):
    """Build a network from `(batch, 8, 8, 1)` to logits `(batch, 10)`."""
    layers = keras.layers
    options = {"padding": "same", "activation": "relu", "dtype": dtype}
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(8, 3, **options),
        layers.MaxPooling2D(dtype=dtype),
        layers.Conv2D(16, 3, **options),
        layers.Flatten(dtype=dtype),
        layers.Dense(10, dtype="float32"),
    ])  # fmt: skip


def compile_stable(model, **options):
    """Compile with a small learning rate (stable training)."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003), loss, **options)


def compile_near_instability(model, **options):
    """Compile with a learning rate close to the stability limit."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss, **options)


def training_variables(model):
    """Variables that training changes: weights, generators, optimizer."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return model.variables + model.optimizer.variables


def get_training_state(model):
    """Copy weights, optimizer variables and random-generator state."""
    variables = training_variables(model)
    return [keras.ops.convert_to_numpy(one).copy() for one in variables]


def require_same_shapes(variables, state):
    """Raise an error if a state belongs to another network or optimizer."""
    expected = [tuple(one.shape) for one in variables]
    received = [np.shape(one) for one in state]
    if expected != received:
        raise ValueError(
            f"Expected the state of this model, arrays of shapes {expected}. "
            f"Received: {received}. Build and compile the model as it was "
            "when the state was read."
        )


def write_state(model, state):
    """Restore what `get_training_state` copied, bit for bit."""
    variables = training_variables(model)
    require_same_shapes(variables, state)
    for variable, value in zip(variables, state, strict=True):
        variable.assign(value)


def draw_batches(num_samples, *, steps, batch_size=32, seed):
    """Draw the samples of each step, epoch after epoch in a new order.

    Returns:
        integers of shape `(steps, batch_size)`; the last samples of an epoch
        share a batch with the first of the next.
    """
    generator = np.random.default_rng(seed)
    epochs = math.ceil(steps * batch_size / num_samples)
    orders = [generator.permutation(num_samples) for _ in range(epochs)]
    rows = np.concatenate(orders)[: steps * batch_size]
    return rows.reshape(steps, batch_size)


def flat_weights(model):
    """Return all weights in one row, shape `(num_weights,)`."""
    return np.concatenate([one.ravel() for one in model.get_weights()])


def weight_recorder(steps):
    """Return a callback, and the list of weights that it fills by step."""
    weights = []

    def note(batch, logs=None):
        if batch + 1 in steps:  # JAX brings the callback's model up to date
            weights.append(flat_weights(noting.model))

    noting = keras.callbacks.LambdaCallback(on_train_batch_end=note)
    return noting, weights


def train_from(model, state, training, test_images, batches):
    """Train from a state on given batches, one step for each of them.

    Returns a dict: `steps` 1, 2, 4, …; the `weights` after each of them; and
    the predictions for the test images at the end, `answers`.
    """
    write_state(model, state)
    (images, labels), rows = training, batches.ravel()
    steps = [2**k for k in range(int(math.log2(len(batches))) + 1)]
    noting, weights = weight_recorder(steps)
    model.fit(
        images[rows], labels[rows], batch_size=batches.shape[1],
        shuffle=False, verbose=0, callbacks=[noting],
    )  # fmt: skip
    scores = keras.ops.convert_to_numpy(model(test_images))
    answers = scores.argmax(axis=1)
    return {"steps": steps, "weights": np.array(weights), "answers": answers}


def perturb_one_ulp(state):
    """Increase one weight by one unit in the last place (ULP)."""
    moved = [one.copy() for one in state]
    weight = moved[0].ravel()  # a view
    weight[0] = np.nextafter(weight[0], np.float32(np.inf))
    return moved


def relative_distance(run, reference, start):
    """Distance of two runs divided by the distance from the start, by step.

    Args:
        run: from `train_from`.
        reference: likewise.
        start: the weights that the reference began with, `(num_weights,)`.

    Returns:
        distance of the weights, divided by the way the reference has gone.
    """
    mine, other = (one["weights"].astype(float) for one in (run, reference))
    gone = np.linalg.norm(other - start.astype(float), axis=1)
    return np.linalg.norm(mine - other, axis=1) / gone


def train_from_file(source, target):
    """Follow both recipes from the weights and batches of a file.

    Args:
        source: `.npz` file with `x_train`, `y_train`, `x_test`, `batches` and
            the first weights, `w0`, `w1`, ….
        target: beginning of the names of the files to write, one a recipe.

    Returns:
        two random numbers that this backend draws from the seed 1.
    """
    with np.load(source) as file:
        arrays = dict(file)
    training = arrays["x_train"], arrays["y_train"]
    for recipe in (compile_stable, compile_near_instability):
        model = build_small_convnet()
        recipe(model)
        model.set_weights([arrays[f"w{k}"] for k in range(len(model.weights))])
        run = train_from(
            model, get_training_state(model), training, arrays["x_test"],
            arrays["batches"],
        )  # fmt: skip
        np.savez(f"{target}-{recipe.__name__}.npz", **run)
    drawn = keras.random.normal((2,), seed=1)
    return keras.ops.convert_to_numpy(drawn).tolist()
