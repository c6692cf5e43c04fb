"""Linear classifiers on features; their best weights, in one step."""

import keras
import numpy as np
from keras import layers


def standardize(training, *others):
    """Give each feature mean 0 and deviation 1, as of the training rows."""
    mean, std = training.mean(axis=0), training.std(axis=0) + 1e-6
    return [(rows - mean) / std for rows in (training, *others)]


def fit_ridge(x, y, penalty, *, num_classes=10):
    """Fit a linear classifier; return its kernel and its bias.

    Args:
        x: standardized features `(n, d)`.
        y: integer labels `(n,)`.
        penalty: regularization strength, above 0.
        num_classes: a score each.
    """
    targets = np.eye(num_classes, dtype=x.dtype)[y]
    bias = targets.mean(axis=0)
    if len(x) < x.shape[1]:  # ①
        system = x @ x.T + penalty * np.eye(len(x), dtype=x.dtype)
        return x.T @ np.linalg.solve(system, targets - bias), bias
    system = x.T @ x + penalty * np.eye(x.shape[1], dtype=x.dtype)
    return np.linalg.solve(system, x.T @ (targets - bias)), bias


def ridge_is_correct(training, test, penalty):
    """Which test rows a linear probe (ridge) classifies correctly, `(n,)`.

    Args:
        training: pair of features and labels, not yet standardized.
        test: likewise.
        penalty: see `fit_ridge`.
    """
    x, x_test = standardize(training[0], test[0])
    kernel, bias = fit_ridge(x, training[1], penalty)
    return (x_test @ kernel + bias).argmax(axis=1) == test[1]


def attach_linear_head(extractor, features, kernel, bias):
    """Join feature extractor and linear head into one model.

    Args:
        extractor: gives features, see `with_preprocessing`.
        features: of the training images; the classifier was fitted to what
            `standardize` makes of them.
        kernel: see `fit_ridge`.
        bias: likewise.
    """
    mean, std = features.mean(axis=0), features.std(axis=0) + 1e-6
    x = layers.Normalization(mean=mean, variance=std**2)(extractor.output)
    head = layers.Dense(len(bias), dtype="float32")
    scores = head(x)
    head.set_weights([kernel, bias])
    return keras.Model(extractor.input, scores)
