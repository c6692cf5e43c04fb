"""Models, layers, compile: three networks built, trained and asked (§3.2)."""

import math

import keras
import numpy as np


def build_small_cnn():
    """A small CNN for digits."""
    layers = [
        keras.Input((8, 8, 1)),  # ①
        keras.layers.Conv2D(
            8, 3, padding="same", activation="relu", name="conv1"
        ),
        keras.layers.MaxPooling2D(name="pool"),
        keras.layers.Conv2D(16, 3, activation="relu", name="conv2"),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(10, activation="softmax", name="output"),
    ]
    return keras.Sequential(layers, name="reader")


def build_scorer():
    """A CNN that gives each image one number, its score: `(n, 1)`."""
    layers = [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1),
    ]
    return keras.Sequential(layers, name="scorer")


def build_siamese_comparison(scorer):
    """Siamese network: sigmoid of the difference of two scores."""
    left = keras.Input((8, 8, 1), name="left")  # ①
    right = keras.Input((8, 8, 1), name="right")
    margin = keras.layers.Subtract()([scorer(left), scorer(right)])  # ②
    answer = keras.layers.Activation("sigmoid")(margin)
    return keras.Model([left, right], answer, name="comparison")  # ③


def draw_pairs(images, labels, count, *, seed):
    """Draw pairs of pictures whose digits differ, and who is larger.

    Returns:
        `[left, right], answers`: two arrays of pictures, and 1 where the
        left digit is larger, 0 where the right one is.
    """
    generator = np.random.default_rng(seed)
    left, right = generator.integers(len(labels), size=(2, count))
    differ = labels[left] != labels[right]
    left, right = left[differ], right[differ]
    answers = (labels[left] > labels[right]).astype("float32")
    return [images[left], images[right]], answers


class LifeNetwork(keras.Model):
    """A CNN applied repeatedly: a step of a cellular automaton a call."""

    def __init__(self, **settings):
        """Make the layers; `settings` are those of every model."""
        super().__init__(**settings)
        self.neighborhood_conv = keras.layers.Conv2D(
            32, 3, padding="same", activation="relu"
        )
        self.output_conv = keras.layers.Conv2D(1, 1, activation="sigmoid")

    def call(self, board, steps=1):
        """Return `(n, rows, columns, 1)`: how likely each cell lives."""
        for _ in range(steps):  # ①
            hidden = self.neighborhood_conv(keras.ops.round(board))  # ②
            board = self.output_conv(hidden)
        return board


def life_step(boards):
    """Next generation of boards of 0 and 1, `(n, rows, columns)`."""
    rows, columns = boards.shape[1:]
    padded = np.pad(boards, [(0, 0), (1, 1), (1, 1)])
    three_by_three = sum(
        padded[:, row : row + rows, column : column + columns]
        for row in range(3)
        for column in range(3)
    )
    neighbors = three_by_three - boards
    lives = (neighbors == 3) | ((neighbors == 2) & (boards == 1))
    return lives.astype("float32")


def conv_output_size(size, kernel, *, stride=1, padding="valid"):
    """Compute how long an axis is after a convolution or a pooling."""
    if padding == "same":
        return math.ceil(size / stride)
    return (size - kernel) // stride + 1


def receptive_field_pixels(model, images, row, column):
    """Pixels that change one output position: the measured receptive field.

    Each pixel in turn is made brighter in all `images`, an array of shape
    `(n, height, width, 1)`. Returns booleans of shape `(height, width)`.
    """
    before = model.predict_on_batch(images)[:, row, column]
    changed = np.zeros(images.shape[1:3], dtype=bool)
    for at in np.ndindex(changed.shape):
        brighter = images.copy()
        brighter[:, at[0], at[1]] += 1
        after = model.predict_on_batch(brighter)[:, row, column]
        changed[at] = np.abs(after - before).max() > 1e-6
    return changed


def receptive_field(layers):
    """Compute the side of the field after layers of `(kernel, stride)`."""
    field, apart = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * apart
        apart *= stride
    return field


def field_without_strides(layers):
    """Compute the field as if every stride were 1: the usual mistake."""
    return 1 + sum(kernel - 1 for kernel, _ in layers)


def plot_scores(axis, labels, scores, *, seed=0):
    """Draw one point a picture above its digit, and a line at each mean."""
    jitter = np.random.default_rng(seed).uniform(-0.25, 0.25, len(labels))
    axis.scatter(labels + jitter, scores, s=6, alpha=0.5)
    for digit in range(10):
        mean = scores[labels == digit].mean()
        axis.plot([digit - 0.35, digit + 0.35], [mean, mean], color="black")
    axis.set_xticks(range(10))
    axis.set_xlabel("digit (no label in training)")
    axis.set_ylabel("score")


def plot_activation_values(axes, names, x):
    """Draw functions of `keras.activations` over `x`, a name an axis."""
    for axis, name in zip(axes.flat, names, strict=True):
        y = keras.activations.get(name)(keras.ops.convert_to_tensor(x))
        axis.plot(x, keras.ops.convert_to_numpy(y))
        axis.axhline(0, color="gray", linewidth=0.5)
        axis.set_title(name, fontsize=10)
        axis.label_outer()
