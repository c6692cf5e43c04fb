"""Reference runs of the page on attention: poems and tales, a network against counts.

Width, steps and rate are first guesses; nothing was chosen by the test texts but the opponent's
order, which is the best of three there.
"""

import time
from pathlib import Path

from bookkit.reference.recipes.recipe import Recipe

TEMPERATURES = (0.5, 0.8, 1.0)


def _count(train: str, test: str, known: int, orders: list[int]) -> dict[str, float]:
    """Return the perplexity of the best n-gram model, and its order."""
    from kerasbook.outlook.attention import ngrams

    found = {
        order: ngrams.ngram_perplexity(ngrams.count_orders(train, order), test, known=known)
        for order in orders
    }
    best = min(orders, key=lambda order: found[order])
    return {"ngram_perplexity": found[best], "ngram_order": best}


def _write_samples(path: Path, model, characters: list[str], beginnings: list[str]) -> None:
    """Let the model go on from each beginning, at several temperatures."""
    from kerasbook.outlook.attention.generating import write_on

    context = model.get_layer("places").context
    lines = []
    for temperature in TEMPERATURES:
        for beginning in beginnings:
            length = context - len(beginning)
            text = write_on(model, beginning, characters, length=length, temperature=temperature)
            lines.append(f"temperature {temperature}{text}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def _train(
    seed: int, *, texts: str, orders: list[int], beginnings: list[str], context: int, width: int,
    heads: int, blocks: int, dropout: float, steps: int, batch_size: int, learning_rate: float,
    folder: Path,
) -> dict[str, float]:  # fmt: skip
    """Train a language model in sixteen bits, and hold it against counts."""
    import keras
    import numpy as np

    from kerasbook.outlook.attention import model as pages
    from kerasbook.outlook.attention import texts as reading

    train, test = reading.load_texts(texts)
    characters = reading.choose_characters(train)
    train, test = (reading.replace_unknown(text, characters) for text in (train, test))
    counted = _count(train, test, len(characters), orders)
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = pages.build_language_model(
        len(characters), context=context, width=width, heads=heads, blocks=blocks, dropout=dropout
    )
    windows = reading.draw_windows(
        reading.encode_text(train, characters),
        context,
        steps * batch_size,
        np.random.default_rng(seed),
    )
    start, processor = time.perf_counter(), time.process_time()
    pages.train_language_model(model, windows, learning_rate=learning_rate, batch_size=batch_size)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    numbers = reading.encode_text(test, characters)
    perplexity = pages.model_perplexity(model, numbers, context)
    _write_samples(folder / f"{texts}-{seed}.txt", model, characters, beginnings)
    return {
        "perplexity": perplexity,
        **counted,
        "characters": len(train),
        "known": len(characters),
        "weights": model.count_params(),
        "training_s": round(seconds, 1),
        "training_cpu_s": round(processor, 1),
    }


_NETWORK = {"width": 128, "heads": 4, "blocks": 3, "dropout": 0.1, "learning_rate": 2e-3}
_TEXTS = {
    "poems": {
        "orders": [1, 2, 3], "beginnings": ["\n", "\n白日"],
        "context": 64, "steps": 1200, "batch_size": 32,
    },
    "tales": {
        "orders": [5, 6, 7], "beginnings": ["\n", "\nThere was once a"],
        "context": 128, "steps": 1200, "batch_size": 16,
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
