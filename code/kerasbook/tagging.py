"""Entities as BIO tags, and their scores, which two chapters use."""

from collections import Counter


def entity_spans(tags):
    """Turn BIO tags into entities, as seqeval's strict IOB2 mode does.

    An entity starts at a `B-` and goes on through `I-` of the same type. An
    `I-` that continues nothing belongs to no entity.

    Args:
        tags: list of `"O"`, `"B-type"` or `"I-type"`.

    Returns:
        list of `(start, end, type)` in order, `end` excluded.
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
    """Turn entities `(start, end, type)` into `length` BIO tags.

    Raises:
        ValueError: a span lies outside the sentence, is empty, or overlaps
            another one.
    """
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


def entity_scores(y_true, y_pred):
    """Compute precision, recall and F1 of whole entities.

    Correct is an entity whose start, end and type all agree. Equal to
    seqeval's `classification_report(..., mode="strict", scheme=IOB2)`; a
    ratio of nothing to nothing is 0, as there.

    Args:
        y_true: list of lists of BIO tags.
        y_pred: the same, of the same lengths.

    Returns:
        dict of dicts: `"micro"` (all entities together), `"macro"` (mean of
        the types) and one per type; each with `precision`, `recall`, `f1` and
        `support`, the number of true entities.
    """
    _check_pairs(y_true, y_pred)
    correct, predicted, true = Counter(), Counter(), Counter()
    for true_tags, predicted_tags in zip(y_true, y_pred, strict=True):
        true_spans = set(entity_spans(true_tags))
        predicted_spans = set(entity_spans(predicted_tags))
        true.update(kind for *_, kind in true_spans)
        predicted.update(kind for *_, kind in predicted_spans)
        correct.update(kind for *_, kind in true_spans & predicted_spans)
    kinds = sorted(set(true) | set(predicted))
    scores = {
        kind: _precision_recall_f1(correct[kind], predicted[kind], true[kind])
        for kind in kinds
    }
    totals = [sum(counts.values()) for counts in (correct, predicted, true)]
    macro = {
        name: sum(scores[kind][name] for kind in kinds) / max(len(kinds), 1)
        for name in ("precision", "recall", "f1")
    }
    macro["support"] = totals[2]
    return {"micro": _precision_recall_f1(*totals), "macro": macro, **scores}
