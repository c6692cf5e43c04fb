"""Reference runs of the page on a trained language model: few labels, adapting, entities.

MiniLM reads a post once, and its vectors are kept in `_build/vectors`, under a hash of the texts
and of the code that reads them. What the recipes fix (strengths, epochs, rates) was chosen on
training posts alone, a fifth of whose threads was held out, or on WNUT-17's development part.
"""

import hashlib
import inspect
import re
import time

from bookkit.paths import BUILD
from bookkit.reference.recipes.recipe import Recipe
from bookkit.reference.recipes.text_classification import NETWORKS, _threads

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


def _windows(texts: list[str]) -> tuple:
    """Return the vectors of all windows of texts, and whose they are; computed once."""
    import keras
    import numpy as np

    from kerasbook.beyond.pretrained import reading, stored

    key = hashlib.sha256("\0".join(texts).encode())
    for code in (reading, stored.window_vectors):
        key.update(inspect.getsource(code).encode())
    path = BUILD / "vectors" / f"{key.hexdigest()[:16]}.npz"
    if not path.exists():
        keras.config.set_dtype_policy("mixed_bfloat16")
        vectors, owners = stored.window_vectors(texts)
        keras.config.set_dtype_policy("float32")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, vectors=vectors.astype("float16"), owners=owners)
        temporary.replace(path)
    with np.load(path) as archive:
        return archive["vectors"].astype("float32"), archive["owners"]


def _vectors(texts: dict[str, list[str]]):
    """Return a vector for each post: the mean of its windows; header and body side by side."""
    import numpy as np

    from kerasbook.beyond.pretrained.stored import mean_of_windows

    views = [mean_of_windows(*_windows(texts[name])) for name in texts if name != "words"]
    return np.concatenate(views, axis=1)


def _load(view: str) -> tuple:
    """Return the posts as they came, then texts and labels of both parts."""
    from kerasbook.applications.text.posts import load_newsgroups

    (posts, labels), (test_posts, test_labels) = load_newsgroups()
    return posts, (_views(posts, view), labels), (_views(test_posts, view), test_labels)


def _few_labels(seed: int, *, view: str, method: str) -> dict:
    """Train with few labels and with more, and test each time."""
    import numpy as np

    from kerasbook.beyond.pretrained import few

    _, (texts, labels), (test_texts, test_labels) = _load(view)
    score = _train_network if method == "network" else few.score_linear
    vectors = method in ("vectors", "both") and [_vectors(part) for part in (texts, test_texts)]
    metrics = {}
    for count in (*LABELS, None):
        chosen = np.arange(len(labels)) if count is None else few.draw_per_class(
            labels, count, seed
        )  # fmt: skip
        if method == "vectors":
            features = [vectors[0][chosen], vectors[1]]
        else:
            features = few.count_words([texts["words"][i] for i in chosen], test_texts["words"])
        if method == "both":
            features = [few.side_by_side(features[0], vectors[0][chosen]),
                        few.side_by_side(features[1], vectors[1])]  # fmt: skip
        accuracy = score(features[0], labels[chosen], features[1], test_labels)
        metrics[f"accuracy_{len(chosen)}"] = float(accuracy)
    return metrics


def _train_network(features, labels, test_features, test_labels) -> float:
    """Train the book's network on a bag of words from scratch, 300 steps or six epochs."""
    import keras

    from kerasbook.applications.text import models

    keras.utils.set_random_seed(len(labels))
    model = models.build_bag_network(features.shape[1], 20)
    settings = {key: NETWORKS["bag"][key] for key in ("batch_size", "learning_rate")}
    epochs = max(NETWORKS["bag"]["epochs"], 300 * settings["batch_size"] // len(labels) // 10)
    models.train_text_classifier(model, features, labels, epochs=epochs, **settings)
    predicted = model.predict(test_features, batch_size=256, verbose=0).argmax(axis=1)
    return float((predicted == test_labels).mean())


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


def _open(policy: str = "mixed_bfloat16"):
    """Open MiniLM in sixteen bits, with a second segment that begins like the first."""
    import keras

    from kerasbook.beyond.pretrained import folder

    keras.config.set_dtype_policy(policy)
    embedder = folder.open_embedder(folder.find_minilm())
    table = embedder.backbone.segment_embedding.embeddings
    table.assign(keras.ops.take(table, [0, 0], axis=0))
    return embedder.backbone, embedder.preprocessor.tokenizer


def _adapt(seed: int, *, way: str, per_class: int, tested: int, length: int, **training) -> dict:
    """Adapt MiniLM to posts of a draw in one of three ways, and test on a part of the test set."""
    import keras
    import numpy as np

    from kerasbook.applications.text.posts import load_newsgroups, strip_post
    from kerasbook.beyond.pretrained import adapting, batches, few

    keras.utils.set_random_seed(seed)
    (posts, labels), (test_posts, test_labels) = load_newsgroups()
    chosen = few.draw_per_class(labels, per_class, seed)
    asked = np.random.default_rng(0).choice(len(test_labels), tested, replace=False)
    backbone, tokenizer = _open()
    adapting.free_weights(backbone, way)
    model = adapting.add_class_head(backbone, 20)
    train, test = (
        batches.PostBatches(
            [strip_post(texts[i]) for i in rows], its[rows], tokenizer, length=length, seed=draw
        )
        for texts, its, rows, draw in (
            (posts, labels, chosen, seed), (test_posts, test_labels, asked, None),
        )
    )  # fmt: skip
    start, processor = time.perf_counter(), time.process_time()
    adapting.train_gently(model, train, **training)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    hits = [(model.predict_on_batch(x).argmax(axis=1) == y).sum() for x, y in test]
    return {
        "test_accuracy": float(sum(hits) / tested),
        "labels": len(chosen),
        "tested": tested,
        "trainable": adapting.count_trainable(model),
        "training_s": round(seconds, 1),
        "training_cpu_s": round(processor, 1),
    }


def _tag(seed: int, *, way: str, parts: list[str], asked: str, **training) -> dict:
    """Adapt MiniLM to WNUT-17 in one of three ways, and score one part once."""
    import keras

    from kerasbook import tagging
    from kerasbook.applications.entities import data, tagger
    from kerasbook.beyond.pretrained import adapting, batches

    keras.utils.set_random_seed(seed)
    sentences = dict(zip(("train", "dev", "test"), data.load_wnut17(), strict=True))
    seen = [sentence for part in parts for sentence in sentences[part]]
    tags = sorted({tag for _, its in seen for tag in its}, key=lambda tag: (tag != "O", tag))
    backbone, tokenizer = _open()
    adapting.free_weights(backbone, way)
    model = adapting.add_token_head(backbone, len(tags))
    start, processor = time.perf_counter(), time.process_time()
    adapting.train_gently(
        model, batches.SentenceBatches(seen, tokenizer, tags, seed=seed), **training
    )
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    emissions = batches.predict_words(
        model, batches.SentenceBatches(sentences[asked], tokenizer, tags, batch_size=64)
    )
    predicted = tagger.viterbi_decode(emissions, tags)
    micro = tagging.entity_scores([its for _, its in sentences[asked]], predicted)["micro"]
    return {
        "f1": micro["f1"],
        "precision": micro["precision"],
        "recall": micro["recall"],
        "trainable": adapting.count_trainable(model),
        "training_s": round(seconds, 1),
        "training_cpu_s": round(processor, 1),
    }


_ADAPTED = {"per_class": 50, "tested": 2000, "length": 64}
_WAYS = {  # the head alone, or the few additions, bear greater steps
    "frozen": {"epochs": 4, "learning_rate": 3e-3},
    "lora": {"epochs": 4, "learning_rate": 1e-3},
    "full": {"epochs": 4, "learning_rate": 1e-4},
}
TASKS = {
    "pretrained-labels": (
        "newsgroups",
        [
            Recipe(f"{method}-{view}", {"view": view, "method": method}, _few_labels)
            for view in ("stripped", "kept")
            for method in ("words", "vectors", "both", "network")
        ],
    ),
    "pretrained-stack": (
        "newsgroups",
        [
            Recipe(f"stack-{view}", {"view": view, "folds": 5}, _stack)
            for view in ("stripped", "kept")
        ],
    ),
    "pretrained-adapting": (
        "newsgroups",
        [
            Recipe(way, {"way": way, **_ADAPTED, **training}, _adapt)
            for way, training in _WAYS.items()
        ],
    ),
    "pretrained-entities": (
        "wnut17",
        [
            Recipe(way, {"way": way, "parts": ["train", "dev"], "asked": "test", **training}, _tag)
            for way, training in _WAYS.items()
        ],
    ),
}
