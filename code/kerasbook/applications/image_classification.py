"""Image classification on CIFAR-10 (§4.2.1, §4.3.1, §4.4.1)."""

import keras
import numpy as np

from kerasbook.networks import article_layers, convolution_block


def split_validation(images, labels, *, fraction, seed):
    """Hold out the same share of every class for validation.

    Args:
        images: array of shape `(n, ...)`.
        labels: integer labels of shape `(n,)`.
        fraction: share to hold out, between 0 and 1 (both excluded).
        seed: seed of the shuffle.

    Returns:
        `(x_train, y_train), (x_val, y_val)`.
    """
    if not 0 < fraction < 1:
        raise ValueError(
            "Expected `fraction` between 0 and 1. "
            f"Received: fraction={fraction}"
        )
    generator = np.random.default_rng(seed)
    held_out = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        held_out[members[: round(fraction * len(members))]] = True
    return (images[~held_out], labels[~held_out]), (
        images[held_out],
        labels[held_out],
    )


def build_article_network(num_classes=10):
    """Build the article's network with what its listing left out.

    Input: images of shape `(batch, 32, 32, 3)` with pixels from 0 to 255.
    Output: class probabilities of shape `(batch, num_classes)`.
    """
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Rescaling(1 / 255),  # missing in the article
            *article_layers(num_classes),
        ]
    )


def build_improved_network(num_classes=10):
    """Build a network with augmentation and batch normalization.

    95,210 parameters for `num_classes=10`. Input and output as in
    `build_article_network`; augmentation acts during training only.
    """
    layers = [
        keras.Input((32, 32, 3)),
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="reflect"),
        keras.layers.Rescaling(1 / 255),
    ]
    for filters in (32, 64, 128):
        layers += convolution_block(filters)
    layers += [
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(num_classes, activation="softmax"),
    ]
    return keras.Sequential(layers)


def train_image_classifier(
    model,
    training_data,
    validation_data,
    *,
    epochs,
    batch_size,
    optimizer="adam",
):
    """Train a classifier and keep its best epoch on the validation set.

    Args:
        model: a classifier that ends in a softmax.
        training_data: `(images, labels)` with integer labels.
        validation_data: `(images, labels)`, never used for gradients.
        epochs: passes over the training data.
        batch_size: images per gradient update.
        optimizer: a Keras optimizer or its name.

    Returns:
        dict of lists, one value per epoch: `accuracy`, `loss`,
        `val_accuracy`, `val_loss`.
    """
    model.compile(
        optimizer=optimizer,
        loss="sparse_categorical_crossentropy",  # integer labels, not one-hot
        metrics=["accuracy"],
    )
    keep_best = keras.callbacks.EarlyStopping(
        monitor="val_accuracy", patience=epochs, restore_best_weights=True
    )
    history = model.fit(
        *training_data,
        validation_data=validation_data,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=[keep_best],
        verbose=0,
    )
    return history.history


def most_confident_mistakes(probabilities, labels, *, count):
    """Find the wrong predictions that the model was surest of.

    Args:
        probabilities: array of shape `(n, num_classes)`.
        labels: integer labels of shape `(n,)`.
        count: how many to return, at most.

    Returns:
        indices of shape `(count,)` or shorter, the most confident first.
    """
    predicted = probabilities.argmax(axis=1)
    mistakes = np.flatnonzero(predicted != labels)
    confidence = probabilities.max(axis=1)[mistakes]
    return mistakes[np.argsort(-confidence, kind="stable")[:count]]


def show_images(axes, images, titles):
    """Draw images `(n, height, width, 3)` and titles on a grid of axes."""
    for axis in axes.flat:
        axis.axis("off")
    for axis, image, title in zip(axes.flat, images, titles, strict=False):
        axis.imshow(image, interpolation="nearest")
        axis.set_title(title, fontsize=8)


def plot_history(axes, history):
    """Draw loss and accuracy by epoch on two axes."""
    epochs = range(1, len(history["loss"]) + 1)
    for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
        axis.plot(epochs, history[name], "o-", label="training")
        axis.plot(epochs, history[f"val_{name}"], "s--", label="validation")
        axis.set_xlabel("epoch")
        axis.set_ylabel(name)
    axes[0].legend()


def plot_confusion(axis, confusion, class_names):
    """Draw a confusion matrix, `(num_classes, num_classes)`, in percent."""
    totals = np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    percent = 100 * confusion / totals
    axis.imshow(percent, cmap="cividis", vmin=0, vmax=100)
    for row, column in np.ndindex(percent.shape):
        color = "white" if percent[row, column] < 50 else "black"
        value = f"{percent[row, column]:.0f}"
        axis.text(column, row, value, ha="center", va="center", color=color)
    axis.set_xticks(
        range(len(class_names)), class_names, rotation=45, ha="right"
    )
    axis.set_yticks(range(len(class_names)), class_names)
    axis.set_xlabel("predicted")
    axis.set_ylabel("true")


def plot_reliability(axis, confidence, accuracy, counts):
    """Draw accuracy against confidence, one point per bin, area by count."""
    filled = counts > 0
    area = 10 + 400 * counts[filled] / counts.sum()
    axis.plot([0, 1], [0, 1], ":", color="gray", label="perfectly calibrated")
    axis.scatter(confidence[filled], accuracy[filled], s=area, alpha=0.8)
    axis.set_xlabel("mean confidence of the bin")
    axis.set_ylabel("accuracy of the bin")
    axis.legend()
