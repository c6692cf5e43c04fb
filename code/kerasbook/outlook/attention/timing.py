"""Time what one more character costs, with kept keys and without."""

from kerasbook.outlook.attention.generating import forward_with_cache
from kerasbook.stopwatch import shortest_seconds


def time_one_more(model, numbers, lengths):
    """Time the reading of a text's last character.

    Args:
        model: of `build_language_model`.
        numbers: of the characters, as long as the longest text.
        lengths: of the texts, each at least 2.

    Returns:
        processor seconds for each length with everything read anew, and with
        keys and values of all but the last character kept; two lists.
    """
    anew, kept = [], []
    for length in lengths:
        whole, last = numbers[:length], numbers[length - 1 : length]
        memory = forward_with_cache(model, whole[:-1])[2]
        anew.append(
            shortest_seconds(
                lambda whole=whole: forward_with_cache(model, whole), 5
            )
        )
        kept.append(
            shortest_seconds(
                lambda last=last, memory=memory: forward_with_cache(
                    model, last, memory
                ),
                5,
            )
        )
    return anew, kept
