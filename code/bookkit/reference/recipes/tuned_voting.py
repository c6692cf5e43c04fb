"""Reference runs of the page on a trained language model: MiniLM, tuned in full, votes as well.

A fifth of the threads, another one for each seed, is held out of tuning; on it the weight of the
eighth vote is chosen. Epochs and rate are those of the entities, chosen on WNUT-17.
"""

from bookkit.reference.recipes.adapting import _open
from bookkit.reference.recipes.pretrained import _load
from bookkit.reference.recipes.recipe import Recipe
from bookkit.reference.recipes.text_classification import _threads
from bookkit.reference.recipes.voting import _classifiers, _features, _opinions, _scaled, _share

WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


def _tuned(seed: int, texts: list[str], labels, asked: list[list[str]], **settings) -> list:
    """Tune MiniLM in full on texts; return what it says of others, a list of arrays."""
    import keras
    import numpy as np

    from kerasbook.beyond.pretrained import adapting, batches

    keras.utils.set_random_seed(seed)
    backbone, tokenizer = _open()
    model = adapting.add_class_head(backbone, 20)
    sizes = {"length": settings.pop("length"), "batch_size": settings.pop("batch_size")}
    seen = batches.PostBatches(texts, labels, tokenizer, seed=seed, **sizes)
    adapting.train_gently(model, seen, **settings)
    found = []
    for others in asked:
        made = batches.PostBatches(others, np.zeros(len(others), int), tokenizer, **sizes)
        rows = np.zeros((len(others), 20))
        for chosen in made.groups():
            rows[chosen] = model.predict_on_batch(made.batch(chosen)[0])
        found.append(_scaled(rows))
    return found


def _tuned_vote(seed: int, *, view: str, folds: int, **settings) -> dict:
    """Add the tuned model's opinions to those of the seven, with the weight best held out."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    posts, (texts, labels), (test_texts, test_labels) = _load(view)
    features, threads = _features(texts, test_texts), _threads(posts)
    splitter = GroupKFold(folds, shuffle=True, random_state=0)
    kept, held = list(splitter.split(labels, groups=threads))[seed % folds]
    unseen, said = 0.0, 0.0
    for name, classifier in _classifiers().items():
        rows, test_rows = features[name]
        unseen += _opinions(classifier.fit(rows[kept], labels[kept]), rows[held])
        said += _opinions(classifier.fit(rows, labels), test_rows)
    whole, test_whole = (
        ["\n".join(part) for part in zip(*(one[name] for name in ("headers", "bodies")
         if name in one), strict=True)] for one in (texts, test_texts)
    )  # fmt: skip
    asked = [[whole[index] for index in held], test_whole]
    tuned, test_tuned = _tuned(seed, [whole[i] for i in kept], labels[kept], asked, **settings)
    held_out = [_share(unseen + weight * tuned, labels[held]) for weight in WEIGHTS]
    weight = WEIGHTS[int(np.argmax(held_out))]
    return {
        "test_accuracy": _share(said + weight * test_tuned, test_labels),
        "held_out": max(held_out),
        "seven_held_out": held_out[0],
        "seven_accuracy": _share(said, test_labels),
        "tuned_held_out": _share(tuned, labels[held]),
        "tuned_accuracy": _share(test_tuned, test_labels),
        "weight": weight,
    }


TASKS = {
    "pretrained-tuned-vote": (
        "newsgroups",
        [
            Recipe(
                f"tuned-vote-{view}",
                {"view": view, "folds": 5, "length": 128, "batch_size": 64, "epochs": 3,
                 "learning_rate": 2e-4},
                _tuned_vote,
            )
            for view in ("stripped", "kept")
        ],
    ),
}  # fmt: skip
