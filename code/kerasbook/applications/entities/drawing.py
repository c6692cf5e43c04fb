"""Entities drawn into the text, with what is right, wrong and missed."""

from kerasbook.tagging import entity_spans


def mark_entities(tokens, true_tags, predicted_tags, *, separator=""):
    """Write a sentence with its entities in brackets.

    `[text]type` is right, `[text]type?` is predicted and wrong, and
    `{text}type` is an entity that the prediction missed. A missed entity
    that overlaps a predicted one stands after the sentence.

    Args:
        tokens: list of strings.
        true_tags: BIO tags of the tokens.
        predicted_tags: those that a tagger gave.
        separator: stands between tokens: nothing in Chinese, a space in
            English.

    Returns:
        str
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
