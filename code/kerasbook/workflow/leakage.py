"""Data leakage in numbers: what a wrong order of steps adds (§3.3.3).

Each experiment takes a seed and returns one accuracy. `honest=True` is the
right order, `honest=False` the wrong one. Labels have nothing to do with the
features, so the true accuracy is 50%, whatever the method; only `scaling` reads
real labels.
"""

import math

import numpy as np


def expected_best(num_models, num_trials):
    """Compute the mean of the best of several coin-tossing scores.

    Args:
        num_models: how many classifiers toss coins, at least 1.
        num_trials: number of test samples, at least 1.

    Returns:
        expected highest accuracy, from 0.5 to 1.
    """
    if num_models < 1 or num_trials < 1:
        raise ValueError(
            "Expected `num_models` and `num_trials` of at least 1. "
            f"Received: num_models={num_models}, num_trials={num_trials}"
        )
    hits = np.arange(num_trials + 1)
    log_factorial = np.array([math.lgamma(count + 1) for count in hits])
    log_chance = (
        log_factorial[-1]
        - log_factorial
        - log_factorial[::-1]
        - num_trials * math.log(2)
    )
    at_most = np.minimum(np.cumsum(np.exp(log_chance)), 1)
    # For a count M from 0 to n, E[M] is the sum of P(M > j) over j < n.
    return float(np.sum(1 - at_most[:-1] ** num_models) / num_trials)


def peeking(seed, *, honest, num_models=20, num_trials=100):
    """Choose the best of several guessing models by its test score.

    Honest: the chosen model is scored on fresh samples.
    """
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, num_trials)
    guesses = generator.integers(0, 2, (num_models, num_trials))
    scores = (guesses == labels).mean(axis=1)
    if not honest:
        return float(scores.max())
    fresh_labels = generator.integers(0, 2, num_trials)
    fresh_guesses = generator.integers(0, 2, (num_models, num_trials))
    return float((fresh_guesses == fresh_labels).mean(axis=1)[scores.argmax()])


def nearest_neighbor(x_train, y_train, x_test):
    """Give each test point the label of the closest training point.

    Args:
        x_train: features of shape `(n, features)`.
        y_train: labels of shape `(n,)`.
        x_test: features of shape `(m, features)`.

    Returns:
        labels of shape `(m,)`.
    """
    distance = np.sum(x_train**2, axis=1) - 2 * x_test @ x_train.T  # (m, n)
    return y_train[distance.argmin(axis=1)]


def selection(
    seed, *, honest, num_samples=50, num_features=5000, num_kept=100, folds=5
):
    """Keep the features that correlate with the labels, then cross-validate.

    Honest: each fold selects on its own training part.

    Source: Hastie et al. (2009), 7.10.2, with folds of balanced classes.
    """
    generator = np.random.default_rng(seed)
    features = generator.standard_normal((num_samples, num_features))
    labels = np.arange(num_samples) % 2
    fold = np.arange(num_samples) // 2 % folds  # balanced classes
    hits = 0
    for k in range(folds):
        training, test = fold != k, fold == k
        seen = training if honest else np.ones(num_samples, dtype=bool)
        x = features[seen] - features[seen].mean(axis=0)
        y = labels[seen] - labels[seen].mean()
        correlation = np.abs(y @ x) / np.sqrt(np.sum(x**2, axis=0))
        kept = np.argpartition(-correlation, num_kept)[:num_kept]
        predicted = nearest_neighbor(
            features[training][:, kept], labels[training],
            features[test][:, kept],
        )  # fmt: skip
        hits += np.sum(predicted == labels[test])
    return float(hits / num_samples)


def target_encoding(seed, *, honest, num_levels=100):
    """Replace a category by the mean label of its samples.

    Honest: the means come from the training part alone; a category that does
    not occur there gets the overall mean.
    """
    generator = np.random.default_rng(seed)
    category = generator.integers(0, num_levels, 200)
    labels = generator.integers(0, 2, 200)
    test = np.arange(200) < 50
    seen = ~test if honest else np.ones(200, dtype=bool)
    counts = np.bincount(category[seen], minlength=num_levels)
    sums = np.bincount(
        category[seen], weights=labels[seen], minlength=num_levels
    )
    overall = labels[~test].mean()
    encoded = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
    return float(np.mean((encoded[category[test]] > 0.5) == labels[test]))


def split_groups(groups, *, fraction, seed):
    """Split samples so that no group has samples in both parts.

    Args:
        groups: the group of each sample (patient, writer, session), `(n,)`.
        fraction: share of the groups that goes to the test part.
        seed: seed of the shuffle.

    Returns:
        `(training, test)`: boolean masks of shape `(n,)`.
    """
    if not 0 < fraction < 1:
        raise ValueError(
            "Expected `fraction` between 0 and 1. "
            f"Received: fraction={fraction}"
        )
    names = np.unique(groups)
    generator = np.random.default_rng(seed)
    chosen = generator.permutation(names)[: round(fraction * len(names))]
    test = np.isin(groups, chosen)
    return ~test, test


def repeated_groups(seed, *, honest, copies=2, noise=0.0):
    """Classify samples of which each group has several, all with one label.

    `noise` is the spread within a group beside 1 between groups; with 0 the
    samples of a group are duplicates. Honest: whole groups are held out.
    """
    num_groups, fraction = 100, 0.2
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(num_groups), copies)
    labels = generator.integers(0, 2, num_groups)[groups]
    features = generator.standard_normal((num_groups, 10))[groups]
    features = features + noise * generator.standard_normal(features.shape)
    if honest:
        training, test = split_groups(groups, fraction=fraction, seed=seed)
    else:
        rank = generator.permutation(len(groups))
        test = rank < fraction * len(groups)
        training = ~test
    predicted = nearest_neighbor(
        features[training], labels[training], features[test]
    )
    return float(np.mean(predicted == labels[test]))


def fold_accuracy(features, labels, order, *, folds=5):
    """Cross-validate the nearest neighbor over consecutive pieces of `order`.

    Args:
        features: array of shape `(n, features)`.
        labels: labels of shape `(n,)`.
        order: permutation of the samples, shape `(n,)`; in the order of the
            file, a piece holds whole sessions.
        folds: number of pieces; each is the test part once.
    """
    hits = 0
    for test in np.array_split(order, folds):
        training = np.setdiff1d(order, test)
        predicted = nearest_neighbor(
            features[training], labels[training], features[test]
        )
        hits += np.sum(predicted == labels[test])
    return float(hits / len(labels))


def nearest_centroid(x_train, y_train, x_test):
    """Give each test point the label, 0 or 1, of the closer class mean."""
    means = np.stack(
        [x_train[y_train == label].mean(axis=0) for label in (0, 1)]
    )
    return nearest_neighbor(means, np.array([0, 1]), x_test)


def scaling(seed, *, honest, features, labels, num_samples=40):
    """Standardize, then classify a random half by the means of the other.

    Honest: mean and standard deviation come from the training half. Labels are
    the ones passed; both halves hold as many samples of class 0 as of class 1.
    """
    generator = np.random.default_rng(seed)
    quarter = num_samples // 4
    members = [
        generator.permutation(np.flatnonzero(labels == label))[: 2 * quarter]
        for label in (0, 1)
    ]
    training = np.concatenate([chosen[:quarter] for chosen in members])
    test = np.concatenate([chosen[quarter:] for chosen in members])
    seen = training if honest else np.concatenate([training, test])
    mean = features[seen].mean(axis=0)
    spread = features[seen].std(axis=0) + 1e-12  # a constant feature
    predicted = nearest_centroid(
        (features[training] - mean) / spread, labels[training],
        (features[test] - mean) / spread,
    )  # fmt: skip
    return float(np.mean(predicted == labels[test]))


def heavy_tails(seed, *, num_samples=400, shift=2.0):
    """Draw features with a Cauchy distribution, two of them informative.

    Returns:
        `(features, labels)` of shapes `(n, 10)` and `(n,)`.
    """
    generator = np.random.default_rng(seed)
    labels = np.arange(num_samples) % 2
    features = generator.standard_cauchy((num_samples, 10))
    features[:, :2] += shift * labels[:, None]
    return features, labels


def over_seeds(experiment, seeds, **settings):
    """Run an experiment with each seed, the wrong way and the honest way.

    Returns:
        accuracies of shape `(2, len(seeds))`: wrong, honest.
    """
    return np.array(
        [
            [experiment(seed, honest=honest, **settings) for seed in seeds]
            for honest in (False, True)
        ]
    )


def plot_leaks(axis, results):
    """Draw a pair of boxes for each experiment, wrong above honest.

    Args:
        axis: Matplotlib axes.
        results: dict from name to accuracies of shape `(2, seeds)`.
    """
    axis.axvline(0.5, color="black", linestyle=":", label="true accuracy")
    styles = (("wrong order", "#D55E00", "//"), ("right order", "#0072B2", ""))
    for row, (label, color, hatch) in enumerate(styles):
        places = [3 * k + row for k in range(len(results))]
        shares = {"whislo": 5, "q1": 25, "med": 50, "q3": 75, "whishi": 95}
        stats = [
            {
                name: np.percentile(values[row], share)
                for name, share in shares.items()
            }
            for values in results.values()
        ]
        boxes = axis.bxp(
            stats, positions=places, widths=0.7, orientation="horizontal",
            showfliers=False, patch_artist=True,
            medianprops={"color": "black"},
        )  # fmt: skip
        for box in boxes["boxes"]:
            box.set(facecolor=color, alpha=0.6, hatch=hatch)
        boxes["boxes"][0].set_label(label)
    axis.set_yticks([3 * k + 0.5 for k in range(len(results))], list(results))
    axis.set_ylim(3 * len(results) - 1, -1)  # the first on top
    axis.set_xlabel("measured accuracy")
    axis.legend(loc="upper left", bbox_to_anchor=(0, -0.15), ncols=3)
