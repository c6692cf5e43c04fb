"""Data leakage in numbers: what a wrong order of steps adds (§3.3.3).

Each experiment takes a seed and returns one accuracy: `honest=True` in the
right order, `honest=False` in the wrong one.
"""

import numpy as np

from kerasbook.neighbors import nearest_centroid, nearest_neighbor


def select_k_best(features, labels, count):
    """Univariate feature selection by correlation with the labels."""
    x = features - features.mean(axis=0)
    y = labels - labels.mean()
    correlation = np.abs(y @ x) / np.sqrt(np.sum(x**2, axis=0))
    return np.argsort(-correlation)[:count]


def select_and_score(seed, *, honest, num_features=5000, num_kept=50):
    """Choose among columns of noise, then score by five folds."""
    features = np.random.default_rng(seed).standard_normal((50, num_features))
    labels, fold = np.arange(50) % 2, np.arange(50) // 2 % 5
    chosen = select_k_best(features, labels, num_kept)  # ①
    hits = 0
    for k in range(5):
        train, asked = fold != k, fold == k
        if honest:
            chosen = select_k_best(
                features[train], labels[train], num_kept
            )  # ②
        x = features[:, chosen]
        answers = nearest_neighbor(x[train], labels[train], x[asked])
        hits += np.sum(answers == labels[asked])
    return hits / 50


def score_records(seed, *, honest, copies=5, noise=0.5):
    """Read coin-toss diagnoses off records, `copies` from each patient."""
    generator = np.random.default_rng(seed)
    patient = np.repeat(np.arange(100), copies)
    labels = generator.integers(0, 2, 100)[patient]
    features = generator.standard_normal((100, 10))[patient]
    features += noise * generator.standard_normal(features.shape)
    unit = patient if honest else np.arange(len(patient))  # ①
    rank = generator.permutation(unit.max() + 1)[unit]
    asked = rank < (unit.max() + 1) / 5
    answers = nearest_neighbor(
        features[~asked], labels[~asked], features[asked]
    )
    return np.mean(answers == labels[asked])


def scale_and_score(seed, *, honest, features, labels):
    """Standardize, train on 40 samples, return the accuracy on 40 others."""
    order = np.random.default_rng(seed).permutation(len(labels))
    train, asked = order[:40], order[40:80]
    seen = train if honest else order[:80]
    x = (features - features[seen].mean(axis=0)) / features[seen].std(axis=0)
    answers = nearest_centroid(x[train], labels[train], x[asked])
    return np.mean(answers == labels[asked])


def over_seeds(experiment, seeds, **settings):
    """Run both orders with each seed; return `(2, seeds)`: wrong, right."""
    return np.array(
        [
            [experiment(seed, honest=honest, **settings) for seed in seeds]
            for honest in (False, True)
        ]
    )


def plot_leaks(axis, results):
    """Draw a pair of boxes for each experiment, wrong above right.

    Args:
        axis: Matplotlib axes.
        results: dict from name to accuracies of shape `(2, seeds)`.
    """
    axis.axvline(0.5, color="black", linestyle=":", label="true accuracy")
    styles = (("wrong order", "#D55E00", "//"), ("right order", "#0072B2", ""))
    shares = {"whislo": 5, "q1": 25, "med": 50, "q3": 75, "whishi": 95}
    for row, (label, color, hatch) in enumerate(styles):
        stats = [
            {
                name: np.percentile(values[row], share)
                for name, share in shares.items()
            }
            for values in results.values()
        ]
        boxes = axis.bxp(
            stats, positions=[3 * k + row for k in range(len(results))],
            widths=0.7, orientation="horizontal", showfliers=False,
            patch_artist=True, medianprops={"color": "black"},
        )  # fmt: skip
        for box in boxes["boxes"]:
            box.set(facecolor=color, alpha=0.6, hatch=hatch)
        boxes["boxes"][0].set_label(label)
    axis.set_yticks([3 * k + 0.5 for k in range(len(results))], list(results))
    axis.set_ylim(3 * len(results) - 1, -1)  # the first on top
    axis.set_xlabel("measured accuracy")
    axis.legend(loc="upper left", bbox_to_anchor=(0, -0.15), ncols=3)
