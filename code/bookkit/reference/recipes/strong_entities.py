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


def _run(seed: int, *, members: int, **parameters: Any) -> dict:
    """Train taggers that read shares, and as many that do not; score each kind, and all as one."""
    import numpy as np

    from kerasbook import sentences, tagger
    from kerasbook import token_columns as columns
    from kerasbook.beyond.entities.shares import ShareEncoder

    train, dev = sentences.load_cluener()
    metrics: dict[str, float] = {}
    models, emissions = [], []
    for kind, encoding in (("shares", ShareEncoder), ("plain", columns.Encoder)):
        encoder = encoding(train, columns.chinese_columns)
        some = [
            _train_one(train, encoder, members * seed + number, **parameters)
            for number in range(members)
        ]
        said = [tagger.predict_emissions(model, encoder, dev) for model in some]
        alone = [_score([model], [rows], dev) for model, rows in zip(some, said, strict=True)]
        metrics[f"{kind}_member_f1"] = float(np.mean([scores["micro"]["f1"] for scores in alone]))
        for size, name in ((2, "two"), (members, "all")):
            metrics[f"{kind}_{name}_f1"] = _score(some[:size], said[:size], dev)["micro"]["f1"]
        models += some
        emissions += said
    scores = _score(models, emissions, dev)
    return {
        "f1": scores["micro"]["f1"],
        "precision": scores["micro"]["precision"],
        "recall": scores["micro"]["recall"],
        "macro_f1": scores["macro"]["f1"],
        **metrics,
        "parameters": sum(model.count_params() for model in models),
    }


def _score(models: list, emissions: list, sentences: list) -> dict:
    """Score models that decide as one; those that read different columns can, too."""
    import numpy as np

    from kerasbook import tagger, tagging
    from kerasbook.beyond.entities.network import Committee

    rows = [np.mean(each, axis=0) for each in zip(*emissions, strict=True)]
    crf = Committee(models).crf
    found = tagger.viterbi_decode(rows, crf.tags, crf)
    return tagging.entity_scores([tags for _, tags in sentences], found)


TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "entities-strong": (
        "cluener",
        [
            Recipe(
                "committee",
                {
                    "members": 3,
                    "epochs": 6,
                    "network": {"width": 64, "units": 128, "dropout": 0.5},
                    "batches": {"batch_size": 32, "swap": 0.3, "unknown": 0.2},
                },
                _run,
            ),
        ],
    ),
}
