"""Reference runs of the page on entities without pretraining: CLUENER2020 in full.

Settings are chosen on every tenth training sentence; the dev set is scored once a seed.
"""

from typing import Any

from bookkit.reference.recipes.recipe import Recipe


def _train_one(train: list, encoder, seed: int, settings: dict):
    """Train one tagger with a CRF."""
    import keras

    from kerasbook import tagger
    from kerasbook import token_columns as columns
    from kerasbook.beyond.entities.network import build_share_network

    keras.utils.set_random_seed(seed)
    drawn = columns.TrainingBatches(train, encoder, seed=seed, **settings["batches"])
    num_shares = getattr(encoder, "num_shares", 0)
    network = build_share_network(
        encoder.sizes, num_shares, len(encoder.tags), **settings["network"]
    )
    model = tagger.CRFTagger(network, encoder.tags)
    steps = settings["epochs"] * len(drawn)
    tagger.train_tagger(model, drawn, steps=steps, learning_rate=settings["learning_rate"])
    return model


def _sentences(held_out: bool) -> tuple[list, list]:
    """Return sentences to learn from and to score: of the training set, or it and the dev set."""
    from kerasbook import sentences

    train, dev = sentences.load_cluener()
    if not held_out:
        return train, dev
    return [each for number, each in enumerate(train) if number % 10], train[::10]


def _run(seed: int, *, held_out: bool, shares: bool, members: int, **settings) -> dict:
    """Train taggers that differ in their seed alone; score each, and all as one."""
    import numpy as np

    from kerasbook import token_columns as columns
    from kerasbook.beyond.entities.network import Committee
    from kerasbook.beyond.entities.shares import ShareEncoder

    train, test = _sentences(held_out)
    kind = ShareEncoder if shares else columns.Encoder
    encoder = kind(train, columns.chinese_columns)
    trained = [
        _train_one(train, encoder, members * seed + number, settings) for number in range(members)
    ]
    alone = [_score(model, encoder, test)["micro"]["f1"] for model in trained]
    scores = _score(Committee(trained), encoder, test)
    return {
        "f1": scores["micro"]["f1"],
        "precision": scores["micro"]["precision"],
        "recall": scores["micro"]["recall"],
        "macro_f1": scores["macro"]["f1"],
        "member_f1": float(np.mean(alone)),
        "parameters": sum(model.count_params() for model in trained),
    }


def _score(model, encoder, sentences: list) -> dict:
    from kerasbook import tagger, tagging

    emissions = tagger.predict_emissions(model, encoder, sentences)
    found = tagger.viterbi_decode(emissions, encoder.tags, model.crf)
    return tagging.entity_scores([tags for _, tags in sentences], found)


_PLAIN: dict[str, Any] = {
    "shares": False,
    "members": 1,
    "epochs": 6,
    "learning_rate": 2e-3,
    "network": {"width": 64, "units": 128, "dropout": 0.5},
    "batches": {"batch_size": 32, "swap": 0.3, "unknown": 0.2},
}


def _changed(**changes: Any) -> dict[str, Any]:
    """Change settings of the plain tagger and keep the rest."""
    return {
        name: value | changes.get(name, {}) if isinstance(value, dict) else changes.get(name, value)
        for name, value in _PLAIN.items()
    }


_TRIED: dict[str, dict[str, Any]] = {
    "plain": {},
    "shares": {"shares": True},
    "batch-64": {"learning_rate": 3e-3, "batches": {"batch_size": 64}},
    "ten-epochs": {"epochs": 10},
    "half-swapped": {"batches": {"swap": 0.5}},
    "third-hidden": {"batches": {"unknown": 0.3}},
    "units-256": {"network": {"units": 256}},
}
TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "entities-tried": (
        "cluener",
        [
            Recipe(name, {"held_out": True} | _changed(**change), _run)
            for name, change in _TRIED.items()
        ],
    ),
    "entities-strong": (
        "cluener",
        [
            Recipe("plain", {"held_out": False} | _PLAIN, _run),
            Recipe("committee", {"held_out": False} | _changed(members=5), _run),
        ],
    ),
}
