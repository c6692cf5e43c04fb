"""Confidence against accuracy, and a temperature that brings them closer."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def require_probabilities(probabilities):
    """Raise an error unless each row of `(n, classes)` sums to 1."""
    probabilities = np.asarray(probabilities)
    found = f"shape {probabilities.shape}"
    if probabilities.ndim == 2 and len(probabilities):
        sums = probabilities.sum(axis=1)
        row = np.abs(sums - 1).argmax()
        if np.isclose(sums[row], 1, atol=1e-3) and probabilities.min() >= 0:
            return
        found = f"row {row} sums to {sums[row]:.4g}"
    raise ValueError(
        "Expected probabilities (n, classes) that sum to 1 in each row; apply "
        f"softmax to logits first. Received: {found}"
    )


def judge_answers(probabilities, labels):
    """Confidence and correctness of each prediction."""
    require_probabilities(probabilities)
    answers = probabilities.argmax(axis=1)
    return probabilities.max(axis=1), answers == labels


def negative_log_likelihood(logits, labels, temperature=1.0):
    """Negative log-likelihood of each label, at a temperature."""
    logs = log_softmax(np.asarray(logits, float) / temperature, axis=1)
    return -logs[np.arange(len(labels)), labels]


def fit_temperature(logits, labels):
    """Find the temperature with the least cross-entropy."""
    found = minimize_scalar(
        lambda log: negative_log_likelihood(logits, labels, np.exp(log)).mean(),
        bounds=(-3, 3),  # temperatures from 0.05 to 20
        method="bounded",
    )
    return float(np.exp(found.x))
