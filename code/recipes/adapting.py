"""Reference runs of the page on a trained language model: frozen, LoRA and in full.

Epochs and rate of full training were tried on WNUT-17's development part, before that was added to
training; those of the other ways are first guesses, and nothing was chosen for the posts.
"""

import time

from recipes.recipe import Recipe


def open_minilm():
    """Open MiniLM in sixteen bits, with a second segment that begins like the first."""
    import keras

    from kerasbook.beyond.pretrained import folder

    keras.config.set_dtype_policy("mixed_bfloat16")
    embedder = folder.open_embedder(folder.find_minilm())
    table = embedder.backbone.segment_embedding.embeddings
    table.assign(keras.ops.take(table, [0, 0], axis=0))
    return embedder.backbone, embedder.preprocessor.tokenizer


def _adapt(seed: int, *, way: str, per_class: int, tested: int, length: int, **training) -> dict:
    """Adapt MiniLM to posts of a draw in one of three ways, and test on a part of the test set."""
    import keras
    import numpy as np

    from kerasbook.applications.text.posts import load_newsgroups, strip_post
    from kerasbook.beyond.pretrained import adapting, batches
    from kerasbook.few_labels import draw_per_class

    keras.utils.set_random_seed(seed)
    (posts, labels), (test_posts, test_labels) = load_newsgroups()
    chosen = draw_per_class(labels, per_class, seed)
    asked = np.random.default_rng(0).choice(len(test_labels), tested, replace=False)
    backbone, tokenizer = open_minilm()
    adapting.set_trainable(backbone, way)
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
    adapting.fine_tune(model, train, **training)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    right = np.concatenate([model.predict_on_batch(x).argmax(axis=1) == y for x, y in test])
    return {
        "test_accuracy": float(right.mean()),
        "labels": len(chosen),
        "tested": tested,
        "trainable": adapting.count_trainable(model),
        "training_s": round(seconds, 1),
        "training_cpu_s": round(processor, 1),
        "examples": {"test_accuracy": right},
    }


def _tag(seed: int, *, way: str, parts: list[str], asked: str, **training) -> dict:
    """Adapt MiniLM to WNUT-17 in one of three ways, and score one part once."""
    import keras

    from kerasbook import tagger, tagging
    from kerasbook.beyond.pretrained import adapting, batches
    from kerasbook.sentences import load_wnut17

    keras.utils.set_random_seed(seed)
    sentences = dict(zip(("train", "dev", "test"), load_wnut17(), strict=True))
    seen = [sentence for part in parts for sentence in sentences[part]]
    tags = sorted({tag for _, its in seen for tag in its}, key=lambda tag: (tag != "O", tag))
    backbone, tokenizer = open_minilm()
    adapting.set_trainable(backbone, way)
    model = adapting.add_token_head(backbone, len(tags))
    start, processor = time.perf_counter(), time.process_time()
    adapting.fine_tune(model, batches.SentenceBatches(seen, tokenizer, tags, seed=seed), **training)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    emissions = batches.predict_words(
        model, batches.SentenceBatches(sentences[asked], tokenizer, tags, batch_size=64)
    )
    predicted = tagger.viterbi_decode(emissions, tags)
    y_true = [its for _, its in sentences[asked]]
    micro = tagging.entity_scores(y_true, predicted)["micro"]
    return {
        "f1": micro["f1"],
        "precision": micro["precision"],
        "recall": micro["recall"],
        "trainable": adapting.count_trainable(model),
        "training_s": round(seconds, 1),
        "training_cpu_s": round(processor, 1),
        "examples": {"f1": tagging.f1_by_sentence(y_true, predicted)},
    }


_ADAPTED = {"per_class": 50, "tested": 2000, "length": 64}
_WAYS = {  # the head alone, or the few additions, bear greater steps
    "frozen": {"epochs": 10, "learning_rate": 3e-3},
    "lora": {"epochs": 4, "learning_rate": 1e-3},
    "full": {"epochs": 4, "learning_rate": 1e-4},
}
TASKS = {
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
