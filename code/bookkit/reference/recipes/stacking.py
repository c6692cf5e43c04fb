"""Reference runs of the page on a trained language model: all labels, and several classifiers.

What is fixed (which classifiers, their strengths) was chosen on training posts alone, in five
parts without a thread in two of them.
"""

from bookkit.reference.recipes.pretrained import _load, _windows
from bookkit.reference.recipes.recipe import Recipe
from bookkit.reference.recipes.text_classification import _threads


def _parts(texts: dict[str, list[str]], test_texts: dict[str, list[str]]) -> dict:
    """Return the features that one classifier each is trained on, of both parts."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    settings = {"sublinear_tf": True, "min_df": 2, "dtype": np.float32}
    found = {"vectors": [_window_features(part) for part in (texts, test_texts)]}
    for name, more in (
        ("words", {"ngram_range": (1, 2)}),
        ("letters", {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 5}),
    ):
        weigh = TfidfVectorizer(**settings | more)
        found[name] = [weigh.fit_transform(texts["words"]), weigh.transform(test_texts["words"])]
    return found


def _window_features(texts: dict[str, list[str]]):
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
    """Return a classifier for each kind of features, and one for two kinds side by side."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    return {
        "words": LinearSVC(C=0.3, random_state=0),
        "bayes": ComplementNB(alpha=0.1),
        "letters": LinearSVC(C=0.3, random_state=0),
        "vectors": LogisticRegression(C=3.0, max_iter=300),
        "both": LinearSVC(C=0.3, random_state=0),
    }


def _side(parts: dict, part: int, rows=slice(None)) -> dict:
    """Return the features of each classifier, for some rows of a part."""
    from scipy.sparse import csr_matrix, hstack

    words, vectors = parts["words"][part][rows], parts["vectors"][part][rows]
    return {
        "words": words,
        "bayes": words,
        "letters": parts["letters"][part][rows],
        "vectors": vectors,
        "both": hstack([words, csr_matrix(vectors)]).tocsr(),
    }


def _opinions(classifier, features):
    """Return what a classifier says of each class, centered and scaled row by row."""
    say = getattr(classifier, "decision_function", None) or classifier.predict_log_proba
    values = say(features)
    values = values - values.mean(axis=1, keepdims=True)
    return values / values.std(axis=1, keepdims=True)


def _stack(seed: int, *, view: str, folds: int) -> dict:
    """Let a last classifier weigh the opinions of five, learned from posts they did not see."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    posts, (texts, labels), (test_texts, test_labels) = _load(view)
    parts = _parts(texts, test_texts)
    unseen = {name: np.zeros((len(labels), 20)) for name in _classifiers()}
    splitter = GroupKFold(folds, shuffle=True, random_state=seed)
    for kept, held in splitter.split(posts, labels, _threads(posts)):
        seen, asked = _side(parts, 0, kept), _side(parts, 0, held)
        for name, classifier in _classifiers().items():
            classifier.fit(seen[name], labels[kept])
            unseen[name][held] = _opinions(classifier, asked[name])
    last = LogisticRegression(C=1.0, max_iter=300).fit(np.hstack(list(unseen.values())), labels)
    seen, asked = _side(parts, 0), _side(parts, 1)
    metrics, final = {}, []
    for name, classifier in _classifiers().items():
        final.append(_opinions(classifier.fit(seen[name], labels), asked[name]))
        metrics[f"{name}_accuracy"] = float((final[-1].argmax(axis=1) == test_labels).mean())
        held_out = float((unseen[name].argmax(axis=1) == labels).mean())
        metrics[f"{name}_held_out"] = held_out
    accuracy = float(last.score(np.hstack(final), test_labels))
    return {"test_accuracy": accuracy, **metrics}


TASKS = {
    "pretrained-stack": (
        "newsgroups",
        [
            Recipe(f"stack-{view}", {"view": view, "folds": 5}, _stack)
            for view in ("stripped", "kept")
        ],
    ),
}
