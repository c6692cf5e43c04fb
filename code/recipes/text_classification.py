"""Reference runs of the text-classification page: five models on all of 20 Newsgroups by date.

What the recipes fix (words and no pairs, units, rates, epochs) was chosen on training posts alone:
trained on the earlier four fifths of each group's training posts by article number, compared on
the latest fifth. The article numbers stand in the archive, not in the JSON lines. The `C` of the
linear SVM is chosen as carefully, in the run itself: on training posts, a fifth of whose threads is
held out, so that no post answers one that was seen.
"""

import re
import time

from recipes.recipe import Recipe


def _view(posts, name: str) -> list[str]:
    """Return texts as posted, stripped, or of their headers only."""
    from kerasbook.applications.text.posts import split_header, strip_post

    change = {
        "kept": lambda text: text,
        "stripped": strip_post,
        "headers": lambda text: split_header(text)[0],
    }[name]
    return [change(text) for text in posts]


def _load(view: str):
    from kerasbook.applications.text.posts import load_newsgroups

    (texts, labels), (test_texts, test_labels) = load_newsgroups()
    return (_view(texts, view), labels), (_view(test_texts, view), test_labels)


def _tfidf(texts, test_texts):
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigh = TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32)
    return weigh.fit_transform(texts), weigh.transform(test_texts)


def _scores(predicted, test_labels, *, parameters: int, train_s: float) -> dict:
    from kerasbook import scores
    from kerasbook.applications.text.evidence import within_topic

    confusion = scores.confusion_matrix(test_labels, predicted, num_classes=20)
    return {
        "test_accuracy": float((predicted == test_labels).mean()),
        "macro_f1": float(scores.per_class_scores(confusion)[2].mean()),
        "errors_within_topic": within_topic(confusion),
        "parameters": int(parameters),
        "train_s": round(train_s, 2),
        "examples": {"test_accuracy": predicted == test_labels},
    }


SUBJECT = re.compile(r"^Subject:\s*(?:re:\s*)*(.*)$", re.MULTILINE | re.IGNORECASE)


def threads_of(posts: list[str]) -> list[str]:
    """Return what posts of a thread have in common: the subject, without what an answer adds."""
    found = [SUBJECT.search(post) for post in posts]
    return [
        match[1].strip().lower() if match else post
        for match, post in zip(found, posts, strict=True)
    ]


def _choose(texts, labels, threads: list[str], *, candidates: list[float], seed: int):
    """Return the `C` that does best on a fifth of the threads, and its accuracy there."""
    from sklearn.model_selection import GroupShuffleSplit
    from sklearn.svm import LinearSVC

    split = GroupShuffleSplit(1, test_size=0.2, random_state=seed)
    kept, held = next(split.split(texts, labels, threads))
    features, held_features = _tfidf([texts[i] for i in kept], [texts[i] for i in held])
    found = {}
    for cost in candidates:
        svm = LinearSVC(C=cost, random_state=seed).fit(features, labels[kept])
        found[cost] = float(svm.score(held_features, labels[held]))
    best = max(candidates, key=found.__getitem__)
    return best, found[best]


def _train_svm(seed: int, *, view: str, candidates: list[float]) -> dict:
    """Choose `C` on held-out threads, then train on all training posts, and test once.

    `random_split_accuracy` is that of a fifth of the training posts drawn at random.
    """
    from sklearn.model_selection import train_test_split
    from sklearn.svm import LinearSVC

    (posts, _), _ = _load("kept")
    (texts, labels), (test_texts, test_labels) = _load(view)
    cost, validation = _choose(texts, labels, threads_of(posts), candidates=candidates, seed=seed)
    features, test_features = _tfidf(texts, test_texts)
    start = time.perf_counter()
    svm = LinearSVC(C=cost, random_state=seed).fit(features, labels)
    seconds = time.perf_counter() - start
    found = _scores(
        svm.predict(test_features), test_labels, parameters=svm.coef_.size + 20, train_s=seconds
    )
    kept, held, y_kept, y_held = train_test_split(
        texts, labels, test_size=0.2, stratify=labels, random_state=seed
    )
    kept, held = _tfidf(kept, held)
    accuracy = LinearSVC(C=cost, random_state=seed).fit(kept, y_kept).score(held, y_held)
    return found | {
        "C": cost,
        "validation_accuracy": validation,
        "random_split_accuracy": float(accuracy),
    }


def _train_network(seed: int, *, view: str, network: str, **parameters) -> dict:
    """Train one Keras model of the page on all training posts, and test it once."""
    import keras

    from kerasbook.applications.text import models

    keras.utils.set_random_seed(seed)
    (texts, labels), (test_texts, test_labels) = _load(view)
    training = {key: parameters[key] for key in ("epochs", "batch_size", "learning_rate")}
    if network == "build_bag_network":
        inputs, test_inputs = _tfidf(texts, test_texts)
        vocabulary = inputs.shape[1]
    else:
        vocabulary = parameters["vocabulary"]
        vectorize = models.learn_vocabulary(
            texts, vocabulary=vocabulary, length=parameters["length"]
        )
        inputs, test_inputs = (models.token_ids(vectorize, part) for part in (texts, test_texts))
    model = getattr(models, network)(vocabulary, 20)
    start = time.perf_counter()
    models.train_text_classifier(model, inputs, labels, **training)
    seconds = time.perf_counter() - start
    predicted = model.predict(test_inputs, batch_size=256, verbose=0).argmax(axis=1)
    return _scores(predicted, test_labels, parameters=model.count_params(), train_s=seconds)


NETWORKS = {
    "bag": {
        "network": "build_bag_network",
        "epochs": 6,
        "batch_size": 128,
        "learning_rate": 3e-3,
    },
    "average": {
        "network": "build_fasttext_network",
        "vocabulary": 30_000,
        "length": 300,
        "epochs": 8,
        "batch_size": 128,
        "learning_rate": 1e-2,
    },
    "convolution": {
        "network": "build_convolutional_network",
        "vocabulary": 20_000,
        "length": 250,
        "epochs": 6,
        "batch_size": 64,
        "learning_rate": 5e-3,
    },
    "lstm": {
        "network": "build_lstm_network",
        "vocabulary": 20_000,
        "length": 150,
        "epochs": 4,
        "batch_size": 64,
        "learning_rate": 5e-3,
    },
}
CANDIDATES = [0.03, 0.1, 0.3, 1.0, 3.0]
TASKS = {
    "text-classification": (
        "newsgroups",
        [
            *(
                Recipe(f"svm-{view}", {"view": view, "candidates": CANDIDATES}, _train_svm)
                for view in ("kept", "stripped", "headers")
            ),
            *(
                Recipe(f"{name}-{view}", {"view": view, **parameters}, _train_network)
                for name, parameters in NETWORKS.items()
                for view in ("kept", "stripped")
            ),
        ],
    ),
}
