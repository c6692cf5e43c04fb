"""Reference runs of the page on a trained language model: MiniLM, tuned in full, votes as well.

A fifth of the threads, another one for each seed, is held out of tuning; on it the weight of the
eighth vote is chosen. Epochs and rate are first guesses.
"""

from typing import Any

from bookkit.reference.recipes.adapting import open_minilm
from bookkit.reference.recipes.pretrained import load_view
from bookkit.reference.recipes.recipe import Recipe
from bookkit.reference.recipes.text_classification import threads_of
from bookkit.reference.recipes.voting import (
    classifiers,
    one_scale,
    opinions,
    share,
    voters_features,
)

WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


def _tuned_vote(seed: int, *, view: str, folds: int, **settings: Any) -> dict:
    """Add the tuned model's opinions to those of the seven, with the weight best held out."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    posts, (texts, labels), (test_texts, test_labels) = load_view(view)
    splitter = GroupKFold(folds, shuffle=True, random_state=0)
    parts = list(splitter.split(labels, groups=threads_of(posts)))
    taught, held = parts[seed % folds]
    seen = voters_features(texts, test_texts)
    unseen, said = np.zeros((len(held), 20)), np.zeros((len(test_labels), 20))
    for name, classifier in classifiers().items():
        rows, test_rows = seen[name]
        unseen += opinions(classifier.fit(rows[taught], labels[taught]), rows[held])
        said += opinions(classifier.fit(rows, labels), test_rows)
    bodies = texts["bodies"]
    asked = [[bodies[index] for index in held], test_texts["bodies"]]
    tuned, test_tuned = _tuned_opinions(
        seed, [bodies[index] for index in taught], labels[taught], asked, **settings
    )
    held_out = [share(unseen + weight * tuned, labels[held]) for weight in WEIGHTS]
    weight = WEIGHTS[int(np.argmax(held_out))]
    return {
        "test_accuracy": share(said + weight * test_tuned, test_labels),
        "held_out": max(held_out),
        "seven_accuracy": share(said, test_labels),
        "seven_held_out": held_out[0],
        "tuned_accuracy": share(test_tuned, test_labels),
        "tuned_held_out": share(tuned, labels[held]),
        "weight": weight,
    }


def _tuned_opinions(
    seed: int,
    texts: list[str],
    labels: Any,
    asked: list[list[str]],
    *,
    length: int,
    batch_size: int,
    **training: Any,
) -> list:
    """Tune MiniLM in full on texts; return what it says of others, arrays `(texts, 20)`."""
    import keras
    import numpy as np

    from kerasbook.beyond.pretrained import adapting, batches

    keras.utils.set_random_seed(seed)
    backbone, tokenizer = open_minilm()
    model = adapting.add_class_head(backbone, 20)
    sizes: dict[str, Any] = {"length": length, "batch_size": batch_size}
    adapting.train_gently(
        model, batches.PostBatches(texts, labels, tokenizer, seed=seed, **sizes), **training
    )
    found = []
    for others in asked:
        drawn = batches.PostBatches(others, np.zeros(len(others), int), tokenizer, **sizes)
        rows = np.zeros((len(others), 20))
        for chosen in drawn.groups():
            rows[chosen] = model.predict_on_batch(drawn.batch(chosen)[0])
        found.append(one_scale(rows))
    return found


TASKS = {
    "pretrained-tuned-vote": (
        "newsgroups",
        [
            Recipe(
                "tuned-vote-stripped",
                {
                    "view": "stripped",
                    "folds": 5,
                    "length": 128,
                    "batch_size": 32,
                    "epochs": 3,
                    "learning_rate": 1e-4,
                },
                _tuned_vote,
            )
        ],
    ),
}
