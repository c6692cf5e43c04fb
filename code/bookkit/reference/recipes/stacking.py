"""Reference runs of the page on a trained language model: all labels, and several classifiers.

What is fixed (which classifiers, their strengths) was chosen on training posts alone, in five
parts without a thread in two of them.
"""

from bookkit.reference.recipes.pretrained import _load, _vectors, _windows
from bookkit.reference.recipes.recipe import Recipe
from bookkit.reference.recipes.text_classification import _threads


def _features(texts: dict[str, list[str]], test_texts: dict[str, list[str]]) -> dict:
    """Return what each classifier sees of the training and of the test posts."""
    import numpy as np
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    found = {}
    for name, settings in (
        ("words", {"min_df": 2}),
        ("letters", {"min_df": 5, "analyzer": "char_wb", "ngram_range": (2, 5)}),
    ):
        weigh = TfidfVectorizer(
            sublinear_tf=True, max_features=150_000, dtype=np.float32, **settings
        )
        found[name] = [weigh.fit_transform(texts["words"]), weigh.transform(test_texts["words"])]
    found["bayes"] = found["words"]
    found["vectors"] = [_vectors(part) for part in (texts, test_texts)]
    found["both"] = [
        hstack([words, csr_matrix(_windows_in_three_ways(part) / 2)]).tocsr()
        for words, part in zip(found["words"], (texts, test_texts), strict=True)
    ]
    return found


def _windows_in_three_ways(texts: dict[str, list[str]]):
    """Lay mean, greatest values and first window side by side, each of length 1."""
    import numpy as np

    from kerasbook.beyond.pretrained.reading import unit_length
    from kerasbook.beyond.pretrained.stored import mean_of_windows

    parts = []
    for name in texts:
        if name != "words":
            vectors, owners = _windows(texts[name])
            starts = np.flatnonzero(np.diff(owners, prepend=-1))
            greatest = unit_length(np.maximum.reduceat(vectors, starts))
            parts += [mean_of_windows(vectors, owners), greatest, vectors[starts]]
    return np.concatenate(parts, axis=1)


def _classifiers() -> dict:
    """Return a fresh classifier for each kind of features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    return {
        "words": LinearSVC(C=0.3, random_state=0),
        "bayes": ComplementNB(alpha=0.1),
        "letters": LinearSVC(C=0.3, random_state=0),
        "vectors": LogisticRegression(C=2.0, max_iter=200),
        "both": LinearSVC(C=0.3, random_state=0),
    }


def _opinions(classifier, features):
    """Return what a classifier says of each class, centered and scaled row by row."""
    say = getattr(classifier, "decision_function", None) or classifier.predict_log_proba
    values = say(features)
    values = values - values.mean(axis=1, keepdims=True)
    return values / (values.std(axis=1, keepdims=True) + 1e-9)  # an empty post says nothing


def _unseen_opinions(features: dict, labels, threads: list[str], folds: int, seed: int) -> dict:
    """Return what each classifier says of posts whose threads it has not seen."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    found = {name: np.zeros((len(labels), 20)) for name in features}
    splitter = GroupKFold(folds, shuffle=True, random_state=seed)
    for kept, held in splitter.split(labels, groups=threads):
        for name, classifier in _classifiers().items():
            rows = features[name][0]
            classifier.fit(rows[kept], labels[kept])
            found[name][held] = _opinions(classifier, rows[held])
    return found


def _stack(seed: int, *, view: str, folds: int) -> dict:
    """Let a last classifier weigh the opinions of five, learned from posts they did not see."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    posts, (texts, labels), (test_texts, test_labels) = _load(view)
    features = _features(texts, test_texts)
    unseen = _unseen_opinions(features, labels, _threads(posts), folds, seed)
    last = LogisticRegression(C=0.1, max_iter=200)
    last.fit(np.hstack([unseen[name] for name in features]), labels)
    final, metrics = {}, {}
    for name, classifier in _classifiers().items():
        rows, test_rows = features[name]
        final[name] = _opinions(classifier.fit(rows, labels), test_rows)
        metrics[f"{name}_accuracy"] = float((final[name].argmax(axis=1) == test_labels).mean())
    opinions = np.hstack([final[name] for name in features])
    return {"test_accuracy": float(last.score(opinions, test_labels)), **metrics}


TASKS = {
    "pretrained-stack": (
        "newsgroups",
        [
            Recipe(f"stack-{view}", {"view": view, "folds": 5}, _stack)
            for view in ("stripped", "kept")
        ],
    ),
}
