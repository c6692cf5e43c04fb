"""Image classification on CIFAR-10 (§4.2.1, §4.3.1, §4.4.1)."""

import csv
import math
from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageOps

from kerasbook.networks import article_layers, convolution_block


def write_photos(folder, images):
    """Write color images as 1.png, 2.png, …; return the names."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    names = [f"{number}.png" for number in range(1, len(images) + 1)]
    for name, image in zip(names, images, strict=True):
        keras.utils.save_img(Path(folder, name), image, scale=False)
    return names


def write_rows(path, header, rows):
    """Write a CSV file: the header, then the rows."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def split_validation(images, labels, *, fraction, seed):
    """Hold out a share of each class for validation."""
    generator = np.random.default_rng(seed)
    held_out = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        held_out[members[: round(fraction * len(members))]] = True  # ①
    return (images[~held_out], labels[~held_out]), (
        images[held_out],
        labels[held_out],
    )


def build_article_network(num_classes=10):
    """Map images `(batch, 32, 32, 3)` to class probabilities."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Rescaling(1 / 255),  # ①
            *article_layers(num_classes),
        ]
    )


def train_image_classifier(
    model, training, validation, *, epochs, batch_size, optimizer="adam"
):
    """Train, keep the best epoch, and return the history as a dict."""
    loss = "sparse_categorical_crossentropy"  # ①
    model.compile(optimizer, loss, metrics=["accuracy"])
    keep_best = keras.callbacks.EarlyStopping(
        monitor="val_accuracy", patience=epochs, restore_best_weights=True
    )  # ②
    history = model.fit(
        *training,
        validation_data=validation,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=[keep_best],
        verbose=0,
    )
    return history.history


def most_confident_mistakes(probabilities, labels, *, count):
    """Return the positions of the surest wrong predictions, surest first."""
    predicted = probabilities.argmax(axis=1)
    mistakes = np.flatnonzero(predicted != labels)
    confidence = probabilities.max(axis=1)[mistakes]
    return mistakes[np.argsort(-confidence, kind="stable")[:count]]


def augmentation():
    """Return layers that flip and shift images at random."""
    return [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="reflect"),
    ]


def build_improved_network(num_classes=10, momentum=0.99):
    """Map images `(batch, 32, 32, 3)` to class probabilities, better."""
    layers = [keras.Input((32, 32, 3)), *augmentation()]  # ①
    layers.append(keras.layers.Rescaling(1 / 255))
    for filters in (32, 64, 128):
        layers += convolution_block(filters, momentum)
    layers.append(keras.layers.GlobalAveragePooling2D())  # ②
    layers.append(keras.layers.Dense(num_classes, activation="softmax"))
    return keras.Sequential(layers)


def adam_with_cosine_decay(peak, steps):
    """Adam with cosine decay to zero."""
    rate = keras.optimizers.schedules.CosineDecay(peak, steps)
    return keras.optimizers.Adam(rate)


def train_with_seed(build, images, labels, *, seed, peak=None, **budget):
    """Split, build and train with one seed; return the trained network."""
    keras.utils.set_random_seed(seed)
    training, validation = split_validation(
        images, labels, fraction=0.1, seed=seed
    )
    model = build()
    steps = math.ceil(len(training[1]) / budget["batch_size"])
    optimizer = "adam"
    if peak:
        optimizer = adam_with_cosine_decay(peak, steps * budget["epochs"])
    train_image_classifier(
        model, training, validation, optimizer=optimizer, **budget
    )
    return model


def open_upright(path, side):
    """Open a picture, upright; raise an error if it is none or too small."""
    try:
        with Image.open(path) as photo:
            upright, mode = ImageOps.exif_transpose(photo), photo.mode
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(
            "Expected a picture file such as PNG or JPEG. "
            f"Received: {path} ({type(error).__name__})"
        ) from error
    width, height = upright.size
    if min(width, height) < side or mode.startswith(("I", "F")):
        raise ValueError(
            f"Expected at least {side} x {side} pixels of 8 bits a color. "
            f"Received: {path}, {width} x {height}, mode {mode}"
        )
    return upright.convert("RGB")


def photo_for_network(path, side=32):
    """Read a picture of any shape as one image `(1, side, side, 3)`."""
    photo = open_upright(path, side)
    square = ImageOps.fit(photo, (side, side))  # ①
    return np.asarray(square)[np.newaxis]  # ②


def recall_per_class(confusion):
    """Recall of each class from a confusion matrix."""
    confusion = np.asarray(confusion)
    totals = np.maximum(confusion.sum(axis=1), 1)
    return (np.diag(confusion) / totals).tolist()


def share_of_columns(confusion):
    """Return precision, for those who mix up rows and columns."""
    return recall_per_class(np.transpose(confusion))


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


def plot_results(axis, results):
    """Draw the accuracies of each recipe in a row, and a bar at their mean."""
    for row, (values, marker) in enumerate(
        zip(results.values(), "os^Dv", strict=False)
    ):
        axis.plot(values, [row] * len(values), marker, alpha=0.8)
        axis.plot(np.mean(values), row, "|", color="black", markersize=22)
    axis.set_yticks(range(len(results)), results)
    axis.set_ylim(len(results) - 0.5, -0.5)
    axis.set_xlabel("test accuracy")


def plot_answer(axes, photo, small, chances, class_names):
    """Draw a picture, what a network gets of it, and its probabilities."""
    show_images(np.array(axes[:2]), [photo, small], ["the file", "32 × 32"])
    axes[2].barh(range(len(chances)), chances)
    axes[2].set_yticks(range(len(chances)), class_names, fontsize=8)
    axes[2].invert_yaxis()
    axes[2].set_xlim(0, 1)
    axes[2].set_xlabel("probability")
