"""Reference runs of the page on attention: poems and tales, a network against an n-gram model.

Width, steps and rate are first guesses; nothing was chosen by the test texts but the baseline's
order, which is the best of three there.
"""

import textwrap
import time
from pathlib import Path
from typing import Any

from recipes.recipe import Recipe

TEMPERATURES = (0.5, 0.8)


def _count(train: str, test: str, vocab_size: int, orders: list[int]) -> tuple[int, Any]:
    """Return the order of the best n-gram model, and its probabilities of the test characters."""
    from kerasbook.outlook.attention import ngrams

    found = {
        order: ngrams.ngram_probabilities(
            ngrams.ngram_counts(train, order), test, vocab_size=vocab_size
        )
        for order in orders
    }
    return min(found.items(), key=lambda counted: ngrams.perplexity(counted[1]))


def _write_samples(path: Path, model, characters: list[str], beginnings: list[str]) -> None:
    """Let the model go on from each beginning, at several temperatures."""
    from kerasbook.outlook.attention.generating import generate_text

    context = model.get_layer("positions").input_dim
    lines = []
    for temperature in TEMPERATURES:
        for beginning in beginnings:
            length = context - len(beginning)
            text = generate_text(
                model, beginning, characters, length=length, temperature=temperature
            )
            short = "\n".join(textwrap.fill(line, 64) for line in text.split("\n"))
            lines.append(f"temperature {temperature}{short}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def _learn(seed: int, token_ids, vocab_size: int, *, steps: int, batch_size: int, **settings):
    """Train a network in sixteen bits; return it in 32, with its seconds and processor seconds."""
    import keras
    import numpy as np

    from kerasbook.outlook.attention import model as pages
    from kerasbook.outlook.attention.texts import draw_windows

    rate, shape = settings.pop("learning_rate"), settings
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = pages.build_language_model(vocab_size, **shape)
    generator = np.random.default_rng(seed)
    windows = draw_windows(token_ids, shape["context"], steps * batch_size, generator)
    start, processor = time.perf_counter(), time.process_time()
    pages.train_language_model(model, windows, learning_rate=rate, batch_size=batch_size)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    keras.config.set_dtype_policy("float32")
    exact = pages.build_language_model(vocab_size, **shape)
    exact.set_weights(model.get_weights())
    return exact, seconds, processor


def _train(
    seed: int, *, texts: str, orders: list[int], beginnings: list[str], folder: Path, **settings
) -> dict[str, float]:
    """Train a language model, compare it with an n-gram model, and let it write."""
    import numpy as np

    from kerasbook import scores
    from kerasbook.outlook.attention import texts as reading
    from kerasbook.outlook.attention.model import next_token_probabilities
    from kerasbook.outlook.attention.ngrams import perplexity

    train, test = reading.load_texts(texts)
    characters = reading.character_vocabulary(train)
    train, test = (reading.replace_unknown(text, characters) for text in (train, test))
    order, counted = _count(train, test, len(characters), orders)
    train_ids, test_ids = (reading.encode_text(text, characters) for text in (train, test))
    model, seconds, processor = _learn(seed, train_ids, len(characters), **settings)
    _write_samples(folder / f"{texts}-{seed}.txt", model, characters, beginnings)
    probabilities = next_token_probabilities(model, test_ids, settings["context"])
    gap, error = scores.paired_difference(np.log(probabilities), np.log(counted))
    return {
        "perplexity": perplexity(probabilities),
        "ngram_perplexity": perplexity(counted),
        "ngram_order": order,
        "log_gap": gap,
        "log_gap_error": error,
        "characters": len(train),
        "known": len(characters),
        "weights": model.count_params(),
        "training_s": round(seconds, 1),
        "training_cpu_s": round(processor, 1),
    }


_NETWORK = {"width": 128, "heads": 4, "blocks": 3, "learning_rate": 2e-3, "batch_size": 16}
_TEXTS = {
    "poems": {
        "orders": [1, 2, 3], "beginnings": ["\n", "\n白日"],
        "context": 64, "steps": 600, "dropout": 0.2,
    },
    "tales": {
        "orders": [5, 6, 7], "beginnings": ["\n", "\nThere was once a"],
        "context": 128, "steps": 1500, "dropout": 0.1,
    },
}  # fmt: skip
TASKS = {
    "language-model": (
        "poems-and-tales",
        [
            Recipe(name, {"texts": name, **_NETWORK, **settings}, _train, keeps_files=True)
            for name, settings in _TEXTS.items()
        ],
    ),
}
