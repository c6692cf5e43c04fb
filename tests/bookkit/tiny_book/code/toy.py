"""What the tiny pages include."""

import functools

FACTOR = 2  # per step


@functools.lru_cache
def double(value):
    """Return twice the value."""
    return FACTOR * value  # one number
