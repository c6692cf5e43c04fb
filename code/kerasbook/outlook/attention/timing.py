"""Time what one more character costs, with a KV cache and without."""

from kerasbook.outlook.attention.generating import forward_with_cache
from kerasbook.stopwatch import shortest_seconds


def time_next_token(model, token_ids, lengths):
    """Time the forward pass of a text's last character.

    Args:
        model: of `build_language_model`.
        token_ids: as many as the longest text has characters.
        lengths: of the texts, each at least 2.

    Returns:
        processor seconds for each length, without a cache and with the keys
        and values of all but the last character in it; two lists.
    """
    uncached, cached = [], []
    for length in lengths:
        whole, last = token_ids[:length], token_ids[length - 1 : length]
        caches = forward_with_cache(model, whole[:-1])[2]
        uncached.append(
            shortest_seconds(
                lambda whole=whole: forward_with_cache(model, whole), 5
            )
        )
        cached.append(
            shortest_seconds(
                lambda last=last, caches=caches: forward_with_cache(
                    model, last, caches
                ),
                5,
            )
        )
    return uncached, cached
