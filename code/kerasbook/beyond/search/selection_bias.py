"""Selection bias: how far the best of several scores is too high."""

import numpy as np


def expected_max_bound(accuracy, n, trials):
    """Upper bound of the expected maximum of `trials` equal accuracies.

    Args:
        accuracy: the true one of all of them.
        n: how many validation images judge.
        trials: how many models, or an array of numbers of models.
    """
    sigma = np.sqrt(accuracy * (1 - accuracy) / n)
    return accuracy + sigma * np.sqrt(2 * np.log(trials))


def simulate_expected_max(accuracy, n, trials, *, draws=5000, seed=0):
    """Monte Carlo estimate of the expected maximum of binomial accuracies."""
    generator = np.random.default_rng(seed)
    hits = generator.binomial(n, accuracy, size=(draws, trials))
    return float(hits.max(axis=1).mean() / n)


def draw_split(num_images, n, generator):
    """Shuffle images into `n` for validation and the rest for the test."""
    order = generator.permutation(num_images)
    return order[:n], order[n:]


def select_by_validation(correct, validation, test):
    """Select the run with the best validation score; return both its scores.

    Args:
        correct: which images each run classifies correctly, `(runs, images)`.
        validation: the images that choose, integers.
        test: the images that judge, integers.

    Returns:
        the winner's validation and test accuracy.
    """
    best = correct[:, validation].mean(axis=1).argmax()
    return correct[best, validation].mean(), correct[best, test].mean()


def check_counts(correct, counts, n):
    """Raise an error if there are too few runs or images for a search."""
    if max(counts) > len(correct) or n >= correct.shape[1]:
        raise ValueError(
            f"Expected up to {len(correct)} trials and fewer than "
            f"{correct.shape[1]} validation images, as many as there are. "
            f"Received: counts={list(counts)}, n={n}"
        )


def average_searches(correct, counts, n, *, draws=2000, seed=0):
    """Mean validation and test accuracy of selected runs, `(counts, 2)`.

    Each search has `count` of the runs, and a split of its own.
    """
    check_counts(correct, counts, n)
    generator = np.random.default_rng(seed)
    means = []
    for count in counts:
        found = []
        for _ in range(draws):
            split = draw_split(correct.shape[1], n, generator)
            runs = generator.choice(len(correct), count, replace=False)
            found.append(select_by_validation(correct[runs], *split))
        means.append(np.mean(found, axis=0))
    return np.array(means)


def honest_score(validation_scores, test_scores):
    """Report the test score of the run that validation chose."""
    return test_scores[int(np.argmax(validation_scores))]


def flattering_score(validation_scores, test_scores):
    """Make the usual mistake: report the best test score."""
    return max(test_scores)
