"""Reference runs of the page on entities without pretraining: CLUENER2020 in full.

Settings were chosen on every tenth training sentence, from the first on. A run scores the dev set
by each way to find names and each number of networks; that names are found by their probability,
too, was decided after the dev set had been scored by the best path. So a task of its own scores the
same settings on training sentences by which nothing had been decided.
"""

from collections.abc import Callable
from typing import Any

from recipes.recipe import Recipe


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


def _read() -> tuple[list, list]:
    """Return the training sentences and the dev set."""
    from kerasbook import sentences

    return sentences.load_cluener()


def _cut(first: int) -> tuple[list, list]:
    """Set every tenth training sentence aside, from `first` on; the others train."""
    train, _ = _read()
    return [one for i, one in enumerate(train) if i % 10 != first], train[first::10]


def _run_on_cut(seed: int, *, first: int, **parameters: Any) -> dict:
    """Score on training sentences that were set aside; no sentence of the dev set is read.

    Differences of F1 are paired: both ways, and both kinds, score the same sentences.
    """
    from kerasbook.scores import paired_difference

    found = _run(seed, read=lambda: _cut(first), **parameters)
    each = found["examples"]
    pairs = {
        "names_gap": ("f1", "path_f1"),
        "shares_gap": ("shares_all_names_f1", "plain_all_names_f1"),
        "ensemble_gap": ("plain_two_path_f1", "plain_member_path_f1"),
    }
    for name, (better, worse) in pairs.items():
        found[name], found[f"{name}_error"] = paired_difference(each[better], each[worse])
    return found


def _run(
    seed: int, *, members: int, least: float, read: Callable = _read, **parameters: Any
) -> dict:
    """Train taggers that read shares, and as many that do not; score each kind, and all as one.

    Each is scored twice: by the best path, and by the names that are probable enough.
    """
    import numpy as np

    from kerasbook import tagger
    from kerasbook import token_columns as columns
    from kerasbook.beyond.entities.gazetteer import GazetteerEncoder

    train, dev = read()
    metrics: dict[str, float] = {}
    examples: dict[str, Any] = {}
    models, emissions = [], []
    for kind, encoding in (("shares", GazetteerEncoder), ("plain", columns.Encoder)):
        encoder = encoding(train, columns.chinese_columns)
        some = [
            _train_one(train, encoder, members * seed + number, **parameters)
            for number in range(members)
        ]
        said = [tagger.predict_emissions(model, encoder, dev) for model in some]
        alone = [
            _score([model], [rows], dev, least) for model, rows in zip(some, said, strict=True)
        ]
        by_size = {
            "two": _score(some[:2], said[:2], dev, least),
            "all": _score(some, said, dev, least),
        }
        for way in ("path", "names"):
            examples[f"{kind}_member_{way}_f1"] = np.mean([one[way]["each"] for one in alone], 0)
            for size, scores in by_size.items():
                examples[f"{kind}_{size}_{way}_f1"] = scores[way]["each"]
        models += some
        emissions += said
    metrics |= {name: float(each.mean()) for name, each in examples.items()}
    scores = _score(models, emissions, dev, least)
    sure, right = _unsure_names(models, emissions, dev)
    return {
        **{name: scores["names"][name] for name in ("f1", "precision", "recall")},
        **{f"path_{name}": scores["path"][name] for name in ("f1", "precision", "recall")},
        **metrics,
        "unsure_stated": sure,
        "unsure_right": right,
        "parameters": sum(model.count_params() for model in models),
        "examples": {
            "f1": scores["names"]["each"],
            "path_f1": scores["path"]["each"],
            **examples,
        },
    }


def _as_one(models: list, emissions: list) -> tuple:
    """Average what models say and their CRFs; those that read different columns can, too."""
    import numpy as np

    from kerasbook.beyond.entities.network import CRFEnsemble

    return [np.mean(each, axis=0) for each in zip(*emissions, strict=True)], CRFEnsemble(models).crf


def _score(models: list, emissions: list, sentences: list, least: float) -> dict:
    """Score models that decide as one, by either way to decide: all and `each` sentence."""
    from kerasbook import tagger, tagging
    from kerasbook.beyond.entities import marginals

    rows, crf = _as_one(models, emissions)
    found = {
        "path": tagger.viterbi_decode(rows, crf.tags, crf),
        "names": marginals.marginal_decode(rows, crf.tags, crf, least=least),
    }
    right = [tags for _, tags in sentences]
    return {
        way: tagging.entity_scores(right, tags)["micro"]
        | {"each": tagging.f1_by_sentence(right, tags)}
        for way, tags in found.items()
    }


def _unsure_names(models: list, emissions: list, sentences: list) -> tuple[float, float]:
    """Return the mean probability of names given 30 to 60%, and the share of them that is right."""
    import numpy as np

    from kerasbook import tagging
    from kerasbook.beyond.entities import marginals

    rows, crf = _as_one(models, emissions)
    tables = [np.asarray(table) for table in crf.scores()]
    said = [
        (probability, name in tagging.entity_spans(tags))
        for row, (_, tags) in zip(rows, sentences, strict=True)
        for name, probability in marginals.span_marginals(row, crf.tags, tables).items()
        if 0.3 <= probability < 0.6
    ]
    stated, right = np.mean(said, axis=0) if said else (0.0, 0.0)
    return float(stated), float(right)


_COMMITTEE: dict[str, Any] = {
    "members": 3,
    "least": 0.45,
    "epochs": 6,
    "network": {"width": 64, "units": 128, "dropout": 0.5},
    "batches": {"batch_size": 32, "swap": 0.3, "unknown": 0.2},
}
TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "entities-strong": ("cluener", [Recipe("committee", _COMMITTEE, _run)]),
    "entities-strong-cut": (
        "cluener",
        [Recipe("committee", _COMMITTEE | {"first": 5}, _run_on_cut)],
    ),
}
