"""Reference runs of the named-entities page: CLUENER2020 and WNUT-17 in full."""

from recipes.recipe import Recipe


def _summary(y_true: list, predicted: list, parameters: int) -> dict:
    from kerasbook import tagging

    scores = tagging.entity_scores(y_true, predicted)
    micro = scores["micro"]
    return {
        "f1": micro["f1"],
        "precision": micro["precision"],
        "recall": micro["recall"],
        "macro_f1": scores["macro"]["f1"],
        "parameters": parameters,
        "examples": {"f1": tagging.f1_by_sentence(y_true, predicted)},
    }


def _read(data: str) -> tuple:
    """Return the training and test sentences of a data set, and its columns."""
    from kerasbook import sentences
    from kerasbook import token_columns as features

    if data == "cluener":
        train, test = sentences.load_cluener()
        return train, test, features.chinese_columns
    train, _, test = sentences.load_wnut17()
    return train, test, features.english_columns


def _dictionary(seed: int, *, data: str) -> dict:
    """Score what a dictionary of the training entities finds; the seed changes nothing."""
    from kerasbook import token_columns as features

    train, test, columns = _read(data)
    encoder = features.Encoder(train, columns)
    predicted = [features.gazetteer_tags(tokens, encoder.mentions) for tokens, _ in test]
    return _summary([tags for _, tags in test], predicted, 0)


def _train_tagger(seed: int, *, data: str, top: str, **parameters) -> dict:
    """Train one tagger and score it once."""
    import keras

    from kerasbook import tagger, tagging
    from kerasbook import token_columns as features

    keras.utils.set_random_seed(seed)
    train, test, columns = _read(data)
    encoder = features.Encoder(train, columns, min_count=parameters["min_count"])
    batches = features.TrainingBatches(
        train,
        encoder,
        seed=seed,
        **{name: parameters[name] for name in ("batch_size", "swap", "unknown")},
    )
    model = tagger.build_network(
        encoder.sizes,
        len(encoder.tags),
        **{name: parameters[name] for name in ("width", "units", "dropout")},
    )
    if top == "crf":
        model = tagger.CRFTagger(model, encoder.tags)
    tagger.train_tagger(
        model,
        batches,
        steps=parameters["epochs"] * len(batches),
        learning_rate=parameters["learning_rate"],
    )
    emissions = tagger.predict_emissions(model, encoder, test)
    y_true = [tags for _, tags in test]
    if top == "crf":
        predicted = tagger.viterbi_decode(emissions, encoder.tags, model.crf)
        return _summary(y_true, predicted, model.count_params())
    greedy = tagger.greedy_decode(emissions, encoder.tags)
    metrics = _summary(y_true, greedy, model.count_params())
    valid = tagger.viterbi_decode(emissions, encoder.tags)
    metrics["valid_f1"] = tagging.entity_scores(y_true, valid)["micro"]["f1"]
    metrics["examples"]["valid_f1"] = tagging.f1_by_sentence(y_true, valid)
    return metrics


_COMMON = {
    "batch_size": 32,
    "learning_rate": 2e-3,
    "width": 64,
    "units": 200,
    "dropout": 0.5,
    "swap": 0.3,
    "unknown": 0.2,
    "min_count": 2,
}


def _recipes(data: str, **parameters) -> list[Recipe]:
    common = {"data": data, **_COMMON, **parameters}
    return [
        Recipe("dictionary", {"data": data}, _dictionary),
        Recipe("softmax", {"top": "softmax", **common}, _train_tagger),
        Recipe("crf", {"top": "crf", **common}, _train_tagger),
    ]


TASKS = {
    "entities-cluener": ("cluener", _recipes("cluener", epochs=6)),
    "entities-wnut17": ("wnut17", _recipes("wnut17", epochs=12)),
}
