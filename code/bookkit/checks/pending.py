"""Pages that still wait to be rewritten in small steps; a page leaves when it passes."""

PENDING: frozenset[str] = frozenset()
