"""Pictures in a folder, their labels in a table, predictions in a file."""

import math
from pathlib import Path

import keras
import numpy as np
import pandas as pd


def write_pictures(folder, images, labels, *, seed):
    """Write pictures as PNG; return the table of their files and labels.

    The numbers of the files are drawn at random, so that the order of the
    files is not that of the table.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    numbers = np.random.default_rng(seed).permutation(len(images))
    names = [f"{number:04}.png" for number in numbers]
    for name, image in zip(names, images, strict=True):
        keras.utils.save_img(Path(folder, name), image[..., None], scale=False)
    return pd.DataFrame({"file": names, "label": labels})


def train_digit_classifier(pictures, *, epochs=8, steps=None):
    """Train a digit classifier on batches of images."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(3e-3)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer=optimizer, loss=loss)
    settings = {"epochs": epochs, "steps_per_epoch": steps, "verbose": 0}
    model.fit(pictures, shuffle=False, **settings)  # ①
    return model


def write_submission(path, files, guesses):
    """Write a CSV file with a row a picture: its name and its label."""
    names = [Path(file).name for file in files]
    table = pd.DataFrame({"file": names, "label": guesses})
    table.to_csv(path, index=False)


def score_submission(path, answers):
    """Return the share of files that a submission labels right, by name."""
    guesses = pd.read_csv(path)
    both = answers.merge(guesses, on="file", how="left", validate="1:1")
    return (both["label_x"] == both["label_y"]).mean()  # ①


class PictureBatches(keras.utils.PyDataset):
    """Batches of pictures, each read from its file when it is needed."""

    def __init__(self, folder, table, batch_size, **settings):
        super().__init__(**settings)
        self.folder, self.table = folder, table
        self.batch_size = batch_size

    def __len__(self):
        return math.ceil(len(self.table) / self.batch_size)

    def __getitem__(self, index):
        start = index * self.batch_size
        rows = self.table.iloc[start : start + self.batch_size]
        images = [read_picture(Path(self.folder, f)) for f in rows["file"]]
        return np.stack(images), rows["label"].to_numpy()


def read_picture(path):
    """Read a gray picture as float32, shape `(height, width, 1)`."""
    image = keras.utils.load_img(path, color_mode="grayscale")
    return keras.utils.img_to_array(image)


def plot_pictures(axes, images, titles):
    """Draw gray pictures `(n, height, width)`, each below its title."""
    for axis, image, title in zip(axes.flat, images, titles, strict=True):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
