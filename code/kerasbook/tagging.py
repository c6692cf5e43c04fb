"""Entities as BIO tags, their scores, and entities marked in the text."""

from collections import Counter

import numpy as np


def entity_spans(tags):
    """Turn BIO tags into entities `(start, end, type)`, `end` excluded.

    An `I-` that continues nothing belongs to no entity.
    """
    spans = []
    for position, tag in enumerate(tags):
        prefix, dash, kind = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or not (dash and kind)):
            raise ValueError(
                "Expected tags O, B-type or I-type. "
                f"Received: tags[{position}]={tag!r}"
            )
        if prefix == "B":
            spans.append((position, position + 1, kind))
        elif prefix == "I" and spans and spans[-1][1:] == (position, kind):
            spans[-1] = (spans[-1][0], position + 1, kind)
    return spans


def tags_from_spans(spans, length):
    """Turn entities `(start, end, type)` into `length` BIO tags."""
    tags = ["O"] * length
    for start, end, kind in spans:
        if not 0 <= start < end <= length:
            raise ValueError(
                f"Expected spans within 0 and {length}. "
                f"Received: span={(start, end, kind)}"
            )
        if any(tag != "O" for tag in tags[start:end]):
            raise ValueError(
                "Expected spans that do not overlap. "
                f"Received: span={(start, end, kind)}"
            )
        tags[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return tags


def _precision_recall_f1(correct, predicted, true):
    return {
        "precision": correct / predicted if predicted else 0.0,
        "recall": correct / true if true else 0.0,
        "f1": 2 * correct / (predicted + true) if predicted + true else 0.0,
        "support": true,
    }


def _check_pairs(y_true, y_pred):
    if len(y_true) != len(y_pred):
        raise ValueError(
            "Expected as many sentences in `y_pred` as in `y_true`. "
            f"Received: {len(y_true)} and {len(y_pred)}"
        )
    for index, (true, predicted) in enumerate(zip(y_true, y_pred, strict=True)):
        if isinstance(true, str) or isinstance(predicted, str):
            raise TypeError("Expected lists of lists of tags. Received: a list")
        if len(true) != len(predicted):
            raise ValueError(
                f"Expected tags for the same tokens. Received: sentence {index}"
                f" with {len(true)} and {len(predicted)} tags"
            )


def count_entities(y_true, y_pred):
    """Count the correct, the predicted and the true entities of each type."""
    correct, predicted, true = Counter(), Counter(), Counter()
    for tags, guess in zip(y_true, y_pred, strict=True):
        wanted, found = set(entity_spans(tags)), set(entity_spans(guess))
        correct.update(kind for *_, kind in wanted & found)
        predicted.update(kind for *_, kind in found)
        true.update(kind for *_, kind in wanted)
    return correct, predicted, true


def entity_scores(y_true, y_pred):
    """Score whole entities by type, and all as `"micro"` and `"macro"`."""
    _check_pairs(y_true, y_pred)
    counts = count_entities(y_true, y_pred)
    kinds = sorted(set().union(*counts))
    scores = {
        kind: _precision_recall_f1(*(count[kind] for count in counts))
        for kind in kinds
    }
    macro = {
        name: sum(scores[kind][name] for kind in kinds) / max(len(kinds), 1)
        for name in ("precision", "recall", "f1")
    }
    micro = _precision_recall_f1(*(count.total() for count in counts))
    macro["support"] = micro["support"]
    return {"micro": micro, "macro": macro, **scores}


def f1_by_sentence(y_true, y_pred):
    """Return a score of each sentence, `(n,)`, whose mean is the micro F1.

    `scores.paired_difference` of two taggers' scores is the difference of
    their F1, with its standard error (by the delta method).
    """
    _check_pairs(y_true, y_pred)
    pairs = zip(y_true, y_pred, strict=True)
    counted = [count_entities([true], [guess]) for true, guess in pairs]
    correct, predicted, true = np.array(
        [[count.total() for count in counts] for counts in counted]
    ).T
    sizes = predicted + true
    f1 = 2 * correct.sum() / max(sizes.sum(), 1)
    return f1 + (2 * correct - f1 * sizes) / max(sizes.mean(), 1 / len(sizes))


def mark_entities(tokens, true_tags, predicted_tags, *, separator=""):
    """Write a sentence with its entities in brackets.

    `[text]type` is right, `[text]type?` is predicted and wrong, and
    `{text}type` is an entity that the prediction missed. A missed entity
    that overlaps a predicted one stands after the sentence.
    """
    true = set(entity_spans(true_tags))
    predicted = set(entity_spans(predicted_tags))
    covered = {k for start, end, _ in predicted for k in range(start, end)}
    hidden = {s for s in true - predicted if covered & set(range(*s[:2]))}
    parts, position = [], 0
    for start, end, kind in sorted((predicted | true) - hidden):
        parts += tokens[position:start]
        text = separator.join(tokens[start:end])
        wrong = "" if (start, end, kind) in true else "?"
        missed = (start, end, kind) not in predicted
        parts.append(
            f"{{{text}}}{kind}" if missed else f"[{text}]{kind}{wrong}"
        )
        position = end
    line = separator.join([*parts, *tokens[position:]])
    return line + "".join(
        f"  {{{separator.join(tokens[start:end])}}}{kind}"
        for start, end, kind in sorted(hidden)
    )
