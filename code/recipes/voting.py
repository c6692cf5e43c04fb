"""Reference runs of the page on a trained language model: all labels, and several classifiers.

What is fixed (which classifiers, their strengths, that they are added up and not stacked) was
chosen on training posts alone, in five parts of which no two share a thread.
"""

from recipes.pretrained import load_view, post_vectors, read_windows
from recipes.recipe import Recipe
from recipes.text_classification import threads_of


def further_texts(posts: list[str]) -> list[dict[str, list[str]]]:
    """Return what else training posts teach: their subjects, and all that is below the header."""
    from kerasbook.applications.text.posts import split_header

    found = threads_of(posts), [split_header(post)[1] for post in posts]
    return [{"words": texts, "bodies": texts} for texts in found]


def voters_features(parts: list[dict[str, list[str]]], test_texts: dict[str, list[str]]) -> dict:
    """Return what each classifier sees of the training and of the test posts.

    Args:
        parts: texts of the training posts, each part of all posts; their rows follow each other.
        test_texts: texts of the test posts.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    from kerasbook.beyond.pretrained.few import concatenate_features

    counted = {}
    for name, settings in (
        ("words", {"min_df": 2}),
        ("pairs", {"min_df": 2, "ngram_range": (1, 2)}),
        ("letters", {"min_df": 5, "analyzer": "char_wb", "ngram_range": (2, 5)}),
    ):
        most = 150_000 if name == "letters" else None
        weigh = TfidfVectorizer(sublinear_tf=True, max_features=most, dtype=np.float32, **settings)
        words = [text for part in parts for text in part["words"]]
        counted[name] = [weigh.fit_transform(words), weigh.transform(test_texts["words"])]
    vectors, windows = (
        [np.concatenate([see(part) for part in parts]), see(test_texts)]
        for see in (post_vectors, _windows_in_three_ways)
    )
    return {
        **counted,
        "bayes": counted["words"],
        "vectors": vectors,
        "both": [
            concatenate_features(*pair) for pair in zip(counted["words"], windows, strict=True)
        ],
        "lettered": [
            concatenate_features(*pair) for pair in zip(counted["letters"], vectors, strict=True)
        ],
    }


def _windows_in_three_ways(texts: dict[str, list[str]]):
    """Lay mean, greatest values and first window side by side, each of length one half."""
    import numpy as np

    from kerasbook.beyond.pretrained.reading import l2_normalize
    from kerasbook.beyond.pretrained.stored import mean_of_windows

    parts = []
    for name in texts:
        if name != "words":
            vectors, owners = read_windows(texts[name])
            starts = np.flatnonzero(np.diff(owners, prepend=-1))
            greatest = l2_normalize(np.maximum.reduceat(vectors, starts))
            parts += [mean_of_windows(vectors, owners), greatest, vectors[starts]]
    return np.concatenate(parts, axis=1) / 2


def classifiers() -> dict:
    """Return a fresh classifier for each kind of features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    return {
        "words": LinearSVC(C=0.3, random_state=0),
        "letters": LinearSVC(C=0.3, random_state=0),
        "bayes": ComplementNB(alpha=0.1),
        "pairs": ComplementNB(alpha=0.1),
        "vectors": LogisticRegression(C=2.0, max_iter=200),
        "both": LinearSVC(C=0.3, random_state=0),
        "lettered": LinearSVC(C=0.3, random_state=0),
    }


def teach(classifier, rows, labels, taught):
    """Train on some posts, on all rows of each: `rows` holds all posts once or several times."""
    import numpy as np

    times = rows.shape[0] // len(labels)
    chosen = np.concatenate([taught + len(labels) * time for time in range(times)])
    return classifier.fit(rows[chosen], np.tile(labels, times)[chosen])


def opinions(classifier, rows):
    """Return what a classifier says of each class, on one scale."""
    say = getattr(classifier, "decision_function", None) or classifier.predict_log_proba
    return one_scale(say(rows))


def one_scale(values):
    """Center and scale what is said of each class, row by row."""
    values = values - values.mean(axis=1, keepdims=True)
    return values / (values.std(axis=1, keepdims=True) + 1e-9)  # an empty post says nothing


def _unseen_opinions(features: dict, labels, threads: list[str], folds: int, seed: int) -> dict:
    """Return what each classifier says of posts whose threads it has not seen."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    found = {name: np.zeros((len(labels), 20)) for name in features}
    splitter = GroupKFold(folds, shuffle=True, random_state=seed)
    for kept, held in splitter.split(labels, groups=threads):
        for name, classifier in classifiers().items():
            rows = features[name][0]
            found[name][held] = opinions(teach(classifier, rows, labels, kept), rows[held])
    return found


def _vote(seed: int, *, view: str, further: bool, folds: int) -> dict:
    """Add up the opinions of seven classifiers; the seed only shuffles what is held out.

    With `further`, the training posts teach with their subjects and whole bodies, too; what is
    held out stays as it is tested.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_score

    posts, (texts, labels), (test_texts, test_labels) = load_view(view)
    parts = [texts, *further_texts(posts)] if further else [texts]
    features, threads = voters_features(parts, test_texts), threads_of(posts)
    unseen = _unseen_opinions(features, labels, threads, folds, seed)
    splitter = GroupKFold(folds, shuffle=True, random_state=seed + 100)
    stacked = cross_val_score(
        LogisticRegression(C=0.01, max_iter=200), np.hstack(list(unseen.values())), labels,
        groups=threads, cv=splitter,
    )  # fmt: skip
    said = {
        name: opinions(
            teach(classifier, features[name][0], labels, np.arange(len(labels))), features[name][1]
        )
        for name, classifier in classifiers().items()
    }
    answers = {"test_accuracy": sum(said.values())}
    answers |= {f"{name}_accuracy": each for name, each in said.items()}
    examples = {name: is_right(each, test_labels) for name, each in answers.items()}
    return {
        **{name: float(right.mean()) for name, right in examples.items()},
        "held_out": share(sum(unseen.values()), labels),
        "stacked_held_out": float(stacked.mean()),
        **{f"{name}_held_out": share(unseen[name], labels) for name in said},
        "examples": examples,
    }


def is_right(said, labels):
    """Tell for each post whether its label has the highest opinion."""
    return said.argmax(axis=1) == labels


def share(said, labels) -> float:
    """Return the share of posts that are right."""
    return float(is_right(said, labels).mean())


TASKS = {
    "pretrained-vote": (
        "newsgroups",
        [
            Recipe(name, {"view": view, "further": further, "folds": 5}, _vote)
            for name, view, further in (
                ("vote-stripped", "stripped", False),
                ("vote-further", "stripped", True),
                ("vote-kept", "kept", False),
            )
        ],
    ),
}
