"""Marginal probabilities of spans under a CRF, and which spans to keep."""

import numpy as np
from keras import ops

from kerasbook.tagging import tags_from_spans


def forward_log_sums(emissions, transitions, first):
    """Forward algorithm: log sums over all paths to each tag."""
    found = [first + emissions[0]]
    for emission in emissions[1:]:
        ways = found[-1][:, None] + transitions  # (before, after)
        found.append(np.logaddexp.reduce(ways, axis=0) + emission)
    return np.array(found)


def backward_log_sums(emissions, transitions, last):
    """Backward algorithm: log sums over all paths from each tag on."""
    found = [last]
    for emission in emissions[:0:-1]:
        ways = transitions + (emission + found[-1])
        found.append(np.logaddexp.reduce(ways, axis=1))
    return np.array(found[::-1])


def continuation_probabilities(tag, emissions, transitions, after, inside):
    """P(next tag is `inside` | tag), from the forward-backward sums."""
    following = emissions[1:, inside] + after[1:, inside] - after[:-1, tag]
    return np.append(np.exp(transitions[tag, inside] + following), 0)  # ①


def span_marginals_of_type(begins, on, *, least):
    """Marginal probabilities of the spans of one type.

    `begins` says how probably one begins, `on` goes on, at each token: at
    its first, and later.
    """
    for start in np.flatnonzero(begins >= least).tolist():
        runs, end = begins[start], start
        while runs >= least:
            further = on[int(end > start)][end]
            end += 1
            yield start, end, float(runs * (1 - further))
            runs *= further


def span_marginals(emissions, tags, tables, *, least=0.01):
    """Marginal probability of each entity span under the CRF.

    `tables` are those of `CRF.scores`. Names that begin or go on with less
    than `least` are left out.
    """
    transitions, first, last = tables
    before = forward_log_sums(emissions, transitions, first)
    after = backward_log_sums(emissions, transitions, last)
    passes = np.exp(before + after - np.logaddexp.reduce(before[-1] + last))
    found = {}
    for kind in [tag[2:] for tag in tags if tag.startswith("B-")]:
        opening, inside = tags.index(f"B-{kind}"), tags.index(f"I-{kind}")
        ways = emissions, transitions, after, inside
        on = [
            continuation_probabilities(tag, *ways) for tag in (opening, inside)
        ]
        names = span_marginals_of_type(passes[:, opening], on, least=least)
        found |= {(start, end, kind): share for start, end, share in names}
    return found


def select_spans(found, *, least):
    """Keep the most probable spans above a threshold, without overlaps."""
    chosen = []
    for start, end, kind in sorted(found, key=found.get, reverse=True):
        if found[start, end, kind] < least:
            break
        if all(end <= other[0] or other[1] <= start for other in chosen):
            chosen.append((start, end, kind))
    return sorted(chosen)


def marginal_decode(emissions, tags, crf, *, least):
    """Decode by span marginals instead of the Viterbi path."""
    tables = [ops.convert_to_numpy(table) for table in crf.scores()]
    found = [span_marginals(rows, tags, tables) for rows in emissions]
    return [
        tags_from_spans(select_spans(names, least=least), len(rows))
        for names, rows in zip(found, emissions, strict=True)
    ]
