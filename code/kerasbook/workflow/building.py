"""Models, layers, compile: shapes, parameters, fields, diagrams (§3.2)."""

import math

import keras
import numpy as np
import tensorflow as tf
from matplotlib import patheffects

from kerasbook.networks import article_layers


def build_cnn():
    """Build the article's convolutional network.

    Input: images of shape `(batch, 32, 32, 3)`. Output: probabilities of
    shape `(batch, 10)`.
    """
    image = keras.Input((32, 32, 3), name="image")
    return keras.Sequential([image, *article_layers()], name="cnn")


def build_rnn(num_words=1000, num_classes=2):
    """Build a recurrent network that reads word numbers.

    Input: integers of shape `(batch, words)`, any number of words. Output:
    probabilities of shape `(batch, num_classes)`.
    """
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32", name="words"),
            keras.layers.Embedding(num_words, 32, name="embedding"),
            keras.layers.LSTM(64, name="lstm"),
            keras.layers.Dense(num_classes, "softmax", name="output"),
        ],
        name="rnn",
    )


def build_two_inputs():
    """Build a network that estimates a price from a picture and four facts.

    Inputs: images of shape `(batch, 64, 64, 3)` and numbers of shape
    `(batch, 4)`. Output: one number each, of shape `(batch, 1)`.
    """
    image = keras.Input((64, 64, 3), name="image")
    facts = keras.Input((4,), name="facts")
    x = keras.layers.Conv2D(16, 3, activation="relu", name="conv")(image)
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    y = keras.layers.Dense(16, activation="relu", name="dense")(facts)
    both = keras.layers.Concatenate(name="both")([x, y])
    price = keras.layers.Dense(1, name="price")(both)
    return keras.Model([image, facts], price, name="two_inputs")


def conv_output_size(size, kernel, *, stride=1, padding="valid", dilation=1):
    """Compute how long an axis is after a convolution or a pooling.

    Args:
        size: positions before.
        kernel: positions under the kernel or the pooling window.
        stride: positions from one placement to the next.
        padding: `"valid"` (none) or `"same"` (at both ends).
        dilation: distance of two neighbors under the kernel.

    Returns:
        the number of positions after.
    """
    if padding not in ("valid", "same"):
        raise ValueError(
            "Expected `padding` to be 'valid' or 'same'. "
            f"Received: padding={padding!r}"
        )
    if padding == "same":
        return math.ceil(size / stride)
    span = dilation * (kernel - 1) + 1
    if span > size:
        raise ValueError(
            f"Expected a span of at most {size}. Received: kernel={kernel}, "
            f"dilation={dilation}, which span {span}"
        )
    return (size - span) // stride + 1


def dense_parameters(inputs, units, *, use_bias=True):
    """Count the parameters of a dense layer from `inputs` to `units`."""
    return (inputs + use_bias) * units


def conv2d_parameters(kernel, channels, filters, *, use_bias=True):
    """Count the parameters of a convolution with a square kernel."""
    return (kernel**2 * channels + use_bias) * filters


def embedding_parameters(words, width):
    """Count the parameters of an embedding: a row of `width` per word."""
    return words * width


def lstm_parameters(inputs, units):
    """Count the parameters of an LSTM: four layers on input and state."""
    return 4 * dense_parameters(inputs + units, units)


def disagreements(settings):
    """Compare `conv_output_size` with the layers of Keras.

    Args:
        settings: iterable of `(size, kernel, stride, padding, dilation)`.

    Returns:
        list of `(setting, ours, theirs)`, empty if all agree.
    """
    found = []
    for setting in settings:
        size, kernel, stride, padding, dilation = setting
        ours = conv_output_size(
            size, kernel, stride=stride, padding=padding, dilation=dilation
        )
        named = {"strides": stride, "padding": padding}
        conv = keras.layers.Conv2D(1, kernel, dilation_rate=dilation, **named)
        pool = keras.layers.MaxPooling2D(kernel, **named)
        for layer in [conv] if dilation > 1 else [conv, pool]:
            theirs = layer.compute_output_shape((None, size, size, 1))[1]
            if ours != theirs:
                found.append((setting, ours, theirs))
    return found


def miscounted(cases):
    """Compare parameter counts with those of Keras.

    Args:
        cases: iterable of `(layer, input_shape, count)`; the shape leaves
            out the batch.

    Returns:
        list of the cases in which Keras counts differently.
    """
    wrong = []
    for layer, input_shape, count in cases:
        layer(keras.Input(input_shape))  # this creates the weights
        if layer.count_params() != count:
            wrong.append((layer, input_shape, count))
    return wrong


def activation_slopes(name, x):
    """Evaluate an activation function and its derivative.

    Args:
        name: name of the function in `keras.activations`.
        x: array of any shape.

    Returns:
        `(values, slopes)`, arrays of that shape.
    """
    x = tf.convert_to_tensor(x, dtype="float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = keras.activations.get(name)(x)
    return y.numpy(), tape.gradient(y, x).numpy()


def plot_keras_activations(axes, names, x):
    """Draw each activation function and its slope over `x`."""
    for axis, name in zip(axes.flat, names, strict=True):
        values, slopes = activation_slopes(name, x)
        axis.plot(x, values, "-", label="value")
        axis.plot(x, slopes, "--", label="slope")
        axis.axhline(0, color="gray", linewidth=0.5)
        axis.set_ylim(-1.2, 3)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("input")
        axis.label_outer()
    axes.flat[0].legend(fontsize=8)


def receptive_fields(layers):
    """Compute how much of the input one output position depends on.

    Args:
        layers: iterable of `(kernel, stride, dilation)`, input first.

    Returns:
        list with the field's length along one axis after each layer.
    """
    field, jump, fields = 1, 1, []
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
        fields.append(field)
    return fields


def measure_influence(model, position, *, images=64):
    """Measure how strongly each input pixel moves one output position.

    Args:
        model: maps `(batch, height, width, channels)` to maps of features.
        position: `(row, column)` in the output.
        images: number of images to average over, of random pixels between 0
            and 1.

    Returns:
        array of shape `(height, width)`: mean absolute derivative of the
        sum of the features at `position`.
    """
    generator = np.random.default_rng(0)
    pixels = generator.random((images, *model.input_shape[1:]))
    x = tf.convert_to_tensor(pixels, dtype="float32")
    with tf.GradientTape() as tape:
        tape.watch(x)
        features = model(x)[:, position[0], position[1]]
    return np.abs(tape.gradient(features, x)).mean(axis=(0, 3))


def plot_influence(axis, influence, fields):
    """Draw an influence map `(height, width)` and squares around its middle.

    Args:
        axis: Matplotlib axes.
        influence: from `measure_influence`.
        fields: lengths of the squares, in pixels.
    """
    axis.imshow(influence / influence.max(), cmap="cividis")
    axis.set_xlabel("pixel column")
    axis.set_ylabel("pixel row")
    for field in fields:
        corners = []
        for across in (0, 1):
            seen = np.flatnonzero(influence.sum(axis=across))
            middle = (seen[0] + seen[-1]) / 2
            corners.append((middle - field / 2, middle + field / 2))
        (left, right), (top, bottom) = corners
        axis.plot(
            [left, right, right, left, left], [top, top, bottom, bottom, top],
            color="white", linewidth=1.2,
        )  # fmt: skip
        edge = patheffects.withStroke(linewidth=2, foreground="black")
        axis.text(
            left, top, f" {field}", color="white", va="top", fontsize=8,
            path_effects=[edge],
        )  # fmt: skip


def layer_parents(model):
    """Find which layers each layer reads from.

    Every layer must be used once in the model.

    Returns:
        dict from the name of each input and layer to the names it reads.
    """
    parents = {tensor.name: [] for tensor in model.inputs}
    made = {id(tensor): tensor.name for tensor in model.inputs}
    for layer in model.layers:  # in an order in which they can be computed
        if not isinstance(layer, keras.layers.InputLayer):
            read = keras.tree.flatten(layer.input)
            parents[layer.name] = [made[id(tensor)] for tensor in read]
            made[id(layer.output)] = layer.name
    return parents


def layer_places(parents):
    """Place layers on a grid: below what they read, in the same column.

    Args:
        parents: dict from a name to the names it reads, those first.

    Returns:
        dict from a name to `(column, row)`, rows counted downwards from 0.
    """
    places = {}
    for name, read in parents.items():
        row = min((places[parent][1] for parent in read), default=1) - 1
        columns = [places[parent][0] for parent in read]
        column = sum(columns) / len(columns) if columns else 0
        while any(
            there == row and abs(other - column) < 1
            for other, there in places.values()
        ):
            column += 1
        places[name] = (column, row)
    return places


def plot_layers(axis, model):
    """Draw a model: a box per layer with name, shape and parameters."""
    parents = layer_parents(model)
    places = layer_places(parents)
    for name, place in places.items():
        if parents[name]:
            layer = model.get_layer(name)
            kind, shape = type(layer).__name__, layer.output.shape
            text = f"{name} ({kind})\n{shape}\n{layer.count_params():,}"
            color = "#CFE3F1"
        else:
            [tensor] = [each for each in model.inputs if each.name == name]
            text, color = f"{name}\n{tensor.shape}", "#EEEEEE"
        axis.text(
            *place, text, ha="center", va="center", fontsize=8,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": color},
        )  # fmt: skip
        for parent in parents[name]:
            column, row = places[parent]
            axis.annotate(
                "", (place[0], place[1] + 0.24), (column, row - 0.24), zorder=0,
                arrowprops={"arrowstyle": "->"},
            )  # fmt: skip
    columns, rows = zip(*places.values(), strict=True)
    axis.set_xlim(min(columns) - 0.6, max(columns) + 0.6)
    axis.set_ylim(min(rows) - 0.4, 0.4)
    axis.axis("off")


def memory_by_layer(model):
    """Compare what the weights take with what one example's outputs take.

    Returns:
        list of `(name, weight_bytes, output_bytes)` at 4 bytes a number.
    """
    return [
        (layer.name, 4 * layer.count_params(), 4 * math.prod(shape[1:]))
        for layer in model.layers
        for shape in [layer.output.shape]
    ]
