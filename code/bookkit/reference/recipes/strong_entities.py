"""Reference runs of the page on entities without pretraining: CLUENER2020 in full.

Settings were chosen on every tenth training sentence; the dev set is scored once a seed.
"""

from typing import Any

from bookkit.reference.recipes.recipe import Recipe


def _train_one(train: list, encoder, seed: int, *, epochs: int, network: dict, batches: dict):
    """Train one tagger with a CRF."""
    import keras

    from kerasbook import tagger
    from kerasbook import token_columns as columns
    from kerasbook.beyond.entities.network import build_share_network

    keras.utils.set_random_seed(seed)
    drawn = columns.TrainingBatches(train, encoder, seed=seed, **batches)
    num_shares = getattr(encoder, "num_shares", 0)
    model = build_share_network(encoder.sizes, num_shares, len(encoder.tags), **network)
    model = tagger.CRFTagger(model, encoder.tags)
    tagger.train_tagger(model, drawn, steps=epochs * len(drawn))
    return model


def _run(seed: int, *, shares: bool, members: int, **parameters) -> dict:
    """Train taggers that differ in their seed alone; score each, and all as one."""
    import numpy as np

    from kerasbook import sentences
    from kerasbook import token_columns as columns
    from kerasbook.beyond.entities.network import Committee
    from kerasbook.beyond.entities.shares import ShareEncoder

    train, dev = sentences.load_cluener()
    kind = ShareEncoder if shares else columns.Encoder
    encoder = kind(train, columns.chinese_columns)
    trained = [
        _train_one(train, encoder, members * seed + number, **parameters)
        for number in range(members)
    ]
    alone = [_score(model, encoder, dev)["micro"]["f1"] for model in trained]
    two = _score(Committee(trained[:2]), encoder, dev)["micro"]["f1"]
    scores = _score(Committee(trained), encoder, dev)
    return {
        "f1": scores["micro"]["f1"],
        "precision": scores["micro"]["precision"],
        "recall": scores["micro"]["recall"],
        "macro_f1": scores["macro"]["f1"],
        "member_f1": float(np.mean(alone)),
        "two_f1": two,
        "parameters": sum(model.count_params() for model in trained),
    }


def _score(model, encoder, sentences: list) -> dict:
    from kerasbook import tagger, tagging

    emissions = tagger.predict_emissions(model, encoder, sentences)
    found = tagger.viterbi_decode(emissions, encoder.tags, model.crf)
    return tagging.entity_scores([tags for _, tags in sentences], found)


_MEMBER: dict[str, Any] = {
    "shares": True,
    "members": 1,
    "epochs": 6,
    "network": {"width": 64, "units": 128, "dropout": 0.5},
    "batches": {"batch_size": 32, "swap": 0.3, "unknown": 0.2},
}

TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "entities-strong": (
        "cluener",
        [
            Recipe("committee", _MEMBER | {"members": 3}, _run),
            Recipe("no-shares", _MEMBER | {"shares": False}, _run),
        ],
    ),
}
