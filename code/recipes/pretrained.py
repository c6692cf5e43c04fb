"""Reference runs of the page on a trained language model: what few labels give, and more.

MiniLM reads a post once, and its vectors are kept.
"""

import inspect
import re

from recipes.kept import kept_arrays
from recipes.precision import computing_in
from recipes.recipe import Recipe
from recipes.text_classification import NETWORKS

LABELS = (5, 10, 20, 50, 100)  # of each of the twenty groups; then all
HEADER = re.compile(r"(From|Subject|Organization|Keywords|Summary|Distribution|Reply-To):")


def _views(posts: list[str], view: str) -> dict[str, list[str]]:
    """Return what is read of posts: words for counting, and one or two texts for MiniLM."""
    from kerasbook.applications.text.posts import split_header, strip_post

    bodies = [strip_post(post) for post in posts]
    if view == "stripped":
        return {"words": bodies, "bodies": bodies}
    lines = [split_header(post)[0].split("\n") for post in posts]
    headers = ["\n".join(line.strip() for line in some if HEADER.match(line)) for some in lines]
    return {"words": posts, "bodies": bodies, "headers": headers}


def read_windows(texts: list[str]) -> tuple:
    """Return the vectors of all windows of texts, and whose they are; computed once."""
    import numpy as np

    from kerasbook.beyond.pretrained import reading, stored

    def compute() -> dict:
        with computing_in("mixed_bfloat16"):
            vectors, owners = stored.window_vectors(texts)
        return {"vectors": vectors.astype("float16"), "owners": np.asarray(owners)}

    code = [inspect.getsource(one).encode() for one in (reading, stored.window_vectors)]
    found = kept_arrays("minilm", ["\0".join(texts).encode(), *code], compute)
    return found["vectors"].astype("float32"), found["owners"]


def post_vectors(texts: dict[str, list[str]]):
    """Return a vector for each post: the mean of its windows; header and body side by side."""
    import numpy as np

    from kerasbook.beyond.pretrained.stored import mean_of_windows

    views = [mean_of_windows(*read_windows(texts[name])) for name in texts if name != "words"]
    return np.concatenate(views, axis=1)


def load_view(view: str) -> tuple:
    """Return the posts as they came, then texts and labels of both parts."""
    from kerasbook.applications.text.posts import load_newsgroups

    (posts, labels), (test_posts, test_labels) = load_newsgroups()
    return posts, (_views(posts, view), labels), (_views(test_posts, view), test_labels)


def _few_labels(seed: int, *, view: str, method: str) -> dict:
    """Train with few labels and with more, and test each time."""
    import keras
    import numpy as np

    from kerasbook.beyond.pretrained import few
    from kerasbook.few_labels import draw_per_class

    keras.utils.set_random_seed(seed)
    _, (texts, labels), (test_texts, test_labels) = load_view(view)
    metrics: dict = {}
    for count in (*LABELS, None):
        rows = np.arange(len(labels))
        if count:
            rows = draw_per_class(labels, count, seed)
        features, test_features = _features(method, texts, rows, test_texts)
        answer = _train_network if method == "network" else few.predict_linear_svm
        right = answer(features, labels[rows], test_features) == test_labels
        name = f"accuracy_{len(rows)}"
        metrics |= {name: float(right.mean()), "examples": {name: right}}  # of all labels, at last
    return metrics


def _features(method: str, texts: dict, rows, test_texts: dict) -> tuple:
    """Return the features of some training posts, and of all test posts."""
    from kerasbook.beyond.pretrained import few

    if method in ("vectors", "both"):
        vectors, test_vectors = post_vectors(texts)[rows], post_vectors(test_texts)
        if method == "vectors":
            return vectors, test_vectors
    words, test_words = few.tfidf_features([texts["words"][i] for i in rows], test_texts["words"])
    if method == "both":
        return few.concatenate_features(words, vectors), few.concatenate_features(
            test_words, test_vectors
        )
    return words, test_words


def _train_network(features, labels, test_features):
    """Train the book's network of a bag of words from scratch, on few labels more epochs."""
    from kerasbook.applications.text import models

    model = models.build_bag_network(features.shape[1], 20)
    settings = NETWORKS["bag"].copy()
    del settings["network"]
    if len(labels) <= 20 * max(LABELS):
        settings["epochs"] = 30
    models.train_text_classifier(model, features, labels, **settings)
    return model.predict(test_features, batch_size=256, verbose=0).argmax(axis=1)


TASKS = {
    "pretrained-labels": (
        "newsgroups",
        [
            Recipe(f"{method}-stripped", {"view": "stripped", "method": method}, _few_labels)
            for method in ("words", "vectors", "both", "network")
        ],
    ),
}
